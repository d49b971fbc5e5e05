"""How much of what the reference calls a plan names, counted from what is in a journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from planfirst_lab.evaluation import summary
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.journal import Answer, Journal
from planfirst_lab.evaluation.plan_figures import of_plans
from tests.lab.evaluation.small_world import item

BOTH = replace(item("double"), reference="def double(n):\n    return abs(round(n))")
NONE = replace(item("square"), reference="def square(n):\n    return n * n")
INSIDE = replace(  # the file calls more than the answer does
    item("negate"), reference="print(len(input()))\ndef negate(n):\n    return abs(n)", answer="return abs(n)"
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "out", "r") as opened:
        yield opened


def answer(of: Item, plan: str, tokens: int = 0, arm: str = "full", seconds: float | None = 1.0) -> Answer:
    return Answer(arm, of.id, of.digest, 0, of.task.request, "", "", None, plan, tokens, seconds, "x = 1", 3, 1.0,
                  True, True, True, "")  # fmt: skip


def test_the_share_is_over_the_tasks_whose_reference_calls_something(journal: Journal) -> None:
    journal.add(answer(BOTH, "1. Take abs of it.", 10))
    journal.add(answer(NONE, "1. Multiply.", 20))
    journal.add(answer(INSIDE, "1. Take abs of it.", 40))
    plans = of_plans([BOTH, NONE, INSIDE], journal, "full")["plans"]
    assert plans["names_calls"]["mean"] == 0.75
    assert plans["names_calls"]["n"] == 2
    assert plans["names_calls"]["left_out_without_calls"] == 1
    low, high = plans["names_calls"]["interval"]
    assert 0.5 <= low <= 0.75 <= high <= 1.0
    assert plans["tokens"] == {"median": 20, "n": 3}
    assert list(summary.plans("full", plans)) == [
        "full: its plans name 75.0 % of what the reference calls (50.0 to 100.0; mean of the 2 tasks whose reference "
        "calls something); the median plan takes 20 tokens, with the draft that it describes if there is one."
    ]


def test_a_planner_that_wrote_no_step_named_nothing(journal: Journal) -> None:
    journal.add(answer(BOTH, "", 5))
    plans = of_plans([BOTH, INSIDE], journal, "full")["plans"]  # the other is not answered
    assert (plans["names_calls"]["mean"], plans["names_calls"]["n"]) == (0.0, 1)
    assert plans["tokens"] == {"median": None, "n": 0}


def test_a_plan_that_no_model_wrote_has_no_tokens(journal: Journal) -> None:
    journal.add(answer(BOTH, "1. Call abs and round.", 0, "followed", 0.0))
    plans = of_plans([BOTH], journal, "followed")["plans"]
    assert (plans["names_calls"]["mean"], plans["tokens"]["median"]) == (1.0, None)
    (said,) = summary.plans("followed", plans)
    assert said.endswith("(100.0 to 100.0; mean of the 1 task whose reference calls something).")


def test_an_arm_without_plans_and_an_unreadable_reference_have_no_share(journal: Journal) -> None:
    foreign = replace(BOTH, id="js", reference="")
    journal.add(answer(BOTH, "", arm="plain", seconds=None))
    journal.add(answer(foreign, "1. Call Math.abs.", 8))
    assert of_plans([BOTH], journal, "plain") == {}
    assert list(summary.plans("plain", None)) == []
    plans = of_plans([foreign], journal, "full")["plans"]
    assert plans["names_calls"]["n"] == 0
    (said,) = summary.plans("full", plans)
    assert said.startswith("full: the median plan takes 8 tokens")
