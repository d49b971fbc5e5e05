"""Which engine runs the embedding model, and what happens where one cannot."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from planfirst.core.errors import ModelMissing, ModelRefused
from planfirst.embedders.llama import LlamaEmbedder
from planfirst.embedders.open import open_embedder
from planfirst.embedders.sbert import Embedder
from planfirst.folders import embedding_folder
from planfirst_lab.evaluation.rerank import CrossEncoderReranker
from tests.small_bert import write_small_bert


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return write_small_bert(tmp_path / "small")


def change(path: Path, **values: Any) -> None:
    found = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(found | values), encoding="utf-8")


def test_a_bert_runs_on_llama_cpp(small: Path) -> None:
    for engine in ("auto", "llama.cpp"):
        found = open_embedder(str(small), engine=engine, threads=1)
        assert isinstance(found, LlamaEmbedder)
    assert len(list(embedding_folder().iterdir())) == 1


def test_one_setting_takes_sentence_transformers(small: Path) -> None:
    found = open_embedder(str(small), engine="sentence-transformers", threads=1)
    assert isinstance(found, Embedder)
    assert not embedding_folder().exists()
    assert found.identity == open_embedder(str(small), threads=1).identity


def test_another_model_runs_on_sentence_transformers(small: Path, caplog: pytest.LogCaptureFixture) -> None:
    change(small / "config.json", hidden_act="relu")
    with caplog.at_level(logging.INFO):
        found = open_embedder(str(small), threads=1)
    assert isinstance(found, Embedder)
    assert found.embed(["read", "list"]).shape == (2, 64)
    assert ("planfirst.embedders.open", logging.INFO) in [(name, level) for name, level, _ in caplog.record_tuples]
    assert "its activation is relu" in caplog.text


def test_another_model_is_refused_where_llama_cpp_is_asked_for(small: Path) -> None:
    change(small / "config.json", hidden_act="relu")
    with pytest.raises(ModelRefused) as caught:
        open_embedder(str(small), engine="llama.cpp")
    assert "activation" in caught.value.what
    assert "retriever.engine" in caught.value.next_step


def test_where_nothing_can_be_written_it_goes_on(small: Path, caplog: pytest.LogCaptureFixture) -> None:
    embedding_folder().parent.mkdir(parents=True)
    embedding_folder().write_bytes(b"no folder")
    found = open_embedder(str(small), threads=1)
    assert isinstance(found, Embedder)
    assert found.embed(["read"]).shape == (1, 64)
    assert [record.levelno for record in caplog.records if record.name == "planfirst.embedders.open"] == [
        logging.WARNING
    ]


@pytest.mark.parametrize("engine", ["auto", "llama.cpp", "sentence-transformers"])
def test_a_model_that_is_not_there(engine: str) -> None:
    with pytest.raises(ModelMissing, match=r"clear retriever\.model"):
        open_embedder("./nowhere", engine=engine)


@pytest.mark.parametrize("engine", ["auto", "llama.cpp"])
def test_pickles_are_refused_before_anything_is_tried(small: Path, engine: str) -> None:
    (small / "model.safetensors").rename(small / "pytorch_model.bin")
    with pytest.raises(ModelRefused, match="pickle"):
        open_embedder(str(small), engine=engine)


@pytest.fixture
def without_torch(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the extra were not installed, once the model has been made with it: an import of it is an error."""
    for name in ("torch", "sentence_transformers"):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.mark.usefixtures("without_torch")
def test_without_torch_a_bert_runs_all_the_same(small: Path) -> None:
    for engine in ("auto", "llama.cpp"):
        assert open_embedder(str(small), engine=engine, threads=1).embed(["read"]).shape == (1, 64)


@pytest.mark.usefixtures("without_torch")
def test_without_torch_what_llama_cpp_does_not_run_says_what_to_install(small: Path) -> None:
    change(small / "config.json", hidden_act="relu")
    with pytest.raises(ModelRefused) as caught:
        open_embedder(str(small))
    assert "small, which llama.cpp does not run (its activation is relu, not gelu), needs" in caught.value.what
    assert caught.value.what.endswith("which is not installed.")
    assert 'pip install "planfirst[sentence-transformers]"' in caught.value.next_step


@pytest.mark.usefixtures("without_torch")
def test_without_torch_the_engine_that_is_asked_for_says_what_to_install(small: Path) -> None:
    with pytest.raises(ModelRefused, match="which is not installed") as caught:
        open_embedder(str(small), engine="sentence-transformers")
    assert 'pip install "planfirst[sentence-transformers]"' in caught.value.next_step


@pytest.mark.usefixtures("without_torch")
def test_without_torch_a_reranker_says_what_to_install(small: Path) -> None:
    with pytest.raises(ModelRefused, match="A reranker needs sentence-transformers, which is not installed"):
        CrossEncoderReranker(small)


def test_a_torch_that_is_broken_is_not_called_missing(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('libc10.so: no such file')", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "torch")
    with pytest.raises(ModelRefused, match=r"cannot be imported here \(libc10\.so: no such file\)"):
        open_embedder(str(small), engine="sentence-transformers")


@pytest.mark.real
def test_what_one_engine_stored_the_other_finds(tmp_path: Path) -> None:
    from planfirst.adapters.faiss_store import FaissStore
    from planfirst.core.types import Pair
    from planfirst.store.build import build
    from planfirst.store.verify import verify

    pairs = [
        Pair(f"p{n}", question, f"def example_{n}():\n    return {n}", "own", "MIT", f"own#{n}")
        for n, question in enumerate(("read a csv file", "draw a circle", "파일 읽기", "count the words of a text"))
    ]
    torch = open_embedder(engine="sentence-transformers", threads=1)
    light = open_embedder(engine="llama.cpp", threads=1)
    build(tmp_path / "store", {"own": pairs}, torch)
    assert verify(tmp_path / "store", light, 4).lowest > 0.999
    by_torch = FaissStore.open(tmp_path / "store", torch).search("parse csv", 4)
    by_light = FaissStore.open(tmp_path / "store", light).search("parse csv", 4)
    assert [one.pair.id for one in by_light] == [one.pair.id for one in by_torch]
    np.testing.assert_allclose([one.score for one in by_light], [one.score for one in by_torch], atol=1e-3)


@pytest.mark.real
def test_the_retriever_needs_no_torch(tmp_path: Path) -> None:
    rows = [{"question": f"question {n} about files", "code": f"print({n})"} for n in range(3)]
    table = tmp_path / "rows.jsonl"
    table.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    script = (
        "import sys; from pathlib import Path\n"
        "from planfirst.corpora.origins import Origin\n"
        "from planfirst.workers.retriever_host import RetrieverHost\n"
        "host, out = RetrieverHost(), lambda *_: None\n"
        "def ask(method, /, **params): return host.methods[method](params, out, lambda: False)\n"
        "ask('open', root=sys.argv[1], model='', engine='auto', store='', index='auto')\n"
        "ask('add', name='rows', origin=Origin('table', sys.argv[2]).to_record())\n"
        "assert ask('search', query='files', count=2, folder_indexes=[])\n"
        "sys.exit(3 if {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules) else 0)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "store"), str(table)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
