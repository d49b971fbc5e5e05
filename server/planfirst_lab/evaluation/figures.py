"""From answers to figures: shares are 0 to 1, intervals are 95 %. It runs nothing."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from planfirst.corpora.recipes import own_id
from planfirst_lab.evaluation.calls import recall
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.journal import Answer, Journal
from planfirst_lab.evaluation.runner import id_of
from planfirst_lab.statistics import bootstrap, mean, paired_difference, pass_at_k, wilson

Figures = dict[str, Any]


def arm(items: Sequence[Item], journal: Journal, name: str, samples: int = 0) -> Figures:
    """What one arm reached over the items that it has answered.

    ``pass@1`` is of the greedy answer. ``pass@1 any name`` counts also code that passes once its only definition has
    the wanted name, which a request does not tell. ``pass@k``, k being 10 or the number of samples if that is less, is
    the unbiased estimate from samples, where every item has all of them.
    """
    answers = greedy(items, journal, name)
    passed = sum(answer.passed for answer in answers)
    figures: Figures = {
        "pass@1": _share(passed, len(answers)),
        "interval": wilson(passed, len(answers)),
        "n": len(answers),
        "passed": passed,
        "pass@1 any name": _share(sum(answer.renamed for answer in answers), len(answers)),
        "parses": _share(sum(answer.parses for answer in answers), len(answers)),
    }
    if samples:
        figures |= _sampled(items, journal, name, samples)
    return figures


def greedy(items: Iterable[Item], journal: Journal, name: str) -> list[Answer]:
    """The greedy answers of an arm that are there, in the order of the items."""
    found = (journal.get(name, item.id, item.digest) for item in items)
    return [answer for answer in found if answer is not None]


def _sampled(items: Sequence[Item], journal: Journal, name: str, samples: int) -> Figures:
    k = min(10, samples)
    estimates: list[float] = []
    for item in items:
        drawn = [journal.get(name, item.id, item.digest, n) for n in range(1, samples + 1)]
        there = [answer.passed for answer in drawn if answer is not None]
        if len(there) == samples:
            estimates.append(pass_at_k(samples, sum(there), k))
    # With as many samples as k each estimate is 0 or 1, and a share's own interval is the better one near 0 and 1.
    interval = wilson(round(sum(estimates)), len(estimates)) if k == samples else bootstrap(estimates)
    return {
        f"pass@{k}": mean(estimates),
        f"pass@{k} interval": interval,
        f"pass@{k} n": len(estimates),
        "samples": samples,
    }


def both_minus_example(items: Sequence[Item], journal: Journal) -> Figures:
    """What the plan adds to the example: in_store against example, request by request."""
    pairs = [
        (float(both.passed), float(one.passed))
        for item in items
        if (both := journal.get("in_store", item.id, item.digest)) is not None
        and (one := journal.get("example", item.id, item.digest)) is not None
    ]
    difference, (low, high) = paired_difference([pair[0] for pair in pairs], [pair[1] for pair in pairs])
    better = sum(both > one for both, one in pairs)
    worse = sum(both < one for both, one in pairs)
    return {
        "difference": difference,
        "interval": (low, high),
        "n": len(pairs),
        "plan_alone_helped": better,
        "plan_alone_hurt": worse,
        "says": verdict(difference, low, high, len(pairs)),
    }


def verdict(difference: float, low: float, high: float, n: int) -> str:
    """One sentence on whether the plan helps."""
    if low == high == difference == 0:
        return f"With and without the plan the same answers pass ({n} requests)."
    points = f"{difference * 100:+.1f} points, 95 % interval {low * 100:+.1f} to {high * 100:+.1f}, {n} requests"
    if low > 0:
        return f"The plan helps: with it more answers pass ({points})."
    if high < 0:
        return f"The plan hurts: with it fewer answers pass ({points})."
    return f"Whether the plan helps or hurts cannot be told apart from chance ({points})."


def call_recall(items: Sequence[Item], journal: Journal) -> Figures:
    """The mean share of the reference's calls that the plan names; ``cookbook_steps`` is what the own plans reach."""
    values: list[float] = []
    written: list[float] = []
    left_out = 0
    for item in items:
        answer = journal.get("in_store", item.id, item.digest)
        if answer is None:
            continue
        value = recall(item.reference, answer.plan)
        ours = recall(item.reference, "\n".join(item.steps))
        if value is None or ours is None:
            left_out += 1
            continue
        values.append(value)
        written.append(ours)
    return {
        "mean": mean(values),
        "interval": bootstrap(values),
        "n": len(values),
        "left_out_without_calls": left_out,
        "cookbook_steps": mean(written),
    }


def parsing(items: Sequence[Item], journal: Journal, arms: Iterable[str]) -> Figures:
    """The share of code that parses, of the arm in_store and of all greedy arms together."""
    one = [answer.parses for answer in greedy(items, journal, "in_store")]
    every = [answer.parses for name in arms for answer in greedy(items, journal, name)]
    return {
        "in_store": _share(sum(one), len(one)),
        "interval": wilson(sum(one), len(one)),
        "n": len(one),
        "all_greedy": _share(sum(every), len(every)),
        "all_greedy_interval": wilson(sum(every), len(every)),
        "all_greedy_n": len(every),
    }


def when_found(items: Sequence[Item], journal: Journal) -> Figures:
    """The arm in_store over the requests whose example was their own recipe: the model's part, without the search's."""
    found = [
        item
        for item in items
        if item.own is not None
        and (answer := journal.get("in_store", item.id, item.digest)) is not None
        and own_id(answer.example) == id_of(item.own)
    ]
    return {**arm(found, journal, "in_store"), "call_recall": call_recall(found, journal)["mean"]}


def split(items: Sequence[Item], journal: Journal, arms: Sequence[str]) -> Figures:
    """Every arm over recipes that training never saw, and over those of which it did not see this wording."""
    kinds: dict[str, Callable[[Item], bool]] = {
        "recipes": lambda item: item.unseen,
        "wordings": lambda item: not item.unseen,
    }
    return {
        kind: {
            **{name: arm(chosen, journal, name) for name in arms},
            "in_store_when_found": when_found(chosen, journal),
            "call_recall": call_recall(chosen, journal)["mean"],
        }
        for kind, takes in kinds.items()
        for chosen in [[item for item in items if takes(item)]]
    }


def plan_speed(items: Sequence[Item], journal: Journal) -> Figures:
    """How long plans took, the reading of the prompt included, in the arm in_store."""
    answers = [answer for answer in greedy(items, journal, "in_store") if answer.plan_seconds is not None]
    seconds = [answer.plan_seconds or 0.0 for answer in answers]
    six = [answer.plan_seconds or 0.0 for answer in answers if len(answer.plan.splitlines()) == 6]
    tokens = sum(answer.plan_tokens for answer in answers)
    code_seconds = sum(answer.seconds for answer in answers)
    return {
        "plan": times(seconds),
        "plan_of_six_steps": times(six),
        "plan_tokens_per_second": tokens / sum(seconds) if sum(seconds) else None,
        "code_tokens_per_second": sum(a.tokens for a in answers) / code_seconds if code_seconds else None,
    }


def times(seconds: Sequence[float]) -> Figures:
    """Median and 95th percentile (nearest rank), None of nothing."""
    ordered = sorted(seconds)
    return {
        "n": len(ordered),
        "median": statistics.median(ordered) if ordered else None,
        "p95": ordered[math.ceil(0.95 * len(ordered)) - 1] if ordered else None,
    }


def _share(count: int, n: int) -> float:
    return count / n if n else 0.0
