"""What the plans of an arm are like: how much of what the reference calls they name, and how long they are."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from planfirst_lab.evaluation.calls import recall
from planfirst_lab.evaluation.figures import Figures
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.journal import Answer, Journal
from planfirst_lab.statistics import bootstrap, mean


def of_plans(items: Sequence[Item], journal: Journal, name: str) -> Figures:
    """The figures of an arm's greedy answers that have a plan, under ``plans``; nothing for an arm that has none.

    ``names_calls`` is the mean share, 0 to 1, of the reference's calls that the plan names, over the tasks whose
    reference makes a call (see `calls`); a planner that wrote no step has named none. ``tokens`` is of the plans that a
    model wrote; with a plan that describes a draft, the draft counts.
    """
    found = [
        (item, answer)
        for item in items
        if (answer := journal.get(name, item.id, item.digest)) is not None and answer.plan_seconds is not None
    ]
    if not found:
        return {}
    shares = [share for item, answer in found if (share := _named(item, answer)) is not None]
    tokens = [answer.plan_tokens for _, answer in found if answer.plan and answer.plan_tokens]
    return {
        "plans": {
            "names_calls": {
                "mean": mean(shares),
                "interval": bootstrap(shares),
                "n": len(shares),
                "left_out_without_calls": len(found) - len(shares),
            },
            "tokens": {"median": statistics.median(tokens) if tokens else None, "n": len(tokens)},
        }
    }


def _named(item: Item, answer: Answer) -> float | None:
    """The share for one task. Where the reference is a whole file, only what an answer adds to it counts."""
    if item.answer:
        return recall(item.answer, answer.plan)
    return recall(item.reference, answer.plan, item.file)
