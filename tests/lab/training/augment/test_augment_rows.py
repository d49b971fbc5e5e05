from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from planfirst.core.errors import CorpusError
from planfirst.core.types import Plan
from planfirst.corpora.report import Report
from planfirst_lab.training.augment.rows import COLUMNS, Journal, Row, own_id, plan_of, read, visit_id

ROW = Row(
    "7", "add two numbers", "def add(a, b):\n    return a + b", "sum of two values", 0.8, Plan(("Add.", "Return."))
)


def write(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_a_row_is_read_as_it_was_written(tmp_path: Path) -> None:
    record = ROW.to_record()
    assert tuple(record) == (*COLUMNS, "weight", "stub")
    assert record["plan"] == "1. Add.\n2. Return."
    assert list(read(write(tmp_path / "rows.jsonl", record), Report())) == [ROW]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"plan": None}, "a column is missing"),
        ({"snippet": ""}, "the example is not whole"),
        ({"similarQuestion": ""}, "a column is missing"),
        ({"stub": 7}, "a column is not a text"),
        ({"similarQuestion": ["a"]}, "a column is not a text"),
        ({"confidence": "high"}, "confidence or weight is not a number from -1 to 1"),
        ({"confidence": 7}, "confidence or weight is not a number from -1 to 1"),
        ({"confidence": True}, "confidence or weight is not a number from -1 to 1"),
        ({"plan": "just do it"}, "there is no plan"),
        ({"plan": "\n".join(f"{n}. step" for n in range(1, 8))}, "the plan has more than 6 steps"),
    ],
)
def test_what_cannot_be_used_is_told(changes: dict[str, object], reason: str, tmp_path: Path) -> None:
    report = Report()
    path = write(tmp_path / "rows.jsonl", ROW.to_record(), ROW.to_record() | changes)
    assert list(read(path, report)) == [ROW]
    assert dict(report.left_out) == {reason: 1}


def test_rows_of_staqc_plan_count_by_their_confidence(tmp_path: Path) -> None:
    record = {name: value for name, value in ROW.to_record().items() if name in COLUMNS}
    (row,) = read(write(tmp_path / "rows.jsonl", record), Report())
    assert row.weight == row.confidence == 0.8


def test_a_row_may_have_no_example(tmp_path: Path) -> None:
    row = replace(ROW, question="", snippet="", confidence=0.0, stub="def add(a, b):")
    assert list(read(write(tmp_path / "rows.jsonl", row.to_record()), Report())) == [row]


def test_missing_columns_everywhere_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"a column is missing.*similarQuestion"):
        list(read(write(tmp_path / "rows.jsonl", {"question": "a", "code": "b"}), Report()))
    with pytest.raises(CorpusError, match="There is no file"):
        list(read(tmp_path / "none.jsonl", Report()))


def test_six_steps_are_a_plan() -> None:
    plan = plan_of("\n".join(f"{n}. step" for n in range(1, 7)))
    assert isinstance(plan, Plan)
    assert len(plan.steps) == 6


def test_a_journal_goes_on_where_it_was_cut_off(tmp_path: Path) -> None:
    made, rejected = tmp_path / "rows.jsonl", tmp_path / "rejected.jsonl"
    journal = Journal(made, rejected, "silent")
    journal.add(ROW)
    journal.reject("8", "q", "refused", "")
    journal.reject("9", "q", "silent", "")
    with made.open("a", encoding="utf-8") as file:
        file.write('{"question_id": "10", "quest')  # killed in the middle of a line
    again = Journal(made, rejected, "silent")
    assert again.done == {"7", "8"}
    assert (again.made, again.rejected) == (1, 1)
    again.add(ROW)
    assert len(made.read_text(encoding="utf-8").splitlines()) == 2
    assert list(read(made, Report())) == [ROW, ROW]


def test_rows_of_one_pair_are_known_as_such() -> None:
    assert visit_id("a/b", 0) == "a/b"
    assert own_id(visit_id("a/b", 2)) == own_id("a/b") == "a/b"
