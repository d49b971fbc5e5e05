"""Attempts as values: the budget for all, the events of one, and its result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from planfirst.core.types import Outcome
from planfirst.verify.verdict import Verdict
from planfirst.words import Message


@dataclass(frozen=True, slots=True)
class Budget:
    """What all attempts together may take. The first one is always made, and to its end.

    Attributes:
        seconds: after which no attempt begins, and the one that is being written is given up.
        tokens: of plan and code, as the models write them.
        attempts: how many there may be.
    """

    seconds: float = 30.0
    tokens: int = 2048
    attempts: int = 8


@dataclass(frozen=True, slots=True)
class Trying:
    """An attempt begins; so much is left of the budget. ``number`` counts from 1."""

    number: int
    how: Message | None
    seconds_left: float
    tokens_left: int


@dataclass(frozen=True, slots=True)
class Checking:
    """An attempt is written, and is being checked."""

    number: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt and what became of it; its code is that of the outcome's generation.

    Attributes:
        how: how it differs from the first; of the first, None.
        tokens, seconds: what writing and checking it took.
        mends: it was made from an earlier one and its failing check.
    """

    number: int
    how: Message | None
    outcome: Outcome
    verdict: Verdict
    tokens: int
    seconds: float
    mends: bool = False


def best(made: Iterable[Attempt]) -> Attempt:
    """The first that passed, else the one of which most holds; of equals the earlier one."""
    return max(made, key=lambda attempt: attempt.verdict.rank)
