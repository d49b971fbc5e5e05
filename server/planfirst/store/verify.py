"""Checks a whole store: every checksum, and by a sample whether the vectors belong to their pairs."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from planfirst.store import layout, read
from planfirst.store.build import TextEmbedder
from planfirst.store.pairs import embedded_text
from planfirst.store.read import StoreStatus

LEAST = 0.999  # cosine; another order of additions in the model moves it by a few millionths
_BATCH = 32


@dataclass(frozen=True, slots=True)
class Verified:
    """What was checked; ``lowest`` is the least cosine between a stored vector and a new one, 1 if none was made."""

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
    read.load(folder, embedder.identity)  # refuses another model
    loaded = read.rows(folder)
    count = len(loaded.pairs)
    chosen = sorted(random.sample(range(count), min(sample, count)))
    lowest, wrong = 1.0, list[int]()
    for start in range(0, len(chosen), _BATCH):
        if stop and stop():
            raise CancelledError
        rows = chosen[start : start + _BATCH]
        made = embedder.embed([embedded_text(loaded.pairs[row]) for row in rows])
        cosines = np.einsum("ij,ij->i", made, loaded.vectors[rows])
        wrong += [row for row, cosine in zip(rows, cosines, strict=True) if cosine < LEAST]
        lowest = min(lowest, float(cosines.min()))
        if progress:
            progress(start + len(rows), len(chosen))
    if wrong:
        first = loaded.pairs[wrong[0]]
        raise layout.refused(
            folder, f"{len(wrong)} of {len(chosen)} vectors that were made again differ, the first of {first.id[:80]!r}"
        )
    return Verified(loaded.status, len(chosen), lowest)
