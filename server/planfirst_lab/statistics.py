"""Intervals and pass@k. It knows nothing of models or requests."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import comb, sqrt
from statistics import NormalDist

import numpy as np

Interval = tuple[float, float]
_Z = NormalDist().inv_cdf(0.975)
_DRAWS = 10_000
_CHUNK = 1_000_000  # numbers drawn at a time


def wilson(successes: int, n: int) -> Interval:
    """The 95 % score interval of a proportion (Wilson 1927); (0, 1) when nothing was tried."""
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n}")
    if n == 0:
        return 0.0, 1.0
    share, z2 = successes / n, _Z**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    reach = _Z / (1 + z2 / n) * sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def pass_at_k(n: int, passed: int, k: int) -> float:
    """The unbiased estimate, for one task, that at least one of ``k`` samples passes (Chen et al. 2021, section 2.1).

    Args:
        n: samples drawn; ``passed`` of them passed.

    Raises:
        ValueError: there are fewer samples than ``k``, or more passes than samples.
    """
    if not (1 <= k <= n and 0 <= passed <= n):
        raise ValueError(f"pass@{k} of {passed} passes in {n} samples")
    return 1.0 - comb(n - passed, k) / comb(n, k)


def mean(values: Sequence[float]) -> float:
    """The mean; 0 of nothing."""
    return float(sum(values) / len(values)) if values else 0.0


def bootstrap(values: Sequence[float], seed: int = 0) -> Interval:
    """The 95 % percentile interval of a mean: 10,000 draws with replacement under a fixed seed; (0, 0) of nothing."""
    if not values:
        return 0.0, 0.0
    given = np.asarray(values, dtype=np.float64)
    random = np.random.default_rng(seed)
    rows = max(1, _CHUNK // len(given))
    means = [
        given[random.integers(0, len(given), size=(min(rows, _DRAWS - start), len(given)))].mean(axis=1)
        for start in range(0, _DRAWS, rows)
    ]
    low, high = np.percentile(np.concatenate(means), [2.5, 97.5])
    return float(low), float(high)


def paired_difference(first: Sequence[float], second: Sequence[float], seed: int = 0) -> tuple[float, Interval]:
    """The mean of ``first - second`` over the same tasks in the same order, and its 95 % bootstrap interval.

    Raises:
        ValueError: they are not equally long.
    """
    differences = [one - other for one, other in zip(first, second, strict=True)]
    return mean(differences), bootstrap(differences, seed)


def mcnemar(only_first: int, only_second: int) -> float:
    """The exact two-sided p-value of McNemar's test (1947): how likely so uneven a split of the tasks on which two arms
    differ would be, were each as likely to go either way. 1 when they differ on none.

    Args:
        only_first, only_second: tasks that one of them alone solved.
    """
    n = only_first + only_second
    tail = sum(comb(n, k) for k in range(min(only_first, only_second) + 1))
    return min(1.0, float(Fraction(2 * tail, 2**n)))  # a float would overflow above a thousand


def holm(values: Sequence[float]) -> list[float]:
    """The p-values adjusted for having made so many comparisons (Holm 1979), in the order given."""
    adjusted, most = [0.0] * len(values), 0.0
    for rank, n in enumerate(sorted(range(len(values)), key=lambda n: values[n])):
        most = max(most, min(1.0, (len(values) - rank) * values[n]))
        adjusted[n] = most
    return adjusted
