"""`planfirst train sift`: which plans pay. Code was written after them and without any, and run; rows get their weight.

Rejection sampling, with the untouched coder as the judge: a plan that a person finds good may still mislead the model
that is to follow it. What was measured comes from `planfirst eval recipes`, whose journal holds every plan, the code
after it, and whether that code held. With ``--samples`` several plans are drawn for a task, and as many answers without
one. A task counts as solved, by a plan or without any, if at least half of the answers hold, so that luck without a
plan does not hide that a plan pays.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from planfirst.core import plan as plans
from planfirst.core.errors import CorpusError
from planfirst.core.types import Plan
from planfirst.corpora.report import Report
from planfirst.corpora.rows import Fault, json_rows
from planfirst_lab.evaluation.journal import FILE
from planfirst_lab.training.augment.rows import own_id, read

Worth = Literal["pays", "harmless", "in vain", "harms"]
_WITHOUT = "plain"  # the arm that has no plan
# A plan after which nothing holds may be right and the model too weak for it; one that harms is not learned at all.
_WEIGHTS: Mapping[Worth | None, float] = {"pays": 1.0, "harmless": 0.5, None: 0.5, "in vain": 0.25, "harms": 0.0}


@dataclass(frozen=True, slots=True)
class Measured:
    """A plan for a task, and what became of the code after it."""

    task: str
    plan: Plan
    worth: Worth


def measured(folder: Path) -> list[Measured]:
    """Every plan in the journal of an evaluation, once for each task.

    Args:
        folder: the ``--out`` of `planfirst eval recipes`, with the arm ``plain`` and at least one with a plan.

    Raises:
        CorpusError: there is no journal, or nothing in it can be compared.
    """
    path = folder / FILE
    if not path.is_file():
        raise CorpusError(
            "plain", what=f"There is no {FILE} in {folder}.", next="Make one with `planfirst eval recipes --out`."
        )
    records = [raw for _, raw in json_rows(path) if not isinstance(raw, Fault)]
    found = list(_compared(records))
    if not found:
        raise CorpusError(
            "plain",
            what=f"{path} holds no task with a plan and without one.",
            next="Measure the arms plain and followed.",
        )
    return found


def sift(rows: Path, folder: Path, out: Path) -> Counter[str]:
    """Writes the rows anew, each with the weight of its plan; where another plan pays, the shortest such in its place.

    Returns:
        How many plans are worth what, and how many rows were written, dropped, and got another plan.

    Raises:
        CorpusError: rows or journal cannot be used.
    """
    known = measured(folder)
    worth = {(one.task, one.plan): one.worth for one in known}
    better = {one.task: one.plan for one in sorted(known, key=_length, reverse=True) if one.worth == "pays"}
    counts = Counter[str](one.worth for one in known)
    with out.open("w", encoding="utf-8") as file:
        for row in read(rows, Report()):
            task = own_id(row.question_id)
            plan = better.get(task, row.plan)
            weight = _WEIGHTS[worth.get((task, plan))]
            counts["with another plan"] += plan != row.plan
            counts["written" if weight else "dropped"] += 1
            if weight:
                file.write(json.dumps(replace(row, plan=plan, weight=weight).to_record(), ensure_ascii=False) + "\n")
    return counts


def _compared(records: list[Mapping[str, Any]]) -> Iterator[Measured]:
    without, after = defaultdict[str, list[bool]](list), defaultdict[tuple[str, Plan], list[bool]](list)
    for raw in records:
        task, holds = str(raw["item"]), bool(raw["renamed"])
        plan = plans.parse(str(raw.get("plan", "")))
        if raw.get("arm") == _WITHOUT:
            without[task].append(holds)
        elif plan is not None:
            after[task, plan].append(holds)
    for (task, plan), answers in after.items():
        if task in without:
            yield Measured(task, plan, _worth(_most(without[task]), _most(answers)))


def _most(held: list[bool]) -> bool:
    return 2 * sum(held) >= len(held)


def _worth(without: bool, after: bool) -> Worth:
    if after:
        return "harmless" if without else "pays"
    return "harms" if without else "in vain"


def _length(one: Measured) -> int:
    return len(one.plan.numbered())
