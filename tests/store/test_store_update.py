"""Corpora are added, refreshed and removed one at a time; only what is new is embedded, and nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from planfirst.core.errors import BadRequest, StoreMissing, StoreRefused
from planfirst.core.types import Pair
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.store import read
from planfirst.store.build import Given, Present, build, remove, update
from planfirst.store.partial import waiting
from tests.counting_embedder import Counting


def numbered(word: str, count: int) -> list[Pair]:
    return [Pair(f"{word}{n}", f"{word} number {n}", f"{word} = {n}", word, "MIT", "") for n in range(count)]


def add(folder: Path, name: str, pairs: list[Pair], embedder: HashedEmbedder, **origin: str) -> read.StoreStatus:
    def choose(present: Present) -> Mapping[str, Given | None]:
        return {**dict.fromkeys(present.corpora), name: Given(pairs, origin)}

    return update(folder, choose, embedder)


def test_an_added_corpus_stands_beside_the_others(built: Path, pairs: list[Pair], embedder: HashedEmbedder) -> None:
    status = add(built, "mine", numbered("mine", 3), embedder, path="somewhere")
    assert {name: entry.count for name, entry in status.corpora.items()} == {"first": 2, "second": 3, "mine": 3}
    assert status.corpora["mine"].origin == {"path": "somewhere"}
    assert read.load(built, embedder.identity).pairs == (*pairs, *numbered("mine", 3))


def test_only_what_is_new_is_embedded(built: Path) -> None:
    pairs = numbered("mine", 5)
    first = Counting()
    add(built, "mine", pairs, first)
    assert sorted(first.texts) == sorted(f"{p.question}\n{p.code}" for p in pairs)
    changed = [*pairs[:2], replace(pairs[2], code="new = 1"), *pairs[3:]]
    again = Counting()
    add(built, "mine", changed, again)
    assert again.texts == ["mine number 2\nnew = 1"]
    loaded = read.load(built, again.identity)
    for row, pair in enumerate(loaded.pairs):
        expected = again.embed([f"{pair.question}\n{pair.code}"])[0]
        np.testing.assert_allclose(loaded.vectors[row], expected, atol=1e-6)


def test_another_model_embeds_everything_again(built: Path, pairs: list[Pair]) -> None:
    other = Counting(64)
    status = add(built, "mine", numbered("mine", 2), other)
    assert len(other.texts) == 7
    assert (status.count, status.dimension, status.embedding) == (7, 64, other.identity)


def test_what_was_removed_is_gone_at_once_and_needs_no_model(built: Path, pairs: list[Pair]) -> None:
    status = remove(built, "first")
    assert list(status.corpora) == ["second"]
    assert read.rows(built).pairs == tuple(pairs[2:])
    assert status.generation == 2


def test_removing_one_leaves_the_same_pair_of_another(tmp_path: Path, pairs: list[Pair]) -> None:
    embedder = Counting()
    build(tmp_path / "s", {"a": pairs, "b": pairs[:2]}, embedder)
    assert len(embedder.texts) == 5
    remove(tmp_path / "s", "a")
    assert read.load(tmp_path / "s", embedder.identity).pairs == tuple(pairs[:2])


def test_what_is_not_there_cannot_be_removed(built: Path, tmp_path: Path) -> None:
    before = (built / "CURRENT").read_bytes()
    with pytest.raises(BadRequest, match=r"no corpus named 'third'.*first, second"):
        remove(built, "third")
    assert (built / "CURRENT").read_bytes() == before
    with pytest.raises(StoreMissing):
        remove(tmp_path / "nowhere", "a")


def test_nothing_is_removed_from_a_damaged_store(built: Path) -> None:
    path = built / "g-000001" / "vectors.f32"
    path.write_bytes(b"x" + path.read_bytes()[1:])
    with pytest.raises(StoreRefused, match="checksum"):
        remove(built, "first")
    assert (built / "g-000001").is_dir()


@pytest.mark.parametrize("spoilt", ["vectors.f32", "pairs.jsonl"])
def test_the_origins_of_a_damaged_store_are_known(built: Path, embedder: HashedEmbedder, spoilt: str) -> None:
    add(built, "mine", numbered("mine", 3), embedder, path="somewhere")
    (built / "g-000002" / spoilt).write_bytes(b"")
    seen: list[Present] = []

    def choose(present: Present) -> Mapping[str, Given | None]:
        seen.append(present)
        return {"mine": Given(numbered("mine", 3), present.corpora["mine"].origin)}

    assert update(built, choose, embedder).corpora["mine"].origin == {"path": "somewhere"}
    assert seen[0].whole is False


def test_a_stopped_build_goes_on_where_it_was(built: Path, pairs: list[Pair]) -> None:
    many = numbered("many", 1000)
    stopped = Counting(stop_after=400)
    before = (built / "CURRENT").read_bytes()
    with pytest.raises(CancelledError):
        add(built, "many", many, stopped)
    assert (built / "CURRENT").read_bytes() == before
    assert read.load(built, stopped.identity).pairs == tuple(pairs)
    kept = waiting(built)
    assert kept == len(stopped.texts) == 384
    rest = Counting()
    heard: list[tuple[int, int]] = []
    update(
        built,
        lambda present: {**dict.fromkeys(present.corpora), "many": Given(many)},
        rest,
        progress=lambda done, total: heard.append((done, total)),
    )
    assert not set(rest.texts) & set(stopped.texts)
    assert len(rest.texts) == 1000 - kept
    assert heard[0] == (5 + kept, 1005)
    assert heard[-1] == (1005, 1005)
    assert waiting(built) == 0
    assert not (built / "partial").exists()
    loaded = read.load(built, rest.identity)
    for row in (5, 400, 777, 1004):
        text = f"{loaded.pairs[row].question}\n{loaded.pairs[row].code}"
        np.testing.assert_allclose(loaded.vectors[row], rest.embed([text])[0], atol=1e-6)


def test_a_paused_corpus_outlives_another_change_but_not_a_whole_build(built: Path, pairs: list[Pair]) -> None:
    with pytest.raises(CancelledError):
        add(built, "many", numbered("many", 300), Counting(stop_after=256))
    remove(built, "first")
    assert waiting(built) == 256
    build(built, {"c": pairs}, Counting())
    assert waiting(built) == 0


@pytest.mark.parametrize("cut", [1, 100, 200, 1000])
def test_a_partial_that_was_cut_short_is_used_as_far_as_it_goes(built: Path, cut: int) -> None:
    many = numbered("many", 300)
    with pytest.raises(CancelledError):
        add(built, "many", many, Counting(stop_after=256))
    path = built / "partial"
    path.write_bytes(path.read_bytes()[:-cut])
    record = 32 + 4 * 32 + 8
    whole = 256 - -(-cut // record)
    rest = Counting()
    add(built, "many", many, rest)
    assert len(rest.texts) == 300 - whole


@pytest.mark.parametrize("where", [-20, -120, -160, 5])
def test_a_flipped_byte_in_a_partial_is_seen(built: Path, where: int) -> None:
    many = numbered("many", 300)
    with pytest.raises(CancelledError):
        add(built, "many", many, Counting(stop_after=256))
    path = built / "partial"
    data = bytearray(path.read_bytes())
    data[where] ^= 255
    path.write_bytes(data)
    rest = Counting()
    add(built, "many", many, rest)
    assert len(rest.texts) == (300 if where == 5 else 45)
    loaded = read.load(built, rest.identity)
    texts = [f"{pair.question}\n{pair.code}" for pair in loaded.pairs]
    np.testing.assert_allclose(loaded.vectors, rest.embed(texts), atol=1e-6)


@pytest.mark.parametrize("foreign", [b"", b"\x80\x04.", b"{}\n", b'{"dimension": -10}\n' * 9, b"[" * 10_000])
def test_a_foreign_file_in_the_partials_place(built: Path, foreign: bytes) -> None:
    (built / "partial").write_bytes(foreign)
    assert waiting(built) >= 0
    add(built, "mine", numbered("mine", 3), Counting())
    assert read.status(built).count == 8


def test_a_partial_of_another_model_is_not_used(built: Path) -> None:
    with pytest.raises(CancelledError):
        add(built, "many", numbered("many", 300), Counting(64, stop_after=256))
    rest = Counting()
    add(built, "many", numbered("many", 300), rest)
    assert len(rest.texts) == 300
