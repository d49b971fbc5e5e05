"""When one way to run a model is better than another, and when a copy is as good as the original."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from planfirst.adapters.running import Pace

READ, WRITTEN = 400, 100  # tokens of a usual request: what is read anew, and what is written
ROUNDS, LEAST_ROUNDS = 5, 3
BETTER = 0.95  # a change is made for a twentieth of the time at least: less is noise, and not worth a file
AGREEMENT = 0.90  # of the positions, at least, the likeliest token is the same
LOSS = 0.05  # nats a token, at most, that the true text is less likely: five per cent of perplexity

Expected = tuple[list[int], list[float]]  # what `Trial.expected` gives


@dataclass(frozen=True, slots=True)
class Round:
    """One measurement of one side."""

    read: Pace
    write: Pace

    def cost(self, wall: bool) -> float:
        """Seconds for a usual request: on the clock, or of processor time."""
        return READ * _each(self.read, wall) + WRITTEN * _each(self.write, wall)


@dataclass(frozen=True, slots=True)
class Duel:
    """Two sides that were measured in turn.

    Attributes:
        wall: whether time on the clock is compared, which tells numbers of threads apart; else processor time, which
            other work on the machine hardly moves.
    """

    before: Sequence[Round]
    after: Sequence[Round]
    wall: bool

    @property
    def ratio(self) -> float:
        """The second side's cost in units of the first's; the median of the rounds."""
        return median(self._ratios)

    @property
    def _ratios(self) -> list[float]:
        pairs = zip(self.before, self.after, strict=True)
        return [after.cost(self.wall) / before.cost(self.wall) for before, after in pairs]

    @property
    def decided(self) -> bool:
        """Whether there were enough rounds to say anything."""
        return len(self.after) >= LEAST_ROUNDS

    @property
    def won(self) -> bool:
        """Whether the second side is worth a change, and no single round decides it."""
        behind = sum(ratio >= 1 for ratio in self._ratios)
        return self.decided and self.ratio <= BETTER and behind <= 1

    def figure(self) -> dict[str, Any]:
        """The figures to be kept: tokens per second of both, and the ratio."""
        time = "clock" if self.wall else "processor"
        return {
            "time": time,
            "rounds": len(self.after),
            "read": [_pace([r.read for r in side], self.wall) for side in (self.before, self.after)],
            "written": [_pace([r.write for r in side], self.wall) for side in (self.before, self.after)],
            "ratio": round(self.ratio, 3),
        }


@dataclass(frozen=True, slots=True)
class Quality:
    """How near a copy is to the original.

    Attributes:
        agreement: the share of positions with the same likeliest next token.
        loss: how much less likely the true text is, in nats a token; negative where it is likelier.
    """

    agreement: float
    loss: float

    @classmethod
    def of(cls, original: Expected, copy: Expected) -> Quality:
        """Compares what both expect of the same text."""
        positions = len(original[0])
        same = sum(a == b for a, b in zip(original[0], copy[0], strict=True))
        lost = sum(a - b for a, b in zip(original[1], copy[1], strict=True))
        return cls(same / positions, lost / positions)

    def equal(self, most: float = LOSS) -> bool:
        """Whether the copy may take the original's place, with a loss of ``most``; a number that is none says no."""
        return self.agreement >= AGREEMENT and self.loss <= most


def _each(pace: Pace, wall: bool) -> float:
    return max(pace.wall if wall else pace.cpu, 1e-9) / max(pace.tokens, 1)


def _pace(paces: Sequence[Pace], wall: bool) -> float:
    return round(1 / median(_each(pace, wall) for pace in paces), 1)
