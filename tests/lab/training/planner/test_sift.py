from __future__ import annotations

import json
from pathlib import Path

import pytest

from planfirst.core.errors import CorpusError
from planfirst.core.types import Plan
from planfirst.corpora.report import Report
from planfirst_lab.training.augment.rows import Row, read
from planfirst_lab.training.planner.sift import measured, sift

LONG, SHORT = Plan(("Open the file with open.", "Return what read gives.")), Plan(("Return read.",))


def journal(folder: Path, *answers: tuple[str, str, Plan | None, bool]) -> Path:
    """Arm, task, plan and whether the code held."""
    folder.mkdir()
    lines = [
        {"arm": arm, "item": task, "plan": plan.numbered() if plan else "", "renamed": held}
        for arm, task, plan, held in answers
    ]
    (folder / "generations.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return folder


def rows(path: Path, *tasks: str) -> Path:
    made = [Row(f"{task}~2", "", "", "read a file", 0.0, LONG).to_record() for task in tasks]
    path.write_text("".join(json.dumps(row) + "\n" for row in made), encoding="utf-8")
    return path


def test_a_row_counts_as_its_plan_pays(tmp_path: Path) -> None:
    held = {"pays": (False, True), "harmless": (True, True), "vain": (False, False), "harms": (True, False)}
    answers = [
        answer
        for task, (without, after) in held.items()
        for answer in (("plain", task, None, without), ("followed", task, LONG, after))
    ]
    out = tmp_path / "sifted.jsonl"
    counts = sift(rows(tmp_path / "rows.jsonl", *held, "unknown"), journal(tmp_path / "run", *answers), out)
    weights = {row.question_id: row.weight for row in read(out, Report())}
    assert weights == {"pays~2": 1.0, "harmless~2": 0.5, "vain~2": 0.25, "unknown~2": 0.5}
    assert counts == {
        "pays": 1, "harmless": 1, "in vain": 1, "harms": 1, "written": 4, "dropped": 1, "with another plan": 0
    }  # fmt: skip


def test_the_shortest_plan_that_pays_takes_the_place_of_others(tmp_path: Path) -> None:
    longer = Plan((*LONG.steps, "Close the file."))
    plans = ((longer, True), (LONG, False), (SHORT, True))
    answers = [("plain", "a", None, False), *((f"arm{n}", "a", plan, held) for n, (plan, held) in enumerate(plans))]
    out = tmp_path / "sifted.jsonl"
    counts = sift(rows(tmp_path / "rows.jsonl", "a"), journal(tmp_path / "run", *answers), out)
    (row,) = read(out, Report())
    assert (row.plan, row.weight) == (SHORT, 1.0)
    assert counts["with another plan"] == 1


@pytest.mark.parametrize(("without", "worth"), [((True, False, False), "pays"), ((False, True), "harmless")])
def test_a_task_is_solved_without_a_plan_if_half_of_its_answers_hold(
    tmp_path: Path, without: tuple[bool, ...], worth: str
) -> None:
    answers = [*(("plain", "a", None, held) for held in without), ("planned", "a", SHORT, True)]
    (one,) = measured(journal(tmp_path / "run", *answers))
    assert one.worth == worth


def test_what_cannot_be_compared_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"generations\.jsonl"):
        measured(tmp_path)
    with pytest.raises(CorpusError, match="plain and followed"):
        measured(journal(tmp_path / "run", ("followed", "a", LONG, True)))
