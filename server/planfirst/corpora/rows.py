"""The rows of JSONL, JSON and CSV files, read with suspicion: nothing is executed, and no row is held that is too long.

A row that cannot be read is a `Fault`, and reading goes on with the next one.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from planfirst.core.errors import CorpusError

MAX_ROW = 4 << 20  # bytes; of CSV, characters of a field and of a line
MAX_JSON = 256 << 20  # a JSON array is read whole
_DELIMITERS = ",\t;|"


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that is none: ``reason`` in a few words, and what of it is particular to this row."""

    reason: str
    detail: str = ""


Row = tuple[int, "Mapping[str, Any] | Fault"]


def json_rows(path: Path) -> Iterator[Row]:
    """The objects of a file of JSON lines, or of a JSON array, with their numbers, counted from 1."""
    with path.open("rb") as file:
        if path.suffix == ".json" and _first_byte(file) == b"[":
            yield from _array(file, path)
            return
        number = 0
        while line := file.readline(MAX_ROW + 1):
            number += 1
            if len(line) > MAX_ROW and not line.endswith(b"\n"):
                _skip_line(file)
                yield number, Fault("row is too long", f"more than {MAX_ROW >> 20} MB")
            elif line.strip():
                yield number, _object(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)


def _first_byte(file: IO[bytes]) -> bytes:
    found = file.read(1024).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    file.seek(0)
    return found


def _array(file: IO[bytes], path: Path) -> Iterator[Row]:
    data = file.read(MAX_JSON + 1)
    if len(data) > MAX_JSON:
        raise CorpusError("table-json-too-large", file=path.name, most=MAX_JSON >> 20)
    try:
        rows = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CorpusError("table-json-broken", file=path.name, reason=error) from error
    for number, row in enumerate(rows, start=1):
        yield number, row if isinstance(row, dict) else Fault("row is not a JSON object")


def _skip_line(file: IO[bytes]) -> None:
    while (piece := file.readline(MAX_ROW)) and not piece.endswith(b"\n"):
        pass


def _object(line: bytes) -> Mapping[str, Any] | Fault:
    try:
        row = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        return Fault("row is not UTF-8", f"byte {error.start + 1}")
    except ValueError as error:
        return Fault("row is not JSON", str(error)[:80])
    except RecursionError:
        return Fault("row is not JSON", "nested too deeply")
    return row if isinstance(row, dict) else Fault("row is not a JSON object")


def csv_rows(path: Path) -> Iterator[Row]:
    """The rows of a CSV file with a heading, by column; separated by comma, tab, semicolon or bar."""
    csv.field_size_limit(MAX_ROW)
    # What is not UTF-8 becomes lone surrogates, which are noticed where a field is used: one bad row spoils no other.
    with path.open(encoding=_encoding(path), errors="surrogateescape", newline="") as file:
        heading_line = file.readline(MAX_ROW)
        delimiter = max(_DELIMITERS, key=heading_line.count)
        file.seek(0)
        reader = csv.reader(iter(lambda: file.readline(MAX_ROW), ""), delimiter=delimiter)
        try:
            heading = next(reader, [])
        except csv.Error as error:
            raise CorpusError("table-heading-broken", file=path.name, reason=error) from error
        number = 1
        while True:
            number += 1
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield number, Fault("row cannot be split into fields", str(error))
                continue
            if len(fields) == len(heading):
                yield number, dict(zip(heading, fields, strict=True))
            elif fields:
                yield number, Fault("row has another number of fields", f"{len(fields)} instead of {len(heading)}")


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(2)
    return "utf-16" if start in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
