"""Adding, refreshing and pausing corpora, with the embedding model's stand-in."""

from __future__ import annotations

import json
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import pytest

from planfirst.adapters.folder_store import FolderStore
from planfirst.core.errors import BadRequest, CorpusError, StoreRefused
from planfirst.corpora.columns import Options
from planfirst.corpora.origins import Origin
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.store import read
from planfirst.store.build import remove
from planfirst.workers.indexing import Indexing


class Index:
    """An `Indexing` over a folder, and what it emitted."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.stopped = False
        self.loaded = 0
        self.items: list[Any] = []
        self.verbs = Indexing(FolderStore(root), self._embedder, self.items.append, lambda: self.stopped)

    def _embedder(self) -> HashedEmbedder:
        self.loaded += 1
        return HashedEmbedder(32)

    @property
    def notes(self) -> list[str]:
        return [item["note"] for item in self.items if "note" in item]

    @property
    def embedded(self) -> list[int]:
        """How much there was to embed each time."""
        starts = [item for before, item in zip([{}, *self.items], self.items, strict=False) if "done" not in before]
        return [item["total"] - item["done"] for item in starts if "done" in item]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "store")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "mine.jsonl"
    write(path, 3)
    return path


def write(path: Path, count: int) -> None:
    rows = [{"question": f"how to {path.stem} {n}", "code": f"{path.stem}({n})"} for n in range(count)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def origin(path: Path, **options: str) -> dict[str, str]:
    return Origin("table", str(path), Options(**options)).to_record()


def counts(root: Path) -> dict[str, int]:
    return {name: entry.count for name, entry in read.status(root).corpora.items()}


def test_a_table_is_added_read_again_and_removed(index: Index, table: Path) -> None:
    index.verbs.add("mine", origin(table, licence="MIT"))
    assert counts(index.root) == {"mine": 3}
    assert read.rows(index.root).pairs[0].licence == "MIT"
    write(table, 5)
    index.verbs.add("mine", origin(table))
    assert counts(index.root) == {"mine": 5}
    assert index.embedded == [3, 2]
    assert index.notes == ["mine: 3 examples read, 0 left out.", "mine: 5 examples read, 0 left out."]
    remove(index.root, "mine")
    assert counts(index.root) == {}


def test_a_build_reads_everything_again_and_keeps_what_was_added(index: Index, table: Path) -> None:
    index.verbs.add("mine", origin(table))
    write(table, 4)
    index.verbs.build(["cookbook"])
    found = counts(index.root)
    assert found.keys() == {"cookbook", "mine"}
    assert found["mine"] == 4
    assert read.status(index.root).corpora["mine"].origin["place"] == str(table)
    index.verbs.build([])
    assert counts(index.root) == {"mine": 4}


def test_a_source_that_is_gone_keeps_its_pairs(index: Index, table: Path) -> None:
    index.verbs.add("mine", origin(table))
    table.unlink()
    index.verbs.build([])
    assert counts(index.root) == {"mine": 3}
    assert index.notes[-1].startswith("mine: not read again; its pairs stay as they were. There is no file or folder")
    (index.root / "g-000001" / "pairs.jsonl").write_bytes(b"")
    index.verbs.build([])
    assert counts(index.root) == {}
    assert index.notes[-1].startswith("mine: lost, since the store was damaged")


def test_a_damaged_store_is_built_again_with_what_was_added(index: Index, table: Path) -> None:
    index.verbs.add("mine", origin(table))
    (index.root / "g-000001" / "vectors.f32").write_bytes(b"")
    with pytest.raises(CorpusError, match=r"cannot be read.*index build"):
        index.verbs.add("mine", origin(table))
    index.verbs.build([])
    assert counts(index.root) == {"mine": 3}


def test_a_bad_table_changes_nothing_and_loads_no_model(index: Index, table: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"a": 1}\n', encoding="utf-8")
    with pytest.raises(CorpusError, match="no column question and code"):
        index.verbs.add("bad", origin(bad))
    bad.write_text("", encoding="utf-8")
    with pytest.raises(CorpusError, match="holds nothing that can be used"):
        index.verbs.add("bad", origin(bad))
    assert index.loaded == 0
    assert not (index.root / "CURRENT").exists()


@pytest.mark.parametrize("name", ["cookbook", "functions", "a/b", "", "..", "a\x1b", "x" * 65])
def test_names_that_cannot_be(index: Index, table: Path, name: str) -> None:
    with pytest.raises(BadRequest):
        index.verbs.add(name, origin(table))


def test_two_corpora_of_one_name(index: Index, table: Path, tmp_path: Path) -> None:
    index.verbs.add("mine", origin(table))
    other = tmp_path / "other.jsonl"
    write(other, 2)
    with pytest.raises(BadRequest, match=r"already a corpus mine, from .*mine\.jsonl.*--name"):
        index.verbs.add("mine", origin(other))
    assert counts(index.root) == {"mine": 3}


def test_an_origin_of_a_newer_version(index: Index, table: Path) -> None:
    with pytest.raises(CorpusError, match="'database', which this version cannot read"):
        index.verbs.add("mine", {"kind": "database", "place": "x"})


def test_a_stop_keeps_what_was_embedded(index: Index, table: Path) -> None:
    write(table, 1000)

    def emit(item: Any) -> None:
        index.items.append(item)
        index.stopped = item.get("done", 0) >= 300

    verbs = Indexing(FolderStore(index.root), lambda: HashedEmbedder(32), emit, lambda: index.stopped)
    with pytest.raises(CancelledError):
        verbs.add("mine", origin(table))
    assert not (index.root / "CURRENT").exists()
    index.stopped = False
    index.verbs.add("mine", origin(table))
    assert index.embedded[-1] == 1000 - 256


def test_verify(index: Index, table: Path) -> None:
    index.verbs.add("mine", origin(table))
    found = index.verbs.verify(2)
    assert found["sampled"] == 2
    assert found["lowest"] > 0.999
    place = index.root / "g-000001"
    data = bytearray((place / "pairs.jsonl").read_bytes())
    data[30] ^= 1
    (place / "pairs.jsonl").write_bytes(data)
    with pytest.raises(StoreRefused, match="checksum"):
        index.verbs.verify(2)


def test_verify_sees_vectors_that_are_not_their_pairs(index: Index, table: Path) -> None:
    import hashlib

    index.verbs.add("mine", origin(table))
    place = index.root / "g-000001"
    vectors = (place / "vectors.f32").read_bytes()
    swapped = vectors[128:256] + vectors[:128] + vectors[256:]
    (place / "vectors.f32").write_bytes(swapped)
    manifest = json.loads((place / "manifest.json").read_bytes())
    manifest["segments"][0]["files"]["vectors.f32"]["sha256"] = hashlib.sha256(swapped).hexdigest()
    (place / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    digest = hashlib.sha256((place / "manifest.json").read_bytes()).hexdigest()
    (index.root / "CURRENT").write_text(f"g-000001 {digest}\n", encoding="ascii")
    assert len(read.load(index.root, HashedEmbedder(32).identity).pairs) == 3
    with pytest.raises(StoreRefused, match="2 of 3 vectors that were made again differ"):
        index.verbs.verify(64)
