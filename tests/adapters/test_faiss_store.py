"""Search over a store, with the fake embedder and with the real one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from planfirst.adapters.faiss_store import FaissStore
from planfirst.core.errors import StoreMissing, StoreRefused
from planfirst.core.types import Pair
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.embedders.sbert import Embedder
from planfirst.store.build import build

QUESTIONS = ["read a csv file", "sort a list of words", "draw a circle", "count lines in a file", "parse a date"]
PAIRS = [Pair(str(n), question, f"x = {n}", "test", "MIT", f"t#{n}") for n, question in enumerate(QUESTIONS)]


@pytest.fixture
def embedder() -> HashedEmbedder:
    return HashedEmbedder()


@pytest.fixture
def folder(tmp_path: Path, embedder: HashedEmbedder) -> Path:
    build(tmp_path / "store", {"c": PAIRS}, embedder)
    return tmp_path / "store"


def test_hits_come_best_first_with_their_source(folder: Path, embedder: HashedEmbedder) -> None:
    store = FaissStore.open(folder, embedder)
    hits = store.search("sort words in a list", 3)
    assert hits[0].pair == PAIRS[1]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(type(hit.score) is float for hit in hits)
    assert store.status.count == 5


def test_the_score_is_the_cosine(folder: Path, embedder: HashedEmbedder) -> None:
    query = "read a csv file\nx = 0"
    assert FaissStore.open(folder, embedder).search(query, 1)[0].score == pytest.approx(1.0, abs=1e-6)
    query = "count a circle"
    for hit in FaissStore.open(folder, embedder).search(query, 5):
        one, other = embedder.embed([query, f"{hit.pair.question}\n{hit.pair.code}"])
        assert hit.score == pytest.approx(float(one @ other), abs=1e-6)


@pytest.mark.parametrize(("count", "found"), [(0, 0), (-1, 0), (1, 1), (5, 5), (10**6, 5)])
def test_as_many_as_there_are(folder: Path, embedder: HashedEmbedder, count: int, found: int) -> None:
    assert len(FaissStore.open(folder, embedder).search("file", count)) == found


def test_an_empty_store_finds_nothing(tmp_path: Path, embedder: HashedEmbedder) -> None:
    build(tmp_path, {"none": []}, embedder)
    assert FaissStore.open(tmp_path, embedder).search("file", 3) == []


def test_no_store_and_a_damaged_one(tmp_path: Path, folder: Path, embedder: HashedEmbedder) -> None:
    with pytest.raises(StoreMissing):
        FaissStore.open(tmp_path / "nowhere", embedder)
    (folder / "g-000001" / "vectors.f32").write_bytes(b"IxFI" + bytes(2556))
    with pytest.raises(StoreRefused):
        FaissStore.open(folder, embedder)
    with pytest.raises(StoreRefused, match="hashed-words-64"):
        FaissStore.open(folder, HashedEmbedder(64))


def test_searching_goes_on_during_a_build_and_refresh_sees_the_new_one(folder: Path, embedder: HashedEmbedder) -> None:
    store = FaissStore.open(folder, embedder)
    during: list[Pair] = []

    def look(done: int, total: int) -> None:
        assert not store.refresh()
        during.append(store.search("read csv", 1)[0].pair)
        during.append(FaissStore.open(folder, embedder).search("read csv", 1)[0].pair)

    new = Pair("n", "read csv", "new = True", "test", "MIT", "")
    build(folder, {"c": [new]}, embedder, progress=look)
    assert during == [PAIRS[0]] * 4
    assert store.search("read csv", 1)[0].pair == PAIRS[0]
    assert store.refresh()
    assert store.search("read csv", 1)[0].pair == new
    assert not store.refresh()


def test_a_refused_refresh_leaves_what_was_loaded(folder: Path, embedder: HashedEmbedder) -> None:
    store = FaissStore.open(folder, embedder)
    build(folder, {"c": PAIRS[:1]}, embedder)
    (folder / "g-000002" / "pairs.jsonl").unlink()
    with pytest.raises(StoreRefused):
        store.refresh()
    assert len(store.search("file", 9)) == 5
    build(folder, {"c": PAIRS[:2]}, embedder)
    assert store.refresh()
    assert len(store.search("file", 9)) == 2


@pytest.mark.real
def test_with_the_real_model(tmp_path: Path) -> None:
    embedder = Embedder(threads=1)
    build(tmp_path, {"c": PAIRS}, embedder)
    store = FaissStore.open(tmp_path, embedder)
    assert store.search("load a table with comma separated values", 1)[0].pair == PAIRS[0]
    assert store.search("how many rows does my text document have", 1)[0].pair == PAIRS[3]
    assert 0.3 < store.search("read a csv file", 1)[0].score <= 1.0


def test_what_is_stored_under_two_texts_is_found_by_both_and_given_once(tmp_path: Path) -> None:
    pair = Pair("p", "sort rows", "rows.sort()", "cookbook", "Apache-2.0", "sorting.toml#rows")
    other = Pair("o", "close a file", "file.close()", "cookbook", "Apache-2.0", "files.toml#close")
    again = replace(pair, id="p#steps", about="arrange the table by one of its columns")
    embedder = HashedEmbedder()
    build(tmp_path / "store", {"cookbook": [pair, again, other]}, embedder)
    store = FaissStore.open(tmp_path / "store", embedder)
    for query in ("sort rows rows sort", "arrange the table by a column"):
        found = store.search(query, 2)
        assert [hit.pair.place for hit in found] == [pair.place, other.place]
        assert found[0].score > found[1].score
