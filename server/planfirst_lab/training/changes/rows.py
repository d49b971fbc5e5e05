"""The rows of changed plans as JSON lines, and making them of the cookbook and of documented functions."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from planfirst.core import plan as plans
from planfirst.core.draft import kept
from planfirst.core.errors import CorpusError
from planfirst.core.types import Pair, Plan
from planfirst.corpora.report import Report
from planfirst.corpora.rows import Fault, json_rows
from planfirst_lab.evaluation.placing import task_of
from planfirst_lab.training.changes.made import Change, changed

_TEXTS = ("id", "kind", "file", "draft", "rest")
_LISTS = ("was", "parts", "steps")


@dataclass(frozen=True, slots=True)
class Plenty:
    """How many rows are made: how often each recipe and each function is tried, and the most of one kind of change."""

    recipe_times: int = 6
    function_times: int = 2
    recipes_of_a_kind: int = 400
    functions_of_a_kind: int = 110


def made(recipes: list[Pair], functions: list[Pair], plenty: Plenty, seed: int) -> Iterator[Change]:
    """The rows, the same for the same seed."""
    random_ = random.Random(seed)  # noqa: S311 - repeatable, not secret
    known: set[tuple[str, str]] = set()
    for pairs, times, most in (
        (recipes, plenty.recipe_times, plenty.recipes_of_a_kind),
        (functions, plenty.function_times, plenty.functions_of_a_kind),
    ):
        kinds: Counter[str] = Counter()
        for pair in pairs:
            for _ in range(times):
                change = changed(pair, random_)
                if change is None or kinds[change.kind] >= most:
                    continue
                one = change.opening, change.rest
                if one not in known:
                    known.add(one)
                    kinds[change.kind] += 1
                    yield change


def record(change: Change) -> str:
    """A row as a line of JSON."""
    was = change.plan.was
    assert was is not None  # a changed plan knows what it was made from
    return json.dumps(
        {
            "id": change.id,
            "kind": change.kind,
            "file": change.file,
            "was": was.steps,
            "draft": was.draft,
            "parts": was.parts,
            "steps": change.plan.steps,
            "rest": change.rest,
        },
        ensure_ascii=False,
    )


def are_in(path: Path) -> bool:
    """Whether a file of rows holds changed plans; what else is wrong with it, who reads it says."""
    first = next((raw for _, raw in json_rows(path)), None) if path.is_file() else None
    return isinstance(first, dict) and "rest" in first


def read(path: Path, report: Report) -> Iterator[Change]:
    """The rows of a file; what cannot be used is left out and told to ``report``.

    Raises:
        CorpusError: no row in it can be used.
    """
    for number, raw in json_rows(path):
        found = raw if isinstance(raw, Fault) else _change(raw)
        if isinstance(found, Fault):
            report.leave_out(f"{path.name}:{number}", found.reason, found.detail)
        else:
            report.taken += 1
            yield found
    if not report.taken:
        raise CorpusError(
            "plain",
            what=f"No row of {path.name} can be used: {', '.join(report.left_out) or 'it is empty'}.",
            next="Make rows with `planfirst train changes`.",
        )


def _change(raw: object) -> Change | Fault:
    if not isinstance(raw, dict) or not all(isinstance(raw.get(name), str) for name in _TEXTS):
        return Fault("a column is missing or not a text")
    if not all(isinstance(raw.get(name), list) and all(isinstance(one, str) for one in raw[name]) for name in _LISTS):
        return Fault("a column is missing or not a list of texts")
    try:
        known = Plan(tuple(raw["was"]), raw["draft"], tuple(raw["parts"]))
        plan = plans.adopted(Plan(tuple(raw["steps"])), known)
        task = task_of(raw["file"])
    except ValueError as error:
        return Fault("it is no changed plan", str(error))
    if not plan.draft or not plans.as_change(plan):
        return Fault("it is no changed plan")
    return Change(raw["id"], raw["kind"], raw["file"], task, plan, kept(plan, task), raw["rest"])
