"""The store in PostgreSQL, against a real server with pgvector."""

from __future__ import annotations

from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path

import pytest

from planfirst.adapters.faiss_store import FaissStore
from planfirst.adapters.postgres import connect
from planfirst.adapters.postgres.store import DatabaseStore
from planfirst.core.errors import (
    BadRequest,
    StoreMissing,
    StoreRefused,
)
from planfirst.core.types import Pair
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.store.build import build as build_folder
from tests.adapters.stored_pairs import HERE, ODD, PAIRS, add, counts, exactly, said
from tests.counting_embedder import Counting

pytestmark = HERE


def test_it_finds_what_the_store_in_a_folder_finds(
    store: DatabaseStore, embedder: HashedEmbedder, tmp_path: Path
) -> None:
    pairs = [*PAIRS, ODD]
    store.update(exactly(mine=pairs), embedder)
    build_folder(tmp_path / "folder", {"mine": pairs}, embedder)
    for query in ("sort words in a list", "count a circle", "파일 NUL"):
        ours = store.open(embedder).search(query, 4)
        theirs = FaissStore.open(tmp_path / "folder", embedder).search(query, 4)
        assert [hit.score for hit in ours] == pytest.approx([hit.score for hit in theirs], abs=1e-5)
        assert ours[0].pair == theirs[0].pair
    assert store.open(embedder).search("a NUL", 1)[0].pair == ODD


def test_corpora_are_added_changed_and_removed(store: DatabaseStore) -> None:
    first = Counting(64)
    status = store.update(exactly(one=PAIRS[:2], two=PAIRS[2:]), first)
    assert (status.generation, status.count, status.dimension, status.embedding) == (1, 5, 64, first.identity)
    assert status.indexes == {"flat": 5}
    assert status.corpora["one"].origin == {"place": "one"}
    again = Counting(64)
    changed = [PAIRS[2], replace(PAIRS[3], code="new = 1"), PAIRS[4]]
    store.update(add("two", changed), again)
    assert again.texts == ["count lines in a file\nnew = 1"]
    assert counts(store) == {"one": 2, "two": 3}
    found = {hit.pair.code for hit in store.open(again).search("count lines in a file", 9)}
    assert found == {"x = 0", "x = 1", "x = 2", "new = 1", "x = 4"}
    assert store.remove("one").generation == 3
    assert counts(store) == {"two": 3}
    with pytest.raises(BadRequest, match=r"no corpus named 'one'.*two"):
        store.remove("one")
    store.update(exactly(three=PAIRS), again)
    assert counts(store) == {"three": 5}


def test_a_search_sees_a_change_at_once(store: DatabaseStore, embedder: HashedEmbedder) -> None:
    store.update(exactly(mine=PAIRS), embedder)
    search = store.open(embedder)
    new = Pair("n", "read a csv file", "new = True", "test", "MIT", "t#new")
    store.update(add("more", [new]), embedder)
    assert {hit.pair.id for hit in search.search("read a csv file", 2)} == {"p0", "n"}
    store.remove("more")
    assert search.search("read a csv file", 1)[0].pair == PAIRS[0]


def test_a_change_that_follows_at_once_does_not_find_the_store_busy(
    store: DatabaseStore, embedder: HashedEmbedder
) -> None:
    for n in range(20):
        store.update(exactly(mine=PAIRS[: 1 + n % 2]), embedder)
    assert counts(store) == {"mine": 2}


def test_what_is_stored_twice_is_given_once(store: DatabaseStore, embedder: HashedEmbedder) -> None:
    store.update(exactly(a=PAIRS, b=[*PAIRS, replace(PAIRS[0], about="open a table")]), embedder)
    assert len(store.open(embedder).search("read a csv file", 9)) == 5
    assert store.open(embedder).search("open a table", 1)[0].pair.code == "x = 0"


def test_a_stopped_build_goes_on_where_it_was(store: DatabaseStore) -> None:
    many = [Pair(str(n), f"many number {n}", f"x = {n}", "t", "MIT", "") for n in range(600)]
    stopped = Counting(64, stop_after=300)
    with pytest.raises(CancelledError):
        store.update(exactly(many=many), stopped)
    with pytest.raises(StoreMissing, match="index build"):
        store.status()
    assert store.waiting() == len(stopped.texts) == 256
    rest = Counting(64)
    store.update(exactly(many=many), rest)
    assert len(rest.texts) == 600 - 256
    assert counts(store) == {"many": 600}
    assert store.waiting() == 0
    assert store.verify(HashedEmbedder(64), 50).lowest > 0.999


def test_another_model(store: DatabaseStore, embedder: HashedEmbedder) -> None:
    store.update(exactly(mine=PAIRS), embedder)
    open_before = store.open(embedder)
    other = HashedEmbedder(32)
    with pytest.raises(StoreRefused, match=r"hashed-words-64.*hashed-words-32.*index build") as caught:
        store.open(other)
    said(caught.value)
    with pytest.raises(StoreRefused):
        store.verify(other, 5)
    status = store.update(add("more", [ODD]), other)
    assert (status.dimension, status.count) == (32, 6)
    assert store.open(other).search("sort a list of words", 1)[0].pair == PAIRS[1]
    with pytest.raises(StoreRefused):
        open_before.search("sort", 1)


@pytest.mark.parametrize(("choice", "kind"), [("hnsw", "hnsw"), ("ivf", "ivf"), ("flat", "flat"), ("auto", "flat")])
def test_the_index_is_the_one_that_the_setting_names(
    store: DatabaseStore, embedder: HashedEmbedder, choice: str, kind: str
) -> None:
    pairs = [Pair(str(n), f"word{n} and word{n // 2}", f"x = {n}", "t", "MIT", str(n)) for n in range(300)]
    status = replace(store, index=choice).update(exactly(mine=pairs), embedder)
    assert status.indexes == {kind: 300}
    search = store.open(embedder)
    assert sum(search.search(pair.question, 1)[0].pair == pair for pair in pairs[::10]) >= 25
    for other in ("ivf", "hnsw"):
        assert replace(store, index=other).update(exactly(mine=pairs), embedder).indexes == {other: 300}
        assert len(search.search(pairs[0].question, 5)) == 5
    assert store.update(exactly(mine=pairs[:50]), embedder).indexes == {"flat": 50}


def test_the_plan_of_a_search_uses_the_index(store: DatabaseStore, embedder: HashedEmbedder, database: str) -> None:
    pairs = [Pair(str(n), f"word{n} and word{n // 2}", f"x = {n}", "t", "MIT", str(n)) for n in range(2000)]
    replace(store, index="hnsw").update(exactly(mine=pairs), embedder)
    with connect.connected(store.address) as connection:
        connection.execute("ANALYZE planfirst.pair")
        vector = "[" + ",".join(["0.125"] * 64) + "]"
        plan = connection.execute(
            "EXPLAIN SELECT id FROM planfirst.pair ORDER BY embedding::vector(64) <#> %s::vector(64) LIMIT 10",
            (vector,),
        ).fetchall()
    assert "pair_by_vector" in str(plan)
