"""The approximate indexes: they find what a scan finds, survive the disk, and refuse arrays that cannot be."""

from __future__ import annotations

import io
from concurrent.futures import CancelledError
from typing import IO

import numpy as np
import pytest
from numpy.typing import NDArray

from planfirst.adapters.ann import FLAT_UP_TO, AnnIndexer, lists_for
from planfirst.adapters.ann_index import AnnIndex, BadIndexError, probes

ROWS, DIMENSION = 6000, 48
Arrays = dict[str, bytes]


def clustered(rows: int, seed: int) -> NDArray[np.float32]:
    chance = np.random.default_rng(seed)
    centres = np.random.default_rng(0).standard_normal((200, DIMENSION))
    drawn = centres[chance.integers(0, 200, rows)] + 0.5 * chance.standard_normal((rows, DIMENSION))
    return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def vectors() -> NDArray[np.float32]:
    return clustered(ROWS, 1)


@pytest.fixture(scope="module")
def made(vectors: NDArray[np.float32]) -> dict[str, Arrays]:
    return {
        kind: {name: b"".join(blocks) for name, blocks in AnnIndexer(kind).make(kind, vectors, None)}
        for kind in ("ivf", "hnsw")
    }


def opened(kind: str, arrays: Arrays) -> AnnIndex:
    def files(name: str) -> tuple[IO[bytes], int]:
        return io.BytesIO(arrays[name]), len(arrays[name])

    return AnnIndex(kind, ROWS, DIMENSION, files)


def bits(alive: NDArray[np.bool_]) -> NDArray[np.uint8]:
    return np.packbits(alive, bitorder="little")


def test_what_is_chosen_by_size() -> None:
    auto = AnnIndexer()
    assert [auto.kind(rows) for rows in (0, FLAT_UP_TO, FLAT_UP_TO + 1, 10**7)] == ["", "", "ivf", "ivf"]
    assert [AnnIndexer("flat").kind(rows) for rows in (5, 10**7)] == ["", ""]
    assert [AnnIndexer("hnsw").kind(rows) for rows in (999, 1000, 10**7)] == ["", "hnsw", "hnsw"]
    assert AnnIndexer("ivf").kind(1000) == "ivf"


def test_lists_and_probes_follow_the_size() -> None:
    assert [lists_for(rows) for rows in (1, 1000, 100_000, 1_000_000)] == [1, 25, 1265, 4000]
    assert [probes(lists) for lists in (1, 25, 1265, 4000, 12_649)] == [1, 8, 79, 250, 256]


@pytest.mark.parametrize("kind", ["ivf", "hnsw"])
def test_it_finds_what_a_scan_finds(kind: str, made: dict[str, Arrays], vectors: NDArray[np.float32]) -> None:
    index = opened(kind, made[kind])
    every = bits(np.ones(ROWS, dtype=np.bool_))
    found = 0
    for query in clustered(100, 2):
        best = set(np.argsort(-(vectors @ query))[:10].tolist())
        scores, rows = index.search(query[None], 10, every)
        np.testing.assert_allclose(scores, vectors[rows] @ query, atol=0.03)
        found += len(best & set(rows.tolist()))
    assert found / 1000 >= 0.95


@pytest.mark.parametrize("kind", ["ivf", "hnsw"])
def test_dead_rows_are_not_found(kind: str, made: dict[str, Arrays], vectors: NDArray[np.float32]) -> None:
    index = opened(kind, made[kind])
    alive = np.random.default_rng(3).random(ROWS) < 0.5
    for row in range(0, 500, 7):
        _, rows = index.search(vectors[row][None], 10, bits(alive))
        assert alive[rows].all()
        assert (row in rows) == alive[row]
    assert len(index.search(vectors[:1], 10, bits(np.zeros(ROWS, dtype=np.bool_)))[1]) == 0


@pytest.mark.parametrize("kind", ["ivf", "hnsw"])
def test_more_than_there_are(kind: str, made: dict[str, Arrays], vectors: NDArray[np.float32]) -> None:
    _, rows = opened(kind, made[kind]).search(vectors[:1], 10**6, bits(np.ones(ROWS, dtype=np.bool_)))
    assert len(set(rows.tolist())) == len(rows) <= ROWS


def test_it_is_stopped_between_blocks(vectors: NDArray[np.float32]) -> None:
    with pytest.raises(CancelledError):
        AnnIndexer("ivf").make("ivf", vectors, lambda: True)


@pytest.mark.parametrize("kind", ["ivf", "hnsw"])
def test_arrays_of_another_length(kind: str, made: dict[str, Arrays]) -> None:
    for name, data in made[kind].items():
        for spoilt in (b"", data[:-1], data[:-4], data + bytes(4), data + data):
            with pytest.raises(BadIndexError):
                opened(kind, {**made[kind], name: spoilt})


def changed(data: bytes, kind: str, where: int, value: float) -> bytes:
    array = np.frombuffer(data, dtype=kind).copy()
    array[where] = value
    return array.tobytes()


@pytest.mark.parametrize(
    ("kind", "name", "type_", "where", "value", "why"),
    [
        ("ivf", "rows.u32", "<u4", 5, ROWS, "not there"),
        ("ivf", "rows.u32", "<u4", 5, 2**32 - 1, "not there"),
        ("ivf", "sizes.u32", "<u4", 3, 2**32 - 1, "as many rows"),
        ("ivf", "centres.f32", "<f4", 7, np.nan, "not a number"),
        ("ivf", "scale.f32", "<f4", 7, np.inf, "not a number"),
        ("hnsw", "scale.f32", "<f4", 7, np.nan, "not a number"),
        ("hnsw", "links.i32", "<i4", 0, ROWS, "not there"),
        ("hnsw", "links.i32", "<i4", 100, -2, "not there"),
        ("hnsw", "levels.i32", "<i4", 0, 0, "level that cannot be"),
        ("hnsw", "levels.i32", "<i4", 0, 100, "level that cannot be"),
        ("hnsw", "entry.u32", "<u4", 0, ROWS, "begins nowhere"),
    ],
)
def test_values_that_cannot_be(
    made: dict[str, Arrays], kind: str, name: str, type_: str, where: int, value: float, why: str
) -> None:
    arrays = {**made[kind], name: changed(made[kind][name], type_, where, value)}
    with pytest.raises(BadIndexError, match=why):
        opened(kind, arrays)


def test_a_row_that_is_named_twice(made: dict[str, Arrays]) -> None:
    numbers = np.frombuffer(made["ivf"]["rows.u32"], dtype="<u4")
    with pytest.raises(BadIndexError, match="twice"):
        opened("ivf", {**made["ivf"], "rows.u32": changed(made["ivf"]["rows.u32"], "<u4", 0, int(numbers[1]))})


def test_a_link_to_a_row_that_is_not_on_that_level(made: dict[str, Arrays]) -> None:
    levels = np.frombuffer(made["hnsw"]["levels.i32"], dtype="<i4")
    slots = np.array([0, 32, 48, 64, 80])
    owner = int(np.flatnonzero(levels > 1)[0])
    low = int(np.flatnonzero(levels == 1)[0])
    where = int(slots[levels[:owner]].sum()) + 32
    with pytest.raises(BadIndexError, match="not on that level"):
        opened("hnsw", {**made["hnsw"], "links.i32": changed(made["hnsw"]["links.i32"], "<i4", where, low)})
