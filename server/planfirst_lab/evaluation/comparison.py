"""From the answers to a benchmark to its figures: each arm by itself, arms against each other. It runs nothing.

Shares are 0 to 1, intervals are 95 %, times are in seconds. Where arms are compared, it is task by task.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from planfirst_lab.evaluation.figures import Figures, arm, greedy, times
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.journal import Answer, Journal
from planfirst_lab.evaluation.plan_figures import of_plans
from planfirst_lab.statistics import bootstrap, holm, mcnemar, mean, paired_difference, pass_at_k

_KS = (1, 2, 3, 5, 10, 20, 50, 100)
_WANTED = (
    ("plain", "bare"),
    ("example", "bare"),
    ("full", "bare"),
    ("verified", "bare"),
    ("example", "plain"),
    ("plan", "plain"),
    ("full", "plain"),
    ("full", "example"),
    ("full", "left_out"),
    ("verified", "full"),
    ("followed", "plain"),
)
_EDGES = (-1.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.01)  # of similarity scores


def counted(items: Sequence[Item], journal: Journal, names: Sequence[str], samples: int) -> Figures:
    """All figures of a journal's answers in the arms ``names``."""
    return {
        "arms": of_arms(items, journal, names, samples),
        "comparisons": compared(items, journal, names),
        "similarity": by_similarity(items, journal, names),
        "plan": of_the_plan(items, journal, names),
    }


def of_arms(items: Sequence[Item], journal: Journal, names: Sequence[str], samples: int) -> Figures:
    """What each arm reached and what it cost, by its name."""
    return {
        name: arm(items, journal, name)
        | {"pass@k": pass_at(items, journal, name, samples)}
        | costs(greedy(items, journal, name))
        | verified(greedy(items, journal, name))
        | of_plans(items, journal, name)
        for name in names
    }


def pass_at(items: Sequence[Item], journal: Journal, name: str, samples: int) -> Figures:
    """The unbiased pass@k from samples, for each k that they allow, over the items that have all of them."""
    counts: list[int] = []
    for item in items:
        drawn = [journal.get(name, item.id, item.digest, n) for n in range(1, samples + 1)]
        there = [answer.passed for answer in drawn if answer is not None]
        if len(there) == samples:
            counts.append(sum(there))
    curve: Figures = {}
    for k in sorted({*(k for k in _KS if k <= samples), samples} - {0}):
        estimates = [pass_at_k(samples, passed, k) for passed in counts]
        curve[str(k)] = {"value": mean(estimates), "interval": bootstrap(estimates), "n": len(estimates)}
    return curve


def costs(answers: Sequence[Answer]) -> Figures:
    """Tokens of an answer on average; times until its first token, until the first token of its code, and in all."""
    plans = [answer.plan_tokens for answer in answers]
    codes = [answer.tokens for answer in answers]
    seconds = [whole(answer) for answer in answers]
    written = sum(map(spent, answers))
    return {
        "tokens": {"plan": mean(plans), "code": mean(codes), "most": max(map(spent, answers), default=0)},
        "first_token": times([first for answer in answers if (first := first_token(answer)) is not None]),
        "first_code": times([first for answer in answers if (first := first_code(answer)) is not None]),
        "seconds": times(seconds),
        "tokens_per_second": written / sum(seconds) if sum(seconds) else None,
    }


def verified(answers: Sequence[Answer]) -> Figures:
    """Of an arm that is verified: attempts, and how many of those that the product calls passed really pass."""
    checked = [answer for answer in answers if answer.attempts is not None]
    if not checked:
        return {}
    said = {
        words: {"n": len(those), "passed": sum(answer.passed for answer in those)}
        for words in sorted({answer.said for answer in checked})
        for those in [[answer for answer in checked if answer.said == words]]
    }
    return {"verified": {"attempts": mean([float(answer.attempts or 0) for answer in checked]), "said": said}}


def spent(answer: Answer) -> int:
    """Tokens of plan and code."""
    return answer.plan_tokens + answer.tokens


def whole(answer: Answer) -> float:
    """Seconds from the beginning of the plan, or of the code where there is none, to the end of the code."""
    return (answer.plan_seconds or 0.0) + answer.seconds


def first_token(answer: Answer) -> float | None:
    """Seconds until the model wrote anything."""
    return answer.first if answer.plan_seconds is None else answer.plan_first


def first_code(answer: Answer) -> float | None:
    """Seconds until the model wrote code."""
    return None if answer.first is None else (answer.plan_seconds or 0.0) + answer.first


def compared(items: Sequence[Item], journal: Journal, names: Sequence[str]) -> list[Figures]:
    """The pairs of arms that say something, each over the items that both have answered."""
    found = [compare(items, journal, *pair) for pair in _WANTED if set(pair) <= set(names)]
    for figures, p in zip(found, holm([figures["p"] for figures in found]), strict=True):
        figures["p_holm"] = p
        figures["says"] = says(figures)
    return found


def compare(items: Sequence[Item], journal: Journal, first: str, second: str) -> Figures:
    """Two arms, task by task: the paired difference with its bootstrap interval, and McNemar's exact test."""
    pairs = both(items, journal, first, second)
    ones, others = ([float(pair[n].passed) for pair in pairs] for n in (0, 1))
    difference, interval = paired_difference(ones, others)
    only_first = sum(one > other for one, other in zip(ones, others, strict=True))
    only_second = sum(one < other for one, other in zip(ones, others, strict=True))
    return {
        "first": first,
        "second": second,
        "difference": difference,
        "interval": interval,
        "n": len(pairs),
        "only_first": only_first,
        "only_second": only_second,
        "p": mcnemar(only_first, only_second),
    }


def both(items: Sequence[Item], journal: Journal, first: str, second: str) -> list[tuple[Answer, Answer]]:
    """The greedy answers of two arms to the same items."""
    return [
        (one, other)
        for item in items
        if (one := journal.get(first, item.id, item.digest)) is not None
        and (other := journal.get(second, item.id, item.digest)) is not None
    ]


def says(figures: Figures) -> str:
    """One sentence on a comparison."""
    first, second, (low, high) = figures["first"], figures["second"], figures["interval"]
    if not figures["only_first"] and not figures["only_second"]:
        return f"{first} and {second} solve the same tasks ({figures['n']})."
    points = (
        f"{100 * figures['difference']:+.1f} points, {100 * low:+.1f} to {100 * high:+.1f}; {first} alone solves "
        f"{figures['only_first']}, {second} alone {figures['only_second']} of {figures['n']}; "
        f"p {'' if figures['p_holm'] < 0.001 else '= '}{p_value(figures['p_holm'])}"
    )
    if figures["p_holm"] >= 0.05:
        return f"{first} and {second} cannot be told apart ({points})."
    return f"{first} solves {'more' if figures['difference'] > 0 else 'fewer'} tasks than {second} ({points})."


def p_value(p: float) -> str:
    """A p-value as it is printed."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def by_similarity(items: Sequence[Item], journal: Journal, names: Sequence[str]) -> Figures | None:
    """What the example brought, by its similarity to the request: the arm with it less plain. None without the arms."""
    first = next((name for name in ("full", "example") if name in names), None)
    if first is None or "plain" not in names:
        return None
    pairs = both(items, journal, first, "plain")
    bins = []
    for low, high in pairwise(_EDGES):
        inside = [pair for pair in pairs if pair[0].score is not None and low <= pair[0].score < high]
        if inside:
            bins.append({"low": max(low, 0.0), "high": min(high, 1.0)} | _benefit(inside))
    without = [pair for pair in pairs if pair[0].score is None]
    points = [
        {"item": one.item, "score": one.score, "benefit": int(one.passed) - int(other.passed)}
        for one, other in pairs
        if one.score is not None
    ]
    return {"first": first, "second": "plain", "bins": bins, "without_example": _benefit(without), "points": points}


def _benefit(pairs: Sequence[tuple[Answer, Answer]]) -> Figures:
    difference, interval = paired_difference(
        [float(one.passed) for one, _ in pairs], [float(other.passed) for _, other in pairs]
    )
    return {"n": len(pairs), "benefit": difference, "interval": interval}


def of_the_plan(items: Sequence[Item], journal: Journal, names: Sequence[str]) -> Figures | None:
    """The items on which the plan made the difference: with it and without, all else equal. None without the arms."""
    chosen = next((pair for pair in (("full", "example"), ("plan", "plain")) if set(pair) <= set(names)), None)
    if chosen is None:
        return None
    pairs = [(one, other) for one, other in both(items, journal, *chosen) if one.plan]
    worst = sorted(pairs, key=lambda pair: -(pair[0].score or 0.0))  # the better the example, the worse a loss
    return {
        "first": chosen[0],
        "second": chosen[1],
        "n": len(pairs),
        "helped": [one.item for one, other in worst if one.passed and not other.passed],
        "hurt": [one.item for one, other in worst if other.passed and not one.passed],
    }
