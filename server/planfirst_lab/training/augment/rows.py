"""The rows of augmented data, as JSON lines with the columns of StaQC-plan, and the ones that were rejected."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planfirst.core import plan as plans
from planfirst.core.errors import CorpusError
from planfirst.core.types import MAX_STEPS, Plan
from planfirst.corpora.report import Report
from planfirst.corpora.rows import Fault, json_rows

_VISIT = "~"
_FILLED = frozenset({"question_id", "similarQuestion", "plan"})  # the example may be none
COLUMNS = ("question_id", "question", "snippet", "similarQuestion", "confidence", "plan")


def visit_id(pair: str, visit: int) -> str:
    """The ``question_id`` of a pair's row: the pair's id, with a number for every row but the first."""
    return f"{pair}{_VISIT}{visit + 1}" if visit else pair


def own_id(question_id: str) -> str:
    """The id of the pair that a row was made of."""
    return question_id.partition(_VISIT)[0]


@dataclass(frozen=True, slots=True)
class Row:
    """A request, the example that stands beside it, and the plan that answers the request.

    Attributes:
        question_id: of the pair that the request and the plan were made of; see `visit_id`.
        question, snippet: the example; both empty where there is none.
        similar: the request.
        confidence: cosine of the request and the example's question, -1 to 1; 0 without an example.
        weight: how much the row counts, 0 to 1.
        stub: the function that the request is to fill, as signature and docstring; empty where there is none.
    """

    question_id: str
    question: str
    snippet: str
    similar: str
    confidence: float
    plan: Plan
    weight: float = 1.0
    stub: str = ""

    def to_record(self) -> dict[str, object]:
        """The row under the names of its columns, with ``weight`` and ``stub`` behind those of StaQC-plan."""
        values = (
            self.question_id,
            self.question,
            self.snippet,
            self.similar,
            round(self.confidence, 4),
            self.plan.numbered(),
        )
        return {**dict(zip(COLUMNS, values, strict=True)), "weight": round(self.weight, 4), "stub": self.stub}


def plan_of(text: str) -> Plan | str:
    """The plan in a text, or why it is none: it has no numbered lines, or more than six."""
    steps = sum(plans.is_step(line) for line in text.splitlines())
    if steps > MAX_STEPS:
        return f"the plan has more than {MAX_STEPS} steps"
    return plans.parse(text) or "there is no plan"


def read(path: Path, report: Report) -> Iterator[Row]:
    """The rows of a file; what cannot be used is left out and told to ``report``.

    Raises:
        CorpusError: the file is not there, or no row in it can be used.
    """
    if not path.is_file():
        raise CorpusError("plain", what=f"There is no file {path}.", next="Make one with `planfirst train augment`.")
    for number, raw in json_rows(path):
        row = raw if isinstance(raw, Fault) else _row(raw)
        if isinstance(row, Fault):
            report.leave_out(f"{path.name}:{number}", row.reason, row.detail)
        else:
            report.taken += 1
            yield row
    if not report.taken:
        raise CorpusError(
            "plain",
            what=f"No row of {path.name} can be used: {', '.join(report.left_out) or 'it is empty'}.",
            next=f"It needs the columns {', '.join(COLUMNS)}.",
        )


def _row(raw: Mapping[str, Any]) -> Row | Fault:
    if missing := [name for name in COLUMNS if raw.get(name) is None or (name in _FILLED and raw[name] == "")]:
        return Fault("a column is missing", ", ".join(missing))
    texts = [raw[name] for name in ("question", "snippet", "similarQuestion", "plan")]
    texts.append(raw.get("stub") or "")
    if not all(isinstance(text, str) for text in texts) or not all(text.strip() for text in texts[2:4]):
        return Fault("a column is not a text")
    question, snippet, similar, steps, stub = texts
    if bool(question.strip()) != bool(snippet.strip()):
        return Fault("the example is not whole")
    confidence, weight = raw["confidence"], raw.get("weight", raw["confidence"])
    if not all(_is_number(value) and -1 <= value <= 1.001 for value in (confidence, weight)):
        return Fault("confidence or weight is not a number from -1 to 1")
    plan = plan_of(steps)
    if isinstance(plan, str):
        return Fault(plan)
    return Row(str(raw["question_id"]), question, snippet, similar, float(confidence), plan, float(weight), stub)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class Journal:
    """Two files that grow by a line at a time: what was made, and what was rejected with the reason.

    Opened again, it knows what is done. A line that was cut off, and rows that may be tried again, are dropped.

    Args:
        again: reasons after which a row is tried anew.
    """

    def __init__(self, made: Path, rejected: Path, again: str) -> None:
        self._files = made, rejected
        self.done: set[str] = set()
        self._counts = [0, 0]
        for n, path in enumerate(self._files):
            kept = [record for record in _whole_lines(path) if record.get("reason") != again]
            self.done |= {str(record.get("question_id")) for record in kept}
            self._counts[n] = len(kept)
            partial = path.with_name(f"{path.name}.partial")
            partial.write_text("".join(map(_line, kept)), encoding="utf-8")
            partial.replace(path)

    @property
    def made(self) -> int:
        """How many rows were made."""
        return self._counts[0]

    @property
    def rejected(self) -> int:
        """How many rows were rejected."""
        return self._counts[1]

    def add(self, row: Row) -> None:
        """Writes a row that was made."""
        self._append(0, row.to_record())

    def reject(self, question_id: str, question: str, reason: str, detail: str) -> None:
        """Writes a row that was rejected."""
        record = {"question_id": question_id, "question": question, "reason": reason, "detail": detail}
        self._append(1, record)

    def _append(self, n: int, record: Mapping[str, object]) -> None:
        with self._files[n].open("a", encoding="utf-8") as file:
            file.write(_line(record))
        self.done.add(str(record["question_id"]))
        self._counts[n] += 1


def _line(record: Mapping[str, object]) -> str:
    return json.dumps(record, ensure_ascii=False) + "\n"


def _whole_lines(path: Path) -> list[Mapping[str, Any]]:
    if not path.is_file():
        return []
    return [record for _, record in json_rows(path) if not isinstance(record, Fault)]
