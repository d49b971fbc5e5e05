"""Decides which segments a change rewrites together with its own rows.

A segment is merged when the rows that are written anyway are at least half as many: so segments grow geometrically,
there are few of them, and a row is rewritten a logarithmic number of times. It is written anew, too, when a third of it
is dead, or when it should be searched in another way than it is.

Why: docs/decisions/0020-generations-and-segments.md
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Stop = Callable[[], bool]


class Indexer(Protocol):
    """Makes what a large segment is searched with; ``planfirst.adapters.ann`` has the real one."""

    def kind(self, rows: int) -> str:
        """How a segment of so many rows is searched: ``ivf``, ``hnsw``, or empty for a scan of all its vectors."""
        ...

    def make(self, kind: str, vectors: NDArray[np.float32], stop: Stop | None) -> Iterator[tuple[str, Iterator[bytes]]]:
        """The files of an index over unit vectors of shape (rows, dimension): their names, and what is in them.

        Raises:
            CancelledError: ``stop`` returned True.
        """
        ...


@dataclass(frozen=True, slots=True)
class Weight:
    """What matters of a segment: its rows, how many are alive, and how it is searched."""

    rows: int
    live: int
    index: str


def chosen(segments: Sequence[Weight], new: int, indexer: Indexer | None) -> tuple[set[int], str]:
    """The numbers of the segments that are written anew with ``new`` further rows, and how the result is searched.

    Segments of which nothing is alive are not among them: they are left out. Without an indexer, those that have an
    index stay as they are.
    """
    alive = {number: segment for number, segment in enumerate(segments) if segment.live}
    flat = {number for number, segment in alive.items() if not segment.index}
    merged = {
        number
        for number, segment in alive.items()
        if (number in flat or indexer) and 3 * (segment.rows - segment.live) > segment.rows
    }
    if indexer:
        merged |= {n for n, segment in alive.items() if segment.index and segment.index != indexer.kind(segment.live)}
    total = new + _add_smaller(alive, merged, flat, new)
    if indexer is None:
        return merged, ""
    scanned = total + sum(alive[number].live for number in flat - merged)
    if indexer.kind(scanned):
        merged |= flat
        total = new + _add_smaller(alive, merged, set(alive), new)
    return merged, indexer.kind(total) if total else ""


def _add_smaller(alive: Mapping[int, Weight], merged: set[int], among: set[int], new: int) -> int:
    """Adds those that are at most twice what is written anyway, from the newest; returns how many rows were merged."""
    total = sum(alive[number].live for number in merged)
    for number in sorted(among - merged, reverse=True):
        if alive[number].live <= 2 * (total + new):
            merged.add(number)
            total += alive[number].live
    return total
