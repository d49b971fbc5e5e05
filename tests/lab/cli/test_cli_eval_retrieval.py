"""``planfirst eval retrieval`` with the real embedding model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command_line import answer, complaint, in_process, planfirst

ROWS = [
    {"id": "csv", "question": "read a csv file", "code": "list(csv.reader(path.open()))"},
    {"id": "sort", "code": "def sort_words(words):\n    return sorted(words)"},
    {"id": "circle", "question": "draw a circle", "code": "canvas.oval(radius)"},
]
QUERIES = [
    {"qid": 1, "query": "load a table of comma separated values", "relevant": ["csv"]},
    {"qid": 2, "query": "put words in alphabetical order", "relevant": ["sort"]},
]


def written(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_files_that_are_not_there_or_hold_nothing(tmp_path: Path) -> None:
    corpus, empty = written(tmp_path / "c.jsonl", [*ROWS]), written(tmp_path / "empty.jsonl", [])
    line = complaint(in_process("eval", "retrieval", "--corpus", corpus, "--queries", tmp_path / "none.jsonl"), 2)
    assert "none.jsonl cannot be read" in line
    line = complaint(in_process("eval", "retrieval", "--corpus", corpus, "--queries", empty), 2)
    assert "holds no queries that can be used" in line


@pytest.mark.real
def test_it_measures_and_writes(tmp_path: Path) -> None:
    corpus = written(tmp_path / "c.jsonl", [*ROWS, {"id": "bad"}])
    queries, out = written(tmp_path / "q.jsonl", [*QUERIES]), tmp_path / "out"
    command = ["eval", "retrieval", "--corpus", corpus, "--queries", queries, "--out", out]
    done = planfirst(*command, "--methods", "words,bm25,maxsim", "--json")
    assert "c.jsonl: 3 rows read, 1 left out: question or code is not text 1." in done.stderr
    found = answer(done)
    assert list(found) == ["dense", "words", "bm25", "maxsim"]
    assert found["words"]["recall@1"] == 1.0
    assert found["dense"].keys() >= {"recall@1", "recall@10", "mrr", "n", "seconds"}
    assert (out / "retrieval.png").is_file()
