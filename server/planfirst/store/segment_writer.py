"""Writes a segment into an unfinished generation."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from planfirst.store import manifest
from planfirst.store.manifest import SegmentEntry
from planfirst.store.merge import Indexer
from planfirst.store.segment import ROW, Segment, line_check, vector_check
from planfirst.store.write import Staging, writing


class SegmentWriter:
    """Takes rows, corpus after corpus.

    Args:
        dimension: length of a vector.
    """

    def __init__(self, new: Staging, dimension: int) -> None:
        self._new = new
        self._dimension = dimension
        self._vectors = new.file(manifest.VECTORS)
        self._pairs = new.file(manifest.PAIRS)
        self._table = new.file(manifest.ROWS)
        self._runs: list[tuple[str, int]] = []
        self._start = 0

    def write(self, corpus: str, lines: Sequence[bytes], keys: Sequence[bytes], vectors: Sequence[bytes]) -> None:
        """Appends rows: lines with their newline, keys of their texts, vectors as little-endian float32."""
        table = np.zeros(len(lines), dtype=ROW)
        for number, (line, key, vector) in enumerate(zip(lines, keys, vectors, strict=True)):
            table[number] = (self._start, line_check(line), key[:16], vector_check(vector))
            self._start += len(line)
        self._append(corpus, lines, table, b"".join(vectors))

    def copy(self, corpus: str, segment: Segment, rows: NDArray[np.integer], vectors: NDArray[np.float32]) -> None:
        """Appends rows of another segment, whose vectors these are."""
        lines = [segment.line(int(row)) for row in rows]
        table = segment.table[rows].copy()
        lengths = [0, *map(len, lines)]
        table["start"] = self._start + np.cumsum(lengths[:-1])
        self._start += sum(lengths)
        self._append(corpus, lines, table, vectors.astype("<f4").tobytes())

    def finish(self, indexer: Indexer | None, kind: str, stop: Callable[[], bool] | None) -> SegmentEntry:
        """Syncs the files, makes the index if there is to be one, and describes the segment."""
        files = {
            manifest.VECTORS: self._vectors.finish(),
            manifest.PAIRS: self._pairs.finish(),
            manifest.ROWS: self._table.finish(),
        }
        if indexer and kind:
            path = self._new.written / manifest.VECTORS  # our own, which nobody else has seen yet
            with writing(self._new.folder):
                mapped = np.memmap(path, dtype="<f4", mode="r").reshape(-1, self._dimension)
            for name, blocks in indexer.make(kind, mapped, stop):
                file = self._new.file(f"index.{name}")
                for block in blocks:
                    file.write(block)
                files[f"index.{name}"] = file.finish()
        return SegmentEntry(self._new.generation, tuple(self._runs), kind, files)

    def _append(self, corpus: str, lines: Sequence[bytes], table: NDArray[np.void], vectors: bytes) -> None:
        if not lines:
            return
        self._vectors.write(vectors)
        self._pairs.write(b"".join(lines))
        self._table.write(table.tobytes())
        if self._runs and self._runs[-1][0] == corpus:
            self._runs[-1] = corpus, self._runs[-1][1] + len(lines)
        else:
            self._runs.append((corpus, len(lines)))
