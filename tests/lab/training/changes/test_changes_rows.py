"""Changed plans as rows: what they are made of, and that they are read as they were written."""

from __future__ import annotations

import ast
import json
import random
from pathlib import Path

import pytest

from planfirst.core import plan as plans
from planfirst.core.errors import CorpusError
from planfirst.core.types import Pair
from planfirst.corpora.report import Report
from planfirst_lab.training.changes.command import mixed
from planfirst_lab.training.changes.made import Change, changed
from planfirst_lab.training.changes.rows import Plenty, are_in, made, read, record

CODE = """
def mean(numbers, digits=2):
    kept = [n for n in numbers if n is not None]
    if not kept:
        raise ValueError("there is none")
    total = 0
    for number in kept:
        total += number
    return round(total / len(kept), digits)
"""
PAIR = Pair("own/mean", "the mean of some numbers", CODE, "test", "", "")
SHORT = Pair("own/short", "double it", "def double(n):\n    return 2 * n\n", "test", "", "")
METHOD = Pair("own/method", "say it", "def say(self, n):\n    n += 1\n    m = n\n    return m\n", "test", "", "")


def some(count: int = 40) -> list[Change]:
    return list(made([PAIR] * count, [], Plenty(1, 1, 9, 9), 5))


def test_the_code_that_follows_is_another_and_begins_as_the_answer_does() -> None:
    rows = some()
    assert len({row.kind for row in rows}) > 6
    for row in rows:
        assert row.plan.was is not None
        code = row.opening.removeprefix("```python\n") + row.rest
        ast.parse(code)
        assert ast.dump(ast.parse(code)) != ast.dump(ast.parse(row.plan.was.draft))
        assert code.startswith(row.file)
        assert PAIR.question in row.file
        said = plans.as_change(row.plan)
        assert said.startswith(("New: ", "Without this: "))
        kept = [step for step in row.plan.steps if step in row.plan.was.steps]
        assert len(row.plan.steps) - len(kept) <= 1, "more than one step is new"


def test_only_functions_that_people_change_by_hand() -> None:
    for pair in (SHORT, METHOD, Pair("x", "y", "x = 1\n", "t", "", ""), Pair("x", "y", "def (", "t", "", "")):
        assert changed(pair, random.Random(1)) is None


def test_the_same_seed_makes_the_same_rows_and_no_kind_too_many() -> None:
    assert [record(row) for row in some()] == [record(row) for row in some()]
    rows = list(made([PAIR] * 60, [PAIR] * 60, Plenty(1, 1, 2, 1), 5))
    assert max([row.kind for row in rows].count(kind) for kind in {row.kind for row in rows}) <= 3
    assert len({(row.opening, row.rest) for row in rows}) == len(rows)


def test_they_are_read_as_they_were_written(tmp_path: Path) -> None:
    path, rows, report = tmp_path / "changes.jsonl", some(), Report()
    path.write_text("".join(record(row) + "\n" for row in rows), encoding="utf-8")
    assert are_in(path)
    again = list(read(path, report))
    assert again == rows
    assert [(one.opening, one.rest, one.plan.was) for one in again] == [
        (one.opening, one.rest, one.plan.was) for one in rows
    ]
    assert report.taken == len(rows)
    row = again[0].as_row()
    assert (row.question_id, row.similar, row.plan) == (PAIR.id, PAIR.question, again[0].plan)
    assert "def mean" in row.snippet


def test_what_is_no_changed_plan_is_left_out(tmp_path: Path) -> None:
    good = json.loads(record(some()[0]))
    bad: list[object] = [
        {**good, "was": good["steps"]},  # nothing changed
        {**good, "steps": []},
        {**good, "parts": "text"},
        {**good, "file": "no function"},
        {key: value for key, value in good.items() if key != "draft"},
        ["a list"],
    ]
    path, report = tmp_path / "changes.jsonl", Report()
    path.write_text("".join(json.dumps(row) + "\n" for row in [good, *bad]), encoding="utf-8")
    assert len(list(read(path, report))) == 1
    assert sum(report.left_out.values()) == len(bad)
    path.write_text("".join(json.dumps(row) + "\n" for row in bad), encoding="utf-8")
    with pytest.raises(CorpusError, match="train changes"):
        list(read(path, Report()))
    assert not are_in(tmp_path / "none.jsonl")


def test_so_many_of_the_made_rows_are_drawn_and_all_are_mixed() -> None:
    people, others = some()[:4], some()[4:]
    assert list(mixed(people, iter(others), None)) == [*people, *others]
    rows = list(mixed(people, iter(others), 3))
    assert rows == list(mixed(people, iter(others), 3))
    assert len(rows) == 7
    assert {id(one) for one in people} < {id(one) for one in rows}
    assert rows[:4] != people
