"""Tables of questions and answers: JSONL, JSON, CSV, TSV and Parquet files, or a folder of these, as pairs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from planfirst.core.errors import CorpusError
from planfirst.core.types import Pair
from planfirst.corpora.columns import Columns, Options, columns_of
from planfirst.corpora.parquet import parquet_rows
from planfirst.corpora.report import Report
from planfirst.corpora.rows import Fault, Row, csv_rows, json_rows

MAX_QUESTION = 2_000  # characters
MAX_CODE = 64_000
MAX_FILES = 10_000
UNKNOWN = "unknown"  # the licence, where nobody says it
SUFFIXES: Final = (".csv", ".json", ".jsonl", ".ndjson", ".parquet", ".tsv")
_PICKLES = (".pkl", ".pickle", ".pt", ".joblib")
_PROBED = 1000  # rows in which the columns must show up


def table_files(path: Path) -> list[Path]:
    """The tables in a folder, sorted, or the one that is named. Links and hidden files in a folder are not followed.

    Raises:
        CorpusError: there is none, or it is no table.
    """
    if path.is_file():
        return [_table(path)]
    if not path.is_dir():
        raise CorpusError("corpus-path-missing", path=path)
    found: list[Path] = []
    for folder, names, files in os.walk(path):
        names[:] = sorted(name for name in names if not name.startswith("."))
        paths = (Path(folder) / name for name in sorted(files) if not name.startswith("."))
        found += [
            path for path in paths if path.suffix.lower() in SUFFIXES and not path.is_symlink() and path.is_file()
        ]
        if len(found) > MAX_FILES:
            raise CorpusError("tables-too-many", folder=path, most=MAX_FILES)
    if not found:
        raise CorpusError("tables-none", folder=path, suffixes=", ".join(SUFFIXES))
    return found


def pairs_in(path: Path, name: str, options: Options, report: Report) -> Iterator[Pair]:
    """The pairs of a table, or of all tables in a folder; what cannot be used is left out and told to ``report``.

    Args:
        name: of the corpus, which becomes the pairs' source.

    Raises:
        CorpusError: there is no table, none has the columns that are needed, or one is damaged.
    """
    files = table_files(path)
    yield from pairs_of(files, path if path.is_dir() else path.parent, name, options, report)


def pairs_of(
    files: Sequence[Path],
    root: Path,
    name: str,
    options: Options,
    report: Report,
    where: Callable[[Mapping[str, Any]], str] | None = None,
) -> Iterator[Pair]:
    """As `pairs_in`, of these files; ``where`` tells a row's place, which else is file and row number."""
    seen: set[str] = set()
    problem: CorpusError | None = None
    for path in files:
        try:
            yield from _Table(path, path.relative_to(root).as_posix(), name, options, report, seen, where).pairs()
        except _NoColumns as error:
            problem = problem or error
            report.leave_out(path.name, "table has no such columns", show=len(files) > 1)
        except OSError as error:
            raise CorpusError("file-unreadable", file=path, reason=error.strerror) from error
    if problem is not None and report.taken == 0:
        raise problem


class _NoColumns(CorpusError):
    """A table lacks the columns that are needed."""


class _Table:
    """One file that is being read."""

    def __init__(
        self,
        path: Path,
        shown: str,
        name: str,
        options: Options,
        report: Report,
        seen: set[str],
        where: Callable[[Mapping[str, Any]], str] | None,
    ) -> None:
        self._path = path
        self._shown = shown
        self._name = name
        self._options = options
        self._report = report
        self._seen = seen
        self._where = where
        self._columns: Columns | None = None
        self._met: dict[str, None] = {}  # names of columns, in order

    def pairs(self) -> Iterator[Pair]:
        rows = 0
        for rows, (number, row) in enumerate(self._rows(), start=1):
            pair = self._pair(number, row)
            if isinstance(pair, Fault):
                self._report.leave_out(f"{self._shown}:{number}", pair.reason, pair.detail)
            else:
                self._report.taken += 1
                yield pair
            if self._columns is None and rows >= _PROBED:
                break
        if self._columns is None and (rows or self._met):
            raise self._lacking()

    def _rows(self) -> Iterator[Row]:
        suffix = self._path.suffix.lower()
        if suffix == ".parquet":
            return parquet_rows(self._path, self._wanted)
        return csv_rows(self._path) if suffix in (".csv", ".tsv") else json_rows(self._path)

    def _wanted(self, names: Sequence[str]) -> Sequence[str]:
        self._met = dict.fromkeys(names)
        self._columns = columns_of(names, self._options)
        if self._columns is None:
            raise self._lacking()
        if self._where is not None:
            return names
        columns = self._columns
        return [name for name in (columns.question, columns.code, columns.id, columns.licence) if name]

    def _pair(self, number: int, row: Mapping[str, Any] | Fault) -> Pair | Fault:
        if isinstance(row, Fault):
            return row
        if self._columns is None:
            self._met |= dict.fromkeys(row)
            self._columns = columns_of(row, self._options)
            if self._columns is None:
                return Fault("question or code is missing")
        columns = self._columns
        question = _text(row.get(columns.question), "question", MAX_QUESTION)
        if isinstance(question, Fault):
            return question
        code = _text(row.get(columns.code), "code", MAX_CODE)
        if isinstance(code, Fault):
            return code
        licence = row.get(columns.licence)
        return Pair(
            self._id(row.get(columns.id), number),
            " ".join(question.split()),
            code.replace("\r\n", "\n").strip("\n").rstrip(),
            self._name,
            licence[:100] if isinstance(licence, str) and licence.isprintable() else self._options.licence or UNKNOWN,
            self._where(row) if self._where else f"{self._shown}:{number}",
        )

    def _id(self, given: Any, number: int) -> str:
        text = str(given)[:200] if isinstance(given, str | int) and str(given).isprintable() else ""
        own = text if text and text not in self._seen else f"{self._shown}:{number}"
        self._seen.add(own)
        return own

    def _lacking(self) -> CorpusError:
        options = self._options
        asked = [column for column in (options.question_column, options.code_column) if column]
        met = [name for name in self._met if name.isprintable()]
        shown = ", ".join(name[:40] for name in met[:20]) + (", …" if len(met) > 20 else "")
        return _NoColumns(
            "table-columns-missing",
            file=self._path.name,
            asked=" or ".join(asked) or "question and code",
            known=shown or "-",
        )


def _table(path: Path) -> Path:
    suffix = path.suffix.lower()
    if suffix in _PICKLES:
        raise CorpusError("table-pickled", file=path.name)
    if suffix not in SUFFIXES:
        raise CorpusError("table-unknown", file=path.name, suffixes=", ".join(SUFFIXES))
    return path


def _text(value: Any, what: str, longest: int) -> str | Fault:
    """The text in a field; data sets also wrap it into a list, or into an object as StaQC does."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "surrogateescape")
    if isinstance(value, Mapping):
        value = value.get("text", value.get("code"))
    if isinstance(value, list) and value and all(isinstance(part, str) for part in value):
        value = "\n\n".join(value)
    if value is None:
        return Fault(f"{what} is missing")
    if not isinstance(value, str):
        return Fault(f"{what} is not a text", type(value).__name__)
    if not value.strip():
        return Fault(f"{what} is empty")
    if len(value) > longest:
        return Fault(f"{what} is too long", f"{len(value)} characters")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return Fault(f"{what} is not UTF-8")
    return value
