"""Which column of a table holds the question and which the code, by the names that such tables have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final

# Best first: where a table has two of them, the earlier one says it better.
QUESTION: Final = (
    *("rewritten_intent", "question", "question_title", "title", "query", "intent", "request", "prompt", "instruction"),
    *("task", "problem", "docstring", "func_documentation_string", "summary", "description", "comment", "nl", "doc"),
    *("natural_language", "text"),
)
CODE: Final = (
    *("code", "snippet", "answer_code", "code_snippet", "func_code_string", "function", "canonical_solution"),
    *("solution", "answer", "output", "response", "completion", "target", "cmd", "original_string"),
)
ID: Final = ("id", "question_id", "task_id", "qid", "idx")
LICENCE: Final = ("licence", "license")


@dataclass(frozen=True, slots=True)
class Options:
    """What the user says of a table; what is empty is found or left open.

    Attributes:
        question_column, code_column: the columns' names as they stand in the table.
        licence: SPDX identifier of the code's licence, where no column says it.
    """

    question_column: str = ""
    code_column: str = ""
    licence: str = ""

    def to_record(self) -> dict[str, str]:
        """As a flat record; what is empty is not in it."""
        return {field.name: getattr(self, field.name) for field in fields(self) if getattr(self, field.name)}

    @classmethod
    def from_record(cls, record: Mapping[str, str]) -> Options:
        """The options in a record that may hold more."""
        return cls(**{field.name: record[field.name] for field in fields(cls) if field.name in record})


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one table; ``id`` and ``licence`` are empty if it has none."""

    question: str
    code: str
    id: str
    licence: str


def columns_of(names: Iterable[str], options: Options) -> Columns | None:
    """The columns to read of a table with these; None if the question or the code is in none of them."""
    names = list(names)
    by_plain = {_plain(name): name for name in reversed(names)}
    question = _named(options.question_column, names) or _first(QUESTION, by_plain, not options.question_column)
    rest = {plain: name for plain, name in by_plain.items() if name != question}
    code = _named(options.code_column, names) or _first(CODE, rest, not options.code_column)
    if not question or not code or question == code:
        return None
    return Columns(question, code, _first(ID, by_plain), _first(LICENCE, by_plain))


def _named(wanted: str, names: list[str]) -> str:
    return wanted if wanted in names else ""


def _first(known: Iterable[str], by_plain: Mapping[str, str], allowed: bool = True) -> str:
    return next((by_plain[name] for name in known if name in by_plain), "") if allowed else ""


def _plain(name: str) -> str:
    return name.strip().lower().replace(" ", "_").replace("-", "_")
