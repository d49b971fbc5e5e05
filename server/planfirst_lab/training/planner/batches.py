"""Which rows make up which step, and how they become tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from planfirst_lab.training.planner.rows import Encoded


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows padded on the right.

    Attributes:
        tokens, mask: (rows, length) ids, and 1 where there is a token.
        where: (n,) positions in the flattened batch that predict a target.
        targets, weights: (n,) the tokens that follow there, and how much each counts.
    """

    tokens: Tensor
    mask: Tensor
    where: Tensor
    targets: Tensor
    weights: Tensor


def order(rows: int, size: int, seed: int, epoch: int) -> list[list[int]]:
    """Row numbers of each step of an epoch; the same for the same seed and epoch."""
    shuffled = [int(n) for n in np.random.default_rng([seed, epoch]).permutation(rows)]
    return [shuffled[start : start + size] for start in range(0, rows, size)]


def collate(rows: Sequence[Encoded], whole: bool, by_confidence: bool, device: torch.device) -> Batch:
    """A batch on a device.

    Args:
        whole: whether the prompt is learned, too.
    """
    length = max(len(row.tokens) for row in rows)
    tokens = torch.zeros(len(rows), length, dtype=torch.long)
    mask = torch.zeros_like(tokens)
    where, targets, weights = list[int](), list[int](), list[float]()
    for n, row in enumerate(rows):
        tokens[n, : len(row.tokens)] = torch.tensor(row.tokens)
        mask[n, : len(row.tokens)] = 1
        first = 1 if whole else row.plan
        where += range(n * length + first - 1, n * length + len(row.tokens) - 1)
        targets += row.tokens[first:]
        weights += [row.weight if by_confidence else 1.0] * (len(row.tokens) - first)
    return Batch(
        tokens.to(device),
        mask.to(device),
        torch.tensor(where, device=device),
        torch.tensor(targets, device=device),
        torch.tensor(weights, device=device),
    )
