"""A table to be analysed: what its columns are called and hold. No more of it is shown to a model."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

from planfirst.core.errors import BadRequest

LARGEST = 16 << 20  # characters
_MOST_COLUMNS = 60
_SHOWN = 3  # rows, and values of a column
_LONGEST_VALUE = 40  # characters
_KINDS = (
    ("whole number", re.compile(r"[+-]?\d{1,18}")),
    ("number", re.compile(r"[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?")),
    ("date", re.compile(r"\d{4}-\d\d?-\d\d?(?:[T ]\d\d?:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?")),
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its kind in a word, how many of its fields are empty, and the first different values."""

    name: str
    kind: str
    empty: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """What is known of a table.

    Attributes:
        delimiter: between its fields.
        rows: how many there are below the line of names.
    """

    name: str
    delimiter: str
    columns: tuple[Column, ...]
    rows: int

    @property
    def described(self) -> str:
        """A line for each column."""
        return "\n".join(_described(column) for column in self.columns)


def table_of(text: str, name: str) -> Table:
    """Reads a CSV or TSV file whose first line names the columns.

    Raises:
        BadRequest: it is none, or too large.
    """
    if not text.strip():
        raise BadRequest("workflow-nothing-to-read", name=name)
    if len(text) > LARGEST:
        raise BadRequest("workflow-file-large", name=name, most=LARGEST >> 20)
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t|", key=head.count)
    try:
        rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter, strict=True)
        names = [" ".join(one.split()) for one in next(rows)]
        if len(names) < 2 or len(set(names)) != len(names) or not all(names) or len(names) > _MOST_COLUMNS:
            raise BadRequest("workflow-no-table", name=name)
        body = [row for row in rows if row]
    except csv.Error as error:
        raise BadRequest("workflow-no-table", name=name) from error
    if any(len(row) != len(names) for row in body):
        raise BadRequest("workflow-no-table", name=name)
    columns = [_column(one, [row[n].strip() for row in body]) for n, one in enumerate(names)]
    return Table(name, delimiter, tuple(columns), len(body))


def _column(name: str, fields: Sequence[str]) -> Column:
    given = [one for one in fields if one]
    kind = next((kind for kind, shape in _KINDS if given and all(map(shape.fullmatch, given))), "text")
    different = list(dict.fromkeys(" ".join(one.split())[:_LONGEST_VALUE] for one in given))
    return Column(name, kind, len(fields) - len(given), tuple(different[:_SHOWN]))


def _described(column: Column) -> str:
    empty = f", {column.empty} empty" if column.empty else ""
    like = f", for example {', '.join(column.values)}" if column.values else ""
    return f"- {column.name}: {column.kind}{empty}{like}"
