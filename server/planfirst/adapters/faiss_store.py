"""Search in a store of pairs: FAISS, inner product over unit vectors, which is the cosine.

Small segments are scanned; large ones have an approximate index, whose hits are scored again with their own vectors.
All of it is made in memory from arrays that ``planfirst.store`` has verified; no index file is written or read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planfirst.adapters.ann_index import AnnIndex, BadIndexError
from planfirst.adapters.calibration import scoring
from planfirst.adapters.query_vectors import query_vector
from planfirst.core.types import Example, Pair
from planfirst.store import layout, pairs, read
from planfirst.store.build import TextEmbedder
from planfirst.store.layout import DamageError
from planfirst.store.read import Opened, StoreStatus
from planfirst.store.segment import Segment

_SPARE = 6  # rows looked at for each example that is wanted, since several rows may stand for the same code
_LEAST = 48  # rows looked at in any case, since the approximate order is put right only among them
_MOST = 4096


@dataclass(frozen=True, slots=True)
class _Part:
    """A segment that can be searched.

    Attributes:
        number: of the segment.
        index: None if it is scanned.
        bits: a bit a row, whether it is alive; for an index.
        vectors: of the rows in ``rows``; for a scan.
        rows: those that are alive.
    """

    number: int
    segment: Segment
    index: AnnIndex | None
    bits: NDArray[np.uint8]
    vectors: NDArray[np.float32]
    rows: NDArray[np.integer]

    def nearest(self, query: NDArray[np.float32], count: int) -> Iterator[tuple[float, int]]:
        """Cosines and rows, in no order."""
        if self.index is not None:
            _, rows = self.index.search(query, count, self.bits)
            scores = self.segment.vectors_of(rows) @ query[0]
        else:
            import faiss

            found, positions = faiss.knn(
                query, self.vectors, min(count, len(self.vectors)), metric=faiss.METRIC_INNER_PRODUCT
            )
            scores, rows = found[0], self.rows[positions[0]]
        return zip(scores.tolist(), rows.tolist(), strict=True)


@dataclass(frozen=True, slots=True)
class _Searchable:
    """All that belongs to one generation, so that a reload is one assignment and a search sees one or the other."""

    store: Opened
    parts: tuple[_Part, ...]


class FaissStore:
    """A store that is open for searching. Made by ``open``.

    It is synchronous, and one thread at a time may use it, since the embedding model behind it is so.
    """

    def __init__(self, folder: Path, embedder: TextEmbedder) -> None:
        self._folder = folder
        self._embedder = embedder
        self._searchable = _load(folder, embedder, None)

    @classmethod
    def open(cls, folder: Path, embedder: TextEmbedder) -> FaissStore:
        """Verifies the store in ``folder`` and loads it.

        Args:
            embedder: the model for queries; it must be the one that the store was built with.

        Raises:
            StoreMissing, StoreRefused: there is none, it is damaged, or another embedding model made it.
        """
        return cls(folder, embedder)

    @property
    def status(self) -> StoreStatus:
        """What is loaded."""
        return self._searchable.store.status

    @property
    def generation(self) -> int:
        """Which generation is loaded; it counts up with each build."""
        return self._searchable.store.status.generation

    def pairs_of(self, corpus: str) -> Iterator[Pair]:
        """The pairs of a corpus, if the store has it.

        Raises:
            StoreRefused: one is not what was written.
        """
        store = self._searchable.store
        return store.pairs_of(corpus) if corpus in store.status.corpora else iter(())

    def search(self, query: str, count: int) -> list[Example]:
        """The ``count`` nearest pairs, best first, scored by their cosine to the query; fewer if there are fewer.

        What the store holds under several texts, or in several corpora, is given once, with its best score.

        Raises:
            StoreRefused: a pair or a vector is no longer what was written.
        """
        at = self._searchable
        if count < 1 or not at.parts:
            return []
        vector = query_vector(self._embedder, query)
        score = scoring(self._embedder.identity, query)
        depth = max(_LEAST, _SPARE * count)
        try:
            while True:
                hits = _hits(at, vector, depth)
                found = _distinct(at.store, hits, count, score)
                if len(found) == count or len(hits) < depth or depth >= _MOST:
                    return found
                depth *= 4
        except DamageError as damage:
            raise layout.refused(self._folder, damage) from damage

    def refresh(self) -> bool:
        """Loads the newest generation if another process has built one; says whether it did.

        It costs the reading of one small file when nothing changed, and the reading of the new rows when something did.

        Raises:
            StoreMissing, StoreRefused: the new one cannot be used; the one that was loaded still can.
        """
        if read.current(self._folder) == self._searchable.store.pointer:
            return False
        self._searchable = _load(self._folder, self._embedder, self._searchable)
        return True


def _hits(at: _Searchable, query: NDArray[np.float32], depth: int) -> list[tuple[float, int, int, int]]:
    """The nearest rows, best first: minus the cosine, number of the corpus, of the segment, and the row."""
    hits = []
    for part in at.parts:
        found = list(part.nearest(query, depth))
        corpora = at.store.corpus_numbers(part.number, [row for _, row in found]).tolist()
        hits += [(-score, corpus, part.number, row) for (score, row), corpus in zip(found, corpora, strict=True)]
    return sorted(hits)[:depth]


def _distinct(
    store: Opened, hits: list[tuple[float, int, int, int]], count: int, score: Callable[[float], float]
) -> list[Example]:
    seen: set[tuple[str, ...]] = set()
    found: list[Example] = []
    for negative, _, segment, row in hits:
        pair = store.segments[segment].pair(row)
        keys = {(pair.source, pair.place, pair.code, ""), (*pairs.texts(pair), "same")}
        if not keys & seen:
            found.append(Example(pair, score(-negative)))
            if len(found) == count:
                break
        seen |= keys
    return found


def _load(folder: Path, embedder: TextEmbedder, known: _Searchable | None) -> _Searchable:
    store = read.opened(folder, embedder.identity, known=known.store if known else None)
    import faiss  # not at the top: importing it takes a while and is not needed to hear that there is no store

    # Its OpenMP threads gain nothing at this size, and beside torch's own run-time on macOS they can crash the process.
    faiss.omp_set_num_threads(1)
    indexes = {id(part.segment): part.index for part in known.parts} if known else {}
    try:
        parts = [
            _part(number, segment, alive, indexes.get(id(segment)))
            for number, (segment, alive) in enumerate(zip(store.segments, store.live, strict=True))
        ]
    except (BadIndexError, DamageError) as damage:
        raise layout.refused(folder, damage) from damage
    return _Searchable(store, tuple(part for part in parts if len(part.rows)))


def _part(number: int, segment: Segment, alive: NDArray[np.bool_], index: AnnIndex | None) -> _Part:
    rows = np.flatnonzero(alive)
    none = np.zeros((0, segment.dimension), dtype=np.float32)
    if segment.vectors is not None:
        vectors = segment.vectors if len(rows) == len(segment) else segment.vectors[rows]
        return _Part(number, segment, None, np.zeros(0, dtype=np.uint8), vectors, rows)
    index = index or AnnIndex(segment.entry.index, len(segment), segment.dimension, segment.index_file)
    return _Part(number, segment, index, np.packbits(alive, bitorder="little"), none, rows)
