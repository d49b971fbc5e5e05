from __future__ import annotations

import json
from pathlib import Path

import pytest

from planfirst.core.errors import BadRequest
from planfirst_lab.evaluation.retrieval_data import read

ROWS = [{"id": "a", "question": "read a file", "code": "open(p)"}, {"id": 2, "code": "sorted(x)"}]
QUERIES = [
    {"qid": 1, "query": "sort a list", "relevant": [2]},
    {"qid": "q", "query": "open", "relevant": ["a", "gone"]},
]


def lines(path: Path, rows: list[object]) -> Path:
    path.write_bytes(b"".join(row if isinstance(row, bytes) else json.dumps(row).encode() + b"\n" for row in rows))
    return path


def test_rows_and_queries_are_read_whatever_their_ids_are(tmp_path: Path) -> None:
    data = read(lines(tmp_path / "c.jsonl", [*ROWS]), lines(tmp_path / "q.jsonl", [*QUERIES]))
    assert [(pair.id, pair.question, pair.code) for pair in data.pairs] == [
        ("a", "read a file", "open(p)"),
        ("2", "", "sorted(x)"),
    ]
    assert [(query.qid, query.text, query.relevant) for query in data.queries] == [
        ("1", "sort a list", {1}),
        ("q", "open", {0}),
    ]
    assert data.skipped == 0


def test_bad_rows_are_counted_shown_and_skipped(tmp_path: Path) -> None:
    bad_rows: list[object] = [
        b"\xff\xfe{}\n",
        b"{not json\n",
        b"\n",
        b"[" * 100_000 + b"\n",
        [1],
        {"code": "x"},
        {"id": True, "code": "x"},
        {"id": "b", "code": "  "},
        {"id": "c", "code": 7},
        {"id": "d", "code": "x", "question": ["?"]},
        {"id": "a", "code": "again"},
    ]
    bad_queries: list[object] = [
        {"query": "x", "relevant": ["a"]},
        {"qid": "1", "query": "x", "relevant": ["a"]},
        {"qid": "3", "query": "", "relevant": ["a"]},
        {"qid": "4", "query": "x", "relevant": "a"},
        {"qid": "5", "query": "x", "relevant": []},
        {"qid": "6", "query": "x", "relevant": ["gone", {"id": "a"}]},
    ]
    corpus = lines(tmp_path / "c.jsonl", [*ROWS, *bad_rows])
    data = read(corpus, lines(tmp_path / "q.jsonl", [*QUERIES, *bad_queries]))
    assert (len(data.pairs), len(data.queries)) == (2, 2)
    assert data.skipped == 10 + 6  # an empty line is nothing
    said = "\n".join(data.said)
    assert "c.jsonl: 2 rows read, 10 left out" in said
    assert "not JSON in UTF-8 3" in said
    assert "  q.jsonl:3: no qid" in said
    assert "and 5 more" in said


@pytest.mark.parametrize("content", [b"", b"{}\n", b"\x00\x01"])
def test_what_holds_nothing_is_refused(tmp_path: Path, content: bytes) -> None:
    good = lines(tmp_path / "c.jsonl", [*ROWS])
    (tmp_path / "bad").write_bytes(content)
    with pytest.raises(BadRequest, match="holds no rows that can be used"):
        read(tmp_path / "bad", good)
    with pytest.raises(BadRequest, match="holds no queries that can be used"):
        read(good, tmp_path / "bad")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"none\.jsonl cannot be read: No such file"):
        read(tmp_path / "none.jsonl", tmp_path / "q.jsonl")
