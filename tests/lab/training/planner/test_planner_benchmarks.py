"""Rows that come from a benchmark, or near one, are not learned; each is counted."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from planfirst.core.errors import BadSetting, CorpusError
from planfirst.core.types import Plan
from planfirst.corpora.report import Report
from planfirst.embedders.hashed import HashedEmbedder
from planfirst_lab.convert.tokenizer import HfTokenizer
from planfirst_lab.training.augment.rows import Row
from planfirst_lab.training.planner.benchmarks import apart
from planfirst_lab.training.planner.rows import Encoder, prepare
from tests.lab.evaluation.samples import HUMANEVAL, MBPP, written
from tests.lab.training.planner.worlds import rows_file

EMBED = HashedEmbedder().embed
CLOSE = Plan(("Close the file with close.",))
LONG = "take the smallest of all the values that stand behind the last blank line"  # 13 words and one
LONG_TASK = MBPP | {"task_id": 9, "test_list": [f"assert add_root(1, 4) == 3  # {LONG}"]}


def row(id_: str, request: str, question: str = "", snippet: str = "", plan: Plan = CLOSE) -> Row:
    return Row(id_, question, snippet, request, 0.5, plan)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    return [written(tmp_path / "HumanEval.jsonl", HUMANEVAL), written(tmp_path / "mbpp.jsonl", MBPP, LONG_TASK)]


def test_what_is_near_by_meaning_or_by_words_is_left_out_and_counted(files: list[Path]) -> None:
    rows = [
        row("fine", "close a file", "open a file", "open(path)"),
        row("asked", "the square root of half of a number"),
        row("asked~2", "a wording that is unlike the other"),
        row("shown", "tidy up", "the square root of half of a number", "root_of_half(8)"),
        row("shown~2", "tidy up at the end"),
        row("words", f"please: {LONG.upper()}"),
        row("plan", "read numbers", plan=Plan(("Read.", LONG.capitalize()))),
        row("plan~2", "read many numbers"),
        row("code", "wait", "pause", f"# {LONG}\nsleep(1)"),
        row("code~2", "wait a bit"),
    ]
    kept, found = apart(rows, files, EMBED)
    assert [one.question_id for one in kept] == ["fine", "shown~2", "code~2"]
    assert found.left_out_ids == ["asked", "asked~2", "shown", "words", "plan", "plan~2", "code"]
    assert (found.rows, found.left_out, found.by_words, found.by_meaning, found.with_them) == (10, 7, 3, 2, 2)
    assert found.tasks == {str(files[0]): 1, str(files[1]): 2}
    said = found.said()
    assert "3 tasks of HumanEval.jsonl, mbpp.jsonl, 7 of 10 rows are left out" in said
    assert "3 share 13 words in a row" in said
    assert "2 ask for what is near one or show it (cosine 0.8 or more), 2 are further rows" in said
    assert json.loads(json.dumps(asdict(found)))["cosine"] == 0.8


def test_nothing_is_left_out_of_rows_that_are_their_own(files: list[Path]) -> None:
    rows = [row("1", "close a file"), row("2", "list the names in a folder")]
    kept, found = apart(rows, files, EMBED)
    assert kept == rows
    assert (found.left_out, found.by_words, found.by_meaning, found.with_them) == (0, 0, 0, 0)


def test_a_file_that_is_no_benchmark_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="no field 'request'"):
        apart([row("1", "x")], [written(tmp_path / "a.jsonl", {"x": 1})], EMBED)


@pytest.mark.real
def test_what_is_left_out_is_neither_learned_nor_held_out(base: Path, tmp_path: Path) -> None:
    path = rows_file(tmp_path / "rows.jsonl", 12)
    encoder = Encoder(HfTokenizer(base), "compact", 512, 768)
    rows = prepare(path, encoder, 0.3, 1, Report(), lambda every: every[:5])
    assert len(rows.learned) + len(rows.held_out) == 5
    with pytest.raises(CorpusError, match="0 were too long, 12 near a benchmark"):
        prepare(path, encoder, 0.0, 1, Report(), lambda every: [])
