"""A change writes what is new; segments are merged now and then, and large ones get an index."""

from __future__ import annotations

import hashlib
import math
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from planfirst.adapters.ann import AnnIndexer
from planfirst.adapters.faiss_store import FaissStore
from planfirst.core.errors import StoreRefused
from planfirst.core.types import Pair
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.store import manifest, merge, read
from planfirst.store.build import Given, Present, build, remove, update
from planfirst.store.export import export
from planfirst.store.layout import DamageError
from planfirst.store.merge import Weight
from planfirst.store.segment import ROW, Segment
from planfirst.store.verify import verify


class From(AnnIndexer):
    """Indexes segments from a size that a test can reach."""

    def __init__(self, least: int = 500, kind: str = "ivf") -> None:
        super().__init__(kind)
        self._least, self._named = least, kind

    def kind(self, rows: int) -> str:
        return self._named if rows >= self._least else ""


def numbered(word: str, count: int, start: int = 0) -> list[Pair]:
    return [
        Pair(f"{word}{n}", f"{word}{n} of {word} near {n // 3}", f"{word} = {n}", word, "MIT", f"{word}#{n}")
        for n in range(start, start + count)
    ]


def add(folder: Path, name: str, pairs: list[Pair], indexer: merge.Indexer | None = None) -> read.StoreStatus:
    def choose(present: Present) -> Mapping[str, Given | None]:
        return {**dict.fromkeys(present.corpora), name: Given(pairs)}

    return update(folder, choose, HashedEmbedder(32), indexer=indexer)


def written(folder: Path, generation: int) -> int:
    """Bytes of the files of a generation."""
    return sum(path.stat().st_size for path in read.segment_folder(folder, generation).iterdir())


def test_a_small_change_of_a_large_store_writes_little(tmp_path: Path) -> None:
    build(tmp_path, {"big": numbered("big", 4000)}, HashedEmbedder(32))
    assert written(tmp_path, 1) > 500_000
    changed = [*numbered("big", 3999), replace(numbered("big", 1)[0], code="changed = 1", place="elsewhere")]
    add(tmp_path, "big", changed)
    assert written(tmp_path, 2) < 5000
    status = remove(tmp_path, "big")
    assert status.count == 0
    assert written(tmp_path, 3) < 2000
    add(tmp_path, "big", numbered("big", 10))
    assert read.rows(tmp_path).pairs == tuple(numbered("big", 10))


def test_segments_stay_few_and_all_is_found(tmp_path: Path) -> None:
    build(tmp_path, {"base": numbered("base", 300)}, HashedEmbedder(32))
    for n in range(40):
        status = add(tmp_path, f"c{n}", numbered(f"w{n}", 3))
    assert status.segments <= 2 + math.log2(120)
    loaded = read.rows(tmp_path)
    assert loaded.pairs == (*numbered("base", 300), *(pair for n in range(40) for pair in numbered(f"w{n}", 3)))
    embedder = HashedEmbedder(32)
    texts = [f"{pair.question}\n{pair.code}" for pair in loaded.pairs]
    np.testing.assert_allclose(loaded.vectors, embedder.embed(texts), atol=1e-6)
    folders = {path.name for path in tmp_path.iterdir() if path.name.startswith("g-")}
    described, _ = read.described(tmp_path, read.current(tmp_path))
    assert len(folders) <= len(described.segments) + 2 + status.segments


def test_what_is_mostly_dead_is_written_anew(tmp_path: Path) -> None:
    build(tmp_path, {"a": numbered("a", 300), "b": numbered("b", 100)}, HashedEmbedder(32))
    remove(tmp_path, "a")
    described, _ = read.described(tmp_path, read.current(tmp_path))
    assert [segment.runs for segment in described.segments] == [(("b", 100),)]
    assert described.live is None
    assert read.rows(tmp_path).pairs == tuple(numbered("b", 100))


def test_nothing_is_written_twice_when_nothing_changed(tmp_path: Path) -> None:
    for _ in range(3):
        build(tmp_path, {"a": numbered("a", 300)}, HashedEmbedder(32))
    described, _ = read.described(tmp_path, read.current(tmp_path))
    assert [segment.generation for segment in described.segments] == [1]
    assert read.status(tmp_path).generation == 3


@pytest.mark.parametrize(
    ("segments", "new", "merged"),
    [
        ([], 5, set()),
        ([(100, 100)], 1, set()),
        ([(100, 100)], 50, {0}),
        ([(100, 100), (4, 4), (2, 2), (1, 1)], 1, {1, 2, 3}),
        ([(1000, 1000), (100, 100), (4, 4)], 1, set()),
        ([(100, 60)], 0, {0}),
        ([(100, 70)], 0, set()),
        ([(100, 0), (50, 50)], 0, set()),
    ],
)
def test_what_is_merged(segments: list[tuple[int, int]], new: int, merged: set[int]) -> None:
    weights = [Weight(rows, live, "") for rows, live in segments]
    assert merge.chosen(weights, new, None) == (merged, "")


@pytest.mark.parametrize(
    ("segments", "new", "merged", "kind"),
    [
        ([], 499, set(), ""),
        ([], 500, set(), "ivf"),
        ([(400, 400, "")], 50, set(), ""),
        ([(400, 400, "")], 100, {0}, "ivf"),
        ([(5000, 5000, "ivf")], 600, set(), "ivf"),
        ([(5000, 5000, "ivf")], 10, set(), ""),
        ([(1000, 1000, "ivf"), (300, 300, "")], 250, {0, 1}, "ivf"),
        ([(1000, 1000, "hnsw")], 1, {0}, "ivf"),
        ([(1000, 400, "ivf")], 0, {0}, ""),
    ],
)
def test_what_is_merged_and_indexed(
    segments: list[tuple[int, int, str]], new: int, merged: set[int], kind: str
) -> None:
    assert merge.chosen([Weight(*segment) for segment in segments], new, From()) == (merged, kind)


@pytest.fixture(scope="module", params=["ivf", "hnsw"])
def indexed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp(request.param)
    build(folder, {"big": numbered("big", 3000)}, HashedEmbedder(32), indexer=From(kind=request.param))
    return folder, request.param


@pytest.fixture
def copy(indexed: tuple[Path, str], tmp_path: Path) -> tuple[Path, str]:
    shutil.copytree(indexed[0], tmp_path / "store")
    return tmp_path / "store", indexed[1]


def test_a_large_segment_has_an_index_and_is_searched_with_it(copy: tuple[Path, str], tmp_path: Path) -> None:
    folder, kind = copy
    assert read.status(folder).indexes == {kind: 3000}
    embedder = HashedEmbedder(32)
    build(tmp_path / "flat", {"big": numbered("big", 3000)}, embedder)
    ours, scan = FaissStore.open(folder, embedder), FaissStore.open(tmp_path / "flat", embedder)
    same = 0
    for n in range(0, 3000, 100):
        query = f"big{n} near {n // 3}"
        found, expected = ours.search(query, 10), scan.search(query, 10)
        assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
        scores = {hit.pair.id: hit.score for hit in expected}
        for hit in found:  # exact, though the index is not
            assert hit.score == pytest.approx(scores.get(hit.pair.id, hit.score), abs=1e-6)
        same += len({hit.pair.id for hit in found} & scores.keys())
    assert same >= 0.9 * 300


def test_changes_of_an_indexed_store_are_seen_at_once(copy: tuple[Path, str]) -> None:
    folder, kind = copy
    embedder = HashedEmbedder(32)
    store = FaissStore.open(folder, embedder)
    before = store._searchable.parts[0].index
    assert before is not None
    first = numbered("big", 1)[0]
    assert store.search(f"{first.question}\n{first.code}", 1)[0].pair == first
    changed = [replace(first, code="big = 'changed'", place="elsewhere"), *numbered("big", 2999, 1)]
    status = add(folder, "big", changed, From(kind=kind))
    assert status.indexes == {kind: 3000, "flat": 1}
    assert store.refresh()
    assert store._searchable.parts[0].index is before  # it was not loaded again
    assert changed[0] in [hit.pair for hit in store.search(f"{first.question}\nbig = 'changed'", 50)]
    assert first not in [hit.pair for hit in store.search(f"{first.question}\n{first.code}", 50)]
    add(folder, "more", numbered("more", 5), From(kind=kind))
    store.refresh()
    assert store.search("more3 of more near 1", 1)[0].pair.source == "more"
    remove(folder, "big")
    assert store.refresh()
    assert {hit.pair.source for hit in store.search("big1 of big", 10)} == {"more"}


def test_the_setting_overrides_the_size(copy: tuple[Path, str]) -> None:
    folder, kind = copy
    other = "hnsw" if kind == "ivf" else "ivf"
    for wanted in (other, "flat", kind):
        status = add(folder, "one", numbered("one", 1), AnnIndexer(wanted))
        assert wanted in status.indexes
        assert sum(status.indexes.values()) == 3001
        assert FaissStore.open(folder, HashedEmbedder(32)).search("one0 of one near 0", 1)[0].pair.source == "one"


def test_verify_and_export_read_an_indexed_store(copy: tuple[Path, str], tmp_path: Path) -> None:
    folder, _ = copy
    assert verify(folder, HashedEmbedder(32), 50).sampled == 50
    assert export(folder, tmp_path / "out.jsonl", []) == 3000


def spoil(path: Path, start: int, step: int = 10**9) -> None:
    """Turns over the byte at ``start``, and every ``step``th one after it."""
    data = np.frombuffer(path.read_bytes(), dtype=np.uint8).copy()
    data[start::step] ^= 255
    path.write_bytes(data.tobytes())


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "g-000001").iterdir() if path.name.startswith("index."))


def test_a_damaged_index_is_refused(copy: tuple[Path, str]) -> None:
    folder, _ = copy
    for name in names(folder):
        path = folder / "g-000001" / name
        whole = path.read_bytes()
        for spoilt in (whole[:-1], whole[:-1] + bytes([whole[-1] ^ 1]), b"IwSQ" + whole[4:]):
            path.write_bytes(spoilt)
            with pytest.raises(StoreRefused, match="index build"):
                FaissStore.open(folder, HashedEmbedder(32))
        path.write_bytes(whole)
    assert FaissStore.open(folder, HashedEmbedder(32)).status.count == 3000


@pytest.mark.parametrize("name", ["pairs.jsonl", "vectors.f32"])
def test_a_damaged_row_of_a_large_segment_is_refused_when_it_is_read(copy: tuple[Path, str], name: str) -> None:
    folder, _ = copy
    store = FaissStore.open(folder, HashedEmbedder(32))
    path = folder / "g-000001" / name
    spoil(path, 5, 60)
    for open_ in (store, FaissStore.open(folder, HashedEmbedder(32))):
        with pytest.raises(StoreRefused, match=rf"{name} does not match.*index build"):
            open_.search("big7 of big near 2", 5)
    with pytest.raises(StoreRefused, match=name):
        read.rows(folder)
    with pytest.raises(StoreRefused, match=name):
        verify(folder, HashedEmbedder(32), 0)


def test_a_build_mends_a_large_segment(copy: tuple[Path, str]) -> None:
    folder, kind = copy
    spoil(folder / "g-000001" / "vectors.f32", 1000)
    build(folder, {"big": numbered("big", 3000)}, HashedEmbedder(32), indexer=From(kind=kind))
    assert verify(folder, HashedEmbedder(32), 20).lowest > 0.999
    assert not (folder / "g-000001" / "vectors.f32").exists() or read.current(folder).generation == 2


def test_a_reader_outlives_the_removal_of_its_segments(copy: tuple[Path, str]) -> None:
    folder, _ = copy
    store = FaissStore.open(folder, HashedEmbedder(32))
    for n in range(3):
        build(folder, {"new": numbered(f"new{n}", 10)}, HashedEmbedder(32))
    assert not (folder / "g-000001").exists()
    assert store.search("big7 of big near 2", 3)[0].pair.source == "big"
    store.refresh()
    assert store.search("big7 of big near 2", 3)[0].pair.source == "new2"


def resealed(folder: Path, change: Callable[[NDArray[np.void]], None]) -> None:
    """Changes the row table, and makes its size and checksum right in memory."""
    path = folder / "g-000001" / "rows.bin"
    table = np.frombuffer(path.read_bytes(), dtype=ROW).copy()
    change(table)
    path.write_bytes(table.tobytes())


@pytest.mark.parametrize("where", [0, 1, -1])
def test_rows_that_begin_nowhere(copy: tuple[Path, str], where: int) -> None:
    folder, _ = copy

    def change(table: NDArray[np.void]) -> None:
        table["start"][where] = 2**63

    resealed(folder, change)
    described, _ = read.described(folder, read.current(folder))
    data = (folder / "g-000001" / "rows.bin").read_bytes()
    entry = replace(described.segments[0].files["rows.bin"], sha256=hashlib.sha256(data).hexdigest())
    segment = replace(described.segments[0], files={**described.segments[0].files, "rows.bin": entry})
    with pytest.raises(DamageError, match="does not say where"):
        Segment(folder / "g-000001", segment, 32)


def test_the_row_table_is_as_wide_as_the_manifest_says() -> None:
    assert ROW.itemsize == manifest.ROW_BYTES
