"""Which rows make up which batch: rows of similar length together, so that little is padding. No row sees another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from planfirst_lab.training.data import Rows
from planfirst_lab.training.tokenizer import PAD_ID

_POOL = 24  # batches whose rows are sorted by length together


@dataclass(frozen=True, slots=True)
class Batch:
    """Inputs of `Llama.loss`: tokens (rows, length), where (n,), targets (n,)."""

    tokens: Tensor
    where: Tensor
    targets: Tensor

    def to(self, device: torch.device) -> Batch:
        """The same batch on a device."""
        return Batch(self.tokens.to(device), self.where.to(device), self.targets.to(device))


def plan(rows: Rows, size: int, seed: int, epoch: int) -> list[list[int]]:
    """Row numbers of each batch of an epoch, in order; the same for the same seed and epoch.

    Args:
        size: tokens of a batch, padding included. A batch has at least one row.
    """
    source = np.random.default_rng([seed, epoch])
    order = source.permutation(len(rows))
    lengths = rows.lengths
    pool = max(1, int(_POOL * size / max(1.0, float(lengths.mean()))))
    batches: list[list[int]] = []
    for first in range(0, len(order), pool):
        part = order[first : first + pool]
        batches.extend(_cut([int(n) for n in part[np.argsort(lengths[part], kind="stable")]], lengths, size))
    return [batches[n] for n in source.permutation(len(batches))]


def _cut(sorted_rows: list[int], lengths: np.ndarray[tuple[int], np.dtype[np.int64]], size: int) -> Iterator[list[int]]:
    batch: list[int] = []
    for n in sorted_rows:  # ascending, so the newest row is the longest
        if batch and (len(batch) + 1) * int(lengths[n]) > size:
            yield batch
            batch = []
        batch.append(n)
    if batch:
        yield batch


def collate(rows: Rows, numbers: list[int]) -> Batch:
    """The rows padded to the longest of them; only tokens of answers are targets."""
    texts = [rows.row(n).astype(np.int64) for n in numbers]
    length = max(len(text) for text in texts)
    tokens = np.full((len(texts), length), PAD_ID, np.int64)
    where: list[np.ndarray[tuple[int], np.dtype[np.int64]]] = []
    for n, (number, text) in enumerate(zip(numbers, texts, strict=True)):
        tokens[n, : len(text)] = text
        where.append(np.arange(int(rows.answers[number]), len(text)) + n * length)
    targets = np.concatenate(where)
    flat = tokens.reshape(-1)
    return Batch(torch.from_numpy(tokens), torch.from_numpy(targets - 1), torch.from_numpy(flat[targets]))
