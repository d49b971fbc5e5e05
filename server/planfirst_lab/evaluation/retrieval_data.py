"""Reads what a retrieval is measured on: a corpus and queries, both JSON lines. A bad row is counted and skipped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from planfirst.core.errors import BadRequest
from planfirst.core.types import Pair
from planfirst.corpora.report import Report


@dataclass(frozen=True, slots=True)
class Query:
    """A query and the rows of the corpus that answer it, counted from zero."""

    qid: str
    text: str
    relevant: frozenset[int]


@dataclass(frozen=True, slots=True)
class Data:
    """What is measured on; ``said`` tells what was read and what was left out, and why."""

    pairs: tuple[Pair, ...]
    queries: tuple[Query, ...]
    said: tuple[str, ...]
    skipped: int


def read(corpus: Path, queries: Path) -> Data:
    """The two files.

    Args:
        corpus: rows ``{"id", "question"?, "code"}``.
        queries: rows ``{"qid", "query", "relevant": [id, …]}``.

    Raises:
        BadRequest: a file cannot be read, or nothing in it can be used.
    """
    rows, asked = Report(), Report()
    pairs = _pairs(corpus, rows)
    if not pairs:
        raise _nothing(corpus, "rows", '{"id", "code"}', rows)
    found = _queries(queries, {pair.id: row for row, pair in enumerate(pairs)}, asked)
    if not found:
        raise _nothing(queries, "queries", '{"qid", "query", "relevant": [an id of the corpus]}', asked)
    said = [line for name, report in ((corpus, rows), (queries, asked)) for line in _lines(name.name, report)]
    return Data(tuple(pairs), tuple(found), tuple(said), rows.left_out.total() + asked.left_out.total())


def _pairs(path: Path, report: Report) -> list[Pair]:
    pairs: dict[str, Pair] = {}
    for place, record in _records(path, report):
        name, question, code = _name(record.get("id")), record.get("question") or "", record.get("code")
        if not name:
            report.leave_out(place, "no id")
        elif name in pairs:
            report.leave_out(place, "id came before", name[:80])
        elif not isinstance(code, str) or not isinstance(question, str):
            report.leave_out(place, "question or code is not text")
        elif not code.strip():
            report.leave_out(place, "code is empty")
        else:
            pairs[name] = Pair(name, question.strip(), code, path.stem, "", place)
    report.taken = len(pairs)
    return list(pairs.values())


def _queries(path: Path, rows: dict[str, int], report: Report) -> list[Query]:
    queries: dict[str, Query] = {}
    for place, record in _records(path, report):
        qid, text, relevant = _name(record.get("qid")), record.get("query"), record.get("relevant")
        if not qid:
            report.leave_out(place, "no qid")
        elif qid in queries:
            report.leave_out(place, "qid came before", qid[:80])
        elif not isinstance(text, str) or not text.strip():
            report.leave_out(place, "query is empty or not text")
        elif not isinstance(relevant, list):
            report.leave_out(place, "relevant is not a list")
        elif not (found := frozenset(rows[name] for one in relevant if (name := _name(one)) in rows)):
            report.leave_out(place, "nothing relevant in the corpus")
        else:
            queries[qid] = Query(qid, text, found)
    report.taken = len(queries)
    return list(queries.values())


def _records(path: Path, report: Report) -> Iterator[tuple[str, dict[str, object]]]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                place = f"{path.name}:{number}"
                if not line.strip():
                    continue
                try:
                    record = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
                except (ValueError, RecursionError):
                    report.leave_out(place, "not JSON in UTF-8")
                    continue
                if isinstance(record, dict):
                    yield place, record
                else:
                    report.leave_out(place, "not a JSON object")
    except OSError as error:
        raise BadRequest(
            "plain", what=f"{path} cannot be read: {error.strerror}.", next="Name a file of JSON lines."
        ) from error


def _name(value: object) -> str:
    """An id as text; data sets have numbers, too."""
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _lines(name: str, report: Report) -> list[str]:
    first, *rest = report.lines()
    return [f"{name}: {first.replace('examples read', 'rows read')}", *rest]


def _nothing(path: Path, what: str, wanted: str, report: Report) -> BadRequest:
    why = "; ".join(report.shown) or "the file is empty"
    return BadRequest(
        "plain",
        what=f"{path} holds no {what} that can be used ({why}).",
        next=f"Give it one JSON object a line: {wanted}.",
    )
