from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from planfirst.core.errors import PlanfirstError
from planfirst_lab.evaluation.journal import FILE, Answer, Journal, run_key

ANSWER = Answer(
    "in_store", "a/b", "d", 0, "request", "", "", None, "1. Plan", 3, 0.1, "x = '€'", 4, 0.2, True, True, True, ""
)


def test_what_was_answered_is_there_again(tmp_path: Path) -> None:
    with Journal(tmp_path, "one") as journal:
        journal.add(ANSWER)
        journal.add(replace(ANSWER, sample=1))
    with Journal(tmp_path, "one") as journal:
        assert len(journal) == 2
        assert journal.get("in_store", "a/b", "d") == ANSWER
        assert journal.get("in_store", "a/b", "another digest") is None
        assert journal.get("plain", "a/b", "d") is None


def test_a_line_that_was_cut_off_is_passed_over(tmp_path: Path) -> None:
    with Journal(tmp_path, "one") as journal:
        journal.add(ANSWER)
        journal.add(replace(ANSWER, sample=1))
    path = tmp_path / FILE
    path.write_bytes(path.read_bytes()[:-20])
    with Journal(tmp_path, "one") as journal:
        assert len(journal) == 1
        journal.add(replace(ANSWER, sample=2))
    with Journal(tmp_path, "one") as journal:
        assert [journal.get("in_store", "a/b", "d", n) is not None for n in range(3)] == [True, False, True]


def test_another_run_is_kept_beside(tmp_path: Path) -> None:
    with Journal(tmp_path, "one") as journal:
        journal.add(ANSWER)
    with Journal(tmp_path, "two") as journal:
        assert len(journal) == 0
        journal.add(replace(ANSWER, arm="plain"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["generations-one.jsonl", FILE, "lock"]
    with Journal(tmp_path, "one") as journal:
        assert len(journal) == 1
        assert journal.get("in_store", "a/b", "d") == ANSWER
    assert sorted(path.name for path in tmp_path.iterdir()) == ["generations-two.jsonl", FILE, "lock"]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PlanfirstError, match=r"cannot be written.*--out"):
        Journal(tmp_path / "file" / "out", "one")


def test_a_key_depends_on_every_part() -> None:
    parts = {"model": "a", "seed": 0}
    assert run_key(parts) == run_key({"seed": 0, "model": "a"}) != run_key({**parts, "seed": 1})


def test_two_at_once_do_not_mix(tmp_path: Path) -> None:
    with Journal(tmp_path, "one") as journal:
        journal.add(ANSWER)
        with pytest.raises(PlanfirstError, match="Another evaluation writes to the folder"):
            Journal(tmp_path, "two")
    with Journal(tmp_path, "one") as journal:
        assert len(journal) == 1


def test_answers_of_before_times_were_measured_are_taken_up(tmp_path: Path) -> None:
    with Journal(tmp_path, "one") as journal:
        journal.add(replace(ANSWER, first=0.5, attempts=2, said="passed"))
    path = tmp_path / FILE
    record = json.loads(path.read_text(encoding="utf-8"))
    for name in ("plan_first", "first", "attempts", "said"):
        del record[name]
    path.write_text(
        json.dumps(record) + "\n" + json.dumps(record | {"unknown": 1, "sample": 1}) + "\n", encoding="utf-8"
    )
    with Journal(tmp_path, "one") as journal:
        assert journal.get("in_store", "a/b", "d") == ANSWER
        assert len(journal) == 1
