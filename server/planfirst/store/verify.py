"""Checks a whole store: every checksum, and for a sample, whether the vectors belong to their pairs."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from planfirst.core.types import Pair
from planfirst.store import layout, read
from planfirst.store.build import TextEmbedder
from planfirst.store.pairs import embedded_text
from planfirst.store.read import Opened, StoreStatus

LEAST = 0.999  # cosine; another order of additions in the model moves it by a few millionths
_BATCH = 32


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked; ``lowest`` is the lowest cosine between a stored vector and a new one, 1 if none was made."""

    status: StoreStatus
    sampled: int
    lowest: float


def verify(
    folder: Path,
    embedder: TextEmbedder,
    sample: int,
    *,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Verified:
    """Reads every byte, then embeds a random sample of the pairs again and compares.

    Raises:
        StoreMissing, StoreRefused: there is none, it is damaged, another model made it, or a vector is not its pair's.
        CancelledError: ``stop`` returned True.
    """
    store = read.opened(folder, embedder.identity, whole=True)  # refuses another model
    chosen = _sample(store, sample)
    lowest, wrong = 1.0, list[Pair]()
    for start in range(0, len(chosen), _BATCH):
        if stop and stop():
            raise CancelledError
        some = chosen[start : start + _BATCH]
        pairs = [store.segments[segment].pair(row) for segment, row in some]
        stored = np.concatenate([store.segments[segment].vectors_of([row]) for segment, row in some])
        cosines = np.einsum("ij,ij->i", embedder.embed([embedded_text(pair) for pair in pairs]), stored)
        wrong += [pair for pair, cosine in zip(pairs, cosines, strict=True) if cosine < LEAST]
        lowest = min(lowest, float(cosines.min()))
        if progress:
            progress(start + len(some), len(chosen))
    if wrong:
        raise layout.refused(
            folder,
            f"{len(wrong)} of {len(chosen)} vectors that were made again differ, the first of {wrong[0].id[:80]!r}",
        )
    return Verified(store.status, len(chosen), lowest)


def _sample(store: Opened, count: int) -> list[tuple[int, int]]:
    """Some rows that are alive: numbers of segments, and of rows in them."""
    rows_in = [np.flatnonzero(alive) for alive in store.live]
    total = sum(map(len, rows_in))
    ends = np.cumsum([len(rows) for rows in rows_in])
    found = []
    for at in sorted(random.sample(range(total), min(count, total))):
        segment = int(np.searchsorted(ends, at, side="right"))
        found.append((segment, int(rows_in[segment][at - (ends[segment - 1] if segment else 0)])))
    return found
