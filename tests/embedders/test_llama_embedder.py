"""The embedding model on llama.cpp gives the vectors of sentence-transformers."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planfirst import corpora
from planfirst.embedders import llama
from planfirst.embedders.bert_shape import DoesNotFitError, bert_shape
from planfirst.embedders.find import find_model
from planfirst.embedders.llama import LlamaEmbedder
from planfirst.embedders.sbert import Embedder
from planfirst.store.pairs import embedded_text
from tests.small_bert import write_small_bert

pytestmark = pytest.mark.real
ODD = [
    "",
    " \n\t ",
    "a",
    "한국어로 된 요청: 파일을 읽어 목록으로",
    "🎈🎉 emoji, 日本語, العربية, עברית, ไทย, e\u0301 and \u200b\u00ad",
    "\ud800 a lone surrogate \udfff",
    "\x00\x01 control \x7f",
    "<|eot_id|> [CLS] [SEP] [MASK] [PAD] [UNK]",
    "x" * 100_000,
    "ㄱ" * 20_000,
    "word " * 254,  # just what the window takes
    "word " * 255,
    "read a csv file\n" * 2_000,
    "i\u0307 İstanbul STRASSE straße ǅ",
]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("converted")


@pytest.fixture(scope="module")
def light(kept: Path) -> LlamaEmbedder:
    return LlamaEmbedder(find_model(""), kept, threads=2)


@pytest.fixture(scope="module")
def reference() -> Embedder:
    return Embedder(threads=1)


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """What a store holds: recipes of a line and of fifty."""
    found = sorted({embedded_text(pair) for pair in corpora.load("cookbook")}, key=len)
    return found[:: max(1, len(found) // 60)]


def agree(ours: np.ndarray, theirs: np.ndarray) -> None:
    assert ours.dtype == np.float32
    assert np.abs(ours - theirs).max() <= 1e-3
    assert (ours * theirs).sum(axis=1).min() >= 0.999


def test_the_vectors_agree(light: LlamaEmbedder, reference: Embedder, texts: list[str]) -> None:
    assert len(texts) >= 50
    agree(light.embed(texts), reference.embed(texts))


def test_the_vectors_of_odd_texts_agree(light: LlamaEmbedder, reference: Embedder) -> None:
    agree(light.embed(ODD), reference.embed(ODD))


def test_the_stores_are_interchangeable(light: LlamaEmbedder, reference: Embedder) -> None:
    assert light.identity == reference.identity
    assert light.dimension == reference.dimension == 384


def test_the_order_of_what_is_found_is_the_same(light: LlamaEmbedder, reference: Embedder, texts: list[str]) -> None:
    requests = ["read a csv file", "count words in a text", "sort a list", "parse a date", "draw a circle", "retry"]
    ours = light.embed(requests) @ light.embed(texts).T
    theirs = reference.embed(requests) @ reference.embed(texts).T
    assert np.abs(ours - theirs).max() <= 1e-3
    for one, other in zip(ours, theirs, strict=True):
        order = np.argsort(-other)
        gaps = -np.diff(other[order])
        clear = np.flatnonzero(gaps > 1e-3)  # after these ranks the order cannot depend on the last digits
        assert len(clear) > len(texts) // 4
        for rank in clear:
            assert set(np.argsort(-one)[: rank + 1]) == set(order[: rank + 1])


@pytest.mark.parametrize("window", [None, 17, 512])
def test_another_shape_and_window(tmp_path: Path, window: int | None) -> None:
    model = str(write_small_bert(tmp_path / "small", window=window))
    ours, theirs = LlamaEmbedder(find_model(model), tmp_path / "out", threads=1), Embedder(model, threads=1)
    assert ours.identity == theirs.identity
    agree(ours.embed([*ODD, "read csv file " * 150]), theirs.embed([*ODD, "read csv file " * 150]))


def test_vectors_come_in_the_order_of_the_texts_from_any_number_of_threads(
    light: LlamaEmbedder, kept: Path, texts: list[str]
) -> None:
    mixed = texts[::-1] + texts[::2]
    heard: list[int] = []
    together = light.embed(mixed, progress=heard.append)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    assert heard[-1] == len(mixed)
    assert len(heard) > 4
    assert heard == sorted(heard)
    for n in (0, 7, len(mixed) - 1):
        np.testing.assert_allclose(together[n], light.embed([mixed[n]])[0], atol=1e-3)
    alone = LlamaEmbedder(find_model(""), kept, threads=1)
    np.testing.assert_array_equal(together, alone.embed(mixed))


def test_no_texts(light: LlamaEmbedder) -> None:
    assert light.embed([]).shape == (0, 384)


def test_stopping(light: LlamaEmbedder, texts: list[str]) -> None:
    with pytest.raises(CancelledError):
        light.embed(["a", "b"], stop=lambda: True)
    told = threading.Event()
    with pytest.raises(CancelledError):
        light.embed(texts, progress=lambda done: told.set(), stop=told.is_set)
    assert light.embed(["a text"]).shape == (1, 384)  # and it can be used again


def test_a_tokenizer_with_more_tokens_than_the_weights(tmp_path: Path) -> None:
    model = write_small_bert(tmp_path / "small")
    tokenizer = model / "tokenizer.json"
    text = tokenizer.read_text(encoding="utf-8")
    assert '"=": 92' in text
    tokenizer.write_text(text.replace('"=": 92', '"=": 93'), encoding="utf-8")
    with pytest.raises(DoesNotFitError, match="more tokens"):
        LlamaEmbedder(find_model(str(model)), tmp_path / "out")


def test_what_ends_llama_cpp_ends_another_process(
    tmp_path: Path, kept: Path, light: LlamaEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = replace(bert_shape(find_model("").folder), window=300)
    (converted,) = kept.iterdir()
    llama._try(converted, shape)
    (tmp_path / "no model").write_bytes(b"GGUF")
    with pytest.raises(DoesNotFitError, match="cannot load"):
        llama._try(tmp_path / "no model", shape)
    monkeypatch.setattr(llama, "_SEQUENCES", 50)  # here only: 300 tokens for 64 sequences is an abort
    with pytest.raises(DoesNotFitError, match="failed on it"):
        llama._try(converted, shape)


def test_it_writes_nothing_to_the_terminal_and_needs_no_torch(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from planfirst.embedders.find import find_model\n"
        "from planfirst.embedders.llama import LlamaEmbedder\n"
        "assert LlamaEmbedder(find_model(''), Path(sys.argv[1])).embed(['a', 'b c'] * 200).shape == (400, 384)\n"
        "sys.exit(3 if {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules) else 0)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
