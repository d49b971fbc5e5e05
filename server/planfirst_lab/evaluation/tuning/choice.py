"""Which of several values is kept. It knows nothing of models or requests.

The simpler or cheaper value stands unless another is better by a margin that is not chance: the 95 % interval of the
paired difference lies above zero. What this cannot tell apart it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from planfirst_lab.statistics import Interval, mcnemar, mean, paired_difference

LEAST = 8  # tasks; fewer decide nothing
_EARLY = 0.01  # the p-value below which a look before the end decides


@dataclass(frozen=True, slots=True)
class Option:
    """A value and how it did.

    Attributes:
        rights: for each task whether its answer was right, in the same order for every option.
        tokens: of an answer, on average.
    """

    value: str
    rights: tuple[bool, ...]
    tokens: float = 0.0

    @property
    def right(self) -> int:
        """How many answers were right."""
        return sum(self.rights)


@dataclass(frozen=True, slots=True)
class Decision:
    """One field of a profile, decided.

    Attributes:
        chosen: the value as it is shown.
        says: why, in one or two sentences.
        told: whether the measurement decides it; else the simpler value stands, or nothing was changed.
        options: what was compared; one that was given up early has fewer tasks.
    """

    field: str
    chosen: str
    says: str
    told: bool
    options: tuple[Option, ...] = ()

    def figure(self) -> dict[str, object]:
        """The decision as a table of a profile file."""
        return {
            "field": self.field,
            "chosen": self.chosen,
            "tasks": max((len(one.rights) for one in self.options), default=0),
            "right": {one.value: one.right for one in self.options},
            "tokens": {one.value: round(one.tokens, 1) for one in self.options if one.tokens},
            "says": self.says,
        }


def prefer(options: Sequence[Option], now: str = "") -> tuple[Option, str, bool]:
    """The option to keep, why, and whether the figures decide it.

    Args:
        options: the simplest or cheapest first; at least two, over the same tasks.
        now: the value in use, which stays where it is better than the simplest, and no other is better than it.
    """
    kept, rest = options[0], [one for one in options[1:] if _margin(one, options[0])[1][0] > 0]
    if rest:
        best = max(rest, key=lambda one: one.right)
        used = next((one for one in rest if one.value == now), best)
        if used is not best and _margin(best, used)[1][0] <= 0:
            return used, f"{_better(used, kept)} {_apart(used, best)} {used.value} stays.", True
        return best, _better(best, kept), True
    closest = max(options[1:], key=lambda one: one.right)
    if _margin(kept, closest)[1][0] > 0:
        return kept, _better(kept, closest), True
    return kept, f"{_apart(kept, closest)} {kept.value} stands, as it is simpler or cheaper.", False


def better_than(kept: Option, other: Option) -> tuple[Option, str, bool]:
    """``kept``, unless the other is better by a margin that is not chance."""
    if _margin(other, kept)[1][0] > 0:
        return other, _better(other, kept), True
    if kept.rights == other.rights:
        return kept, f"No other value does better ({kept.right} of {len(kept.rights)} right).", True
    return kept, f"{_apart(kept, other)} {kept.value} stays.", False


def settled(options: Sequence[Option]) -> bool:
    """Whether the best option is so clearly ahead of all others that more tasks are not needed."""
    best = max(options, key=lambda one: one.right)
    return all(_p(best, one) < _EARLY for one in options if one is not best)


def halved(options: Sequence[Option], now: str = "") -> list[Option]:
    """The first option, the one in use, and the better half of the others (successive halving; Jamieson and
    Talwalkar 2016).
    """
    ranked = sorted(options[1:], key=lambda one: -one.right)  # stable: of equals the simpler one
    kept = ranked[: (len(ranked) + 1) // 2]
    return [one for one in options if one is options[0] or one.value == now or one in kept]


def _p(one: Option, other: Option) -> float:
    return mcnemar(
        sum(a and not b for a, b in zip(one.rights, other.rights, strict=True)),
        sum(b and not a for a, b in zip(one.rights, other.rights, strict=True)),
    )


def _margin(one: Option, other: Option) -> tuple[float, Interval]:
    return paired_difference([float(right) for right in one.rights], [float(right) for right in other.rights])


def _better(one: Option, other: Option) -> str:
    difference, (low, high) = _margin(one, other)
    return (
        f"{one.value} is right {100 * difference:.0f} points more often than {other.value} ({_counts(one, other)}; "
        f"95 % interval {100 * low:+.0f} to {100 * high:+.0f})."
    )


def _apart(one: Option, other: Option) -> str:
    _, (low, high) = _margin(other, one)
    return (
        f"{one.value} and {other.value} cannot be told apart ({_counts(one, other)}; "
        f"95 % interval {100 * low:+.0f} to {100 * high:+.0f} points)."
    )


def _counts(one: Option, other: Option) -> str:
    return f"{one.right} and {other.right} of {len(one.rights)} right"


def tokens_of(counts: Sequence[int]) -> float:
    """The mean of some answers' tokens."""
    return mean([float(count) for count in counts])
