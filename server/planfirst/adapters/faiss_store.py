"""Search in a store of pairs: FAISS, inner product over unit vectors, which is the cosine.

The index is made in memory from vectors that ``planfirst.store`` has verified; no index file is written or read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planfirst.core.types import Example, Pair
from planfirst.store import read
from planfirst.store.build import TextEmbedder
from planfirst.store.layout import Pointer
from planfirst.store.read import StoreStatus

_TEXTS = 2  # at most so many entries of a store stand for the same code


@dataclass(frozen=True, slots=True)
class _Searchable:
    """All that belongs to one generation, so that a reload is one assignment and a search sees one or the other."""

    pointer: Pointer
    status: StoreStatus
    index: Any
    pairs: tuple[Pair, ...]


class FaissStore:
    """A store that is open for searching. Made by ``open``.

    It is synchronous, and one thread at a time may use it, since the embedding model behind it is so.
    """

    def __init__(self, folder: Path, embedder: TextEmbedder) -> None:
        self._folder = folder
        self._embedder = embedder
        self._searchable = _load(folder, embedder)

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
        return self._searchable.status

    def search(self, query: str, count: int) -> list[Example]:
        """The ``count`` nearest pairs, best first, with their cosine to the query; fewer if the store has fewer.

        What the store holds under several texts is given once, with its best cosine.
        """
        at = self._searchable
        if count < 1 or not at.pairs:
            return []
        scores, rows = at.index.search(self._embedder.embed([query]), min(_TEXTS * count, len(at.pairs)))
        found: dict[tuple[str, str, str], Example] = {}
        for score, row in zip(scores[0], rows[0], strict=True):
            if row >= 0:
                pair = at.pairs[row]
                key = (pair.source, pair.place, pair.code)
                found.setdefault(key, Example(pair, max(-1.0, min(1.0, float(score)))))
        return list(found.values())[:count]

    def refresh(self) -> bool:
        """Loads the newest generation if another process has built one; says whether it did.

        It costs the reading of one small file when nothing changed.

        Raises:
            StoreMissing, StoreRefused: the new one cannot be used; the one that was loaded still can.
        """
        if read.current(self._folder) == self._searchable.pointer:
            return False
        self._searchable = _load(self._folder, self._embedder)
        return True


def _load(folder: Path, embedder: TextEmbedder) -> _Searchable:
    loaded = read.load(folder, embedder.identity)
    import faiss  # not at the top: importing it takes a while and is not needed to hear that there is no store

    # Its OpenMP threads gain nothing at this size, and beside torch's own run-time on macOS they can crash the process.
    faiss.omp_set_num_threads(1)
    index = faiss.IndexFlatIP(loaded.status.dimension)
    index.add(loaded.vectors)
    return _Searchable(loaded.pointer, loaded.status, index, loaded.pairs)
