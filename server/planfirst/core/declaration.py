"""What the opened folders declare, and code may call: how that is asked for, and how a prompt shows it.

No model knows your own code. What it needs of that is not how a function is written but how it is called.

Why: docs/decisions/0044-declarations.md
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence

from planfirst.core.calls import call_of, fields_of, receiver_of
from planfirst.core.types import Declaration, Task

Declared = Callable[[str, Sequence[str], str], Awaitable[Sequence[Declaration]]]  # by request, names, language
MOST = 1400  # characters that are shown
_WIDTH = 100  # characters of what is said of one
_MOST_FIELDS = 8
MOST_ASKED = 2000  # characters: an embedding model reads no more than a few hundred tokens
_NAME = re.compile(r"[A-Za-z_]\w*")
_WORD = re.compile(r"[^\W\d]\w{3,}")  # shorter ones are hardly ever a name
_MARKERS = {"python": "#", "ruby": "#", "shellscript": "#", "lua": "--"}
_DECORATED = re.compile(r"\s*@")
_NO_FIELD = re.compile(r"\s*(?:[@_#*})]|//|/\*|\.\.\.|private\b|(?:async )?(?:fn|func|function)\b)")
_REMARK = re.compile(r"\s*(?:#|//|--)\s*")
_OPEN = ("{", "{ ... }", "...", "(", ",")


def asked_for(task: Task) -> tuple[str, list[str]]:
    """What declarations are looked for by: the request, and what may name the types and functions that it needs.

    The names are those of the header and of what stands around it, then the words of the request.
    """
    around = (task.announced or task.signature, *task.neighbours)
    names = [name for text in around for name in _NAME.findall(text)]
    return task.request[:MOST_ASKED], list(dict.fromkeys([*names, *_WORD.findall(task.request)]))


async def declared_for(task: Task, find: Declared | None) -> tuple[Declaration, ...]:
    """What the opened folders declare and a task may call, as much as a prompt shows.

    Raises:
        StoreError, ModelError, WorkerError: the search failed.
    """
    found = await find(*asked_for(task), task.language) if find else ()
    return listed(found, task.language, task.header or task.signature)[1]


def listed(
    declarations: Sequence[Declaration], language: str, header: str = "", most: int = MOST
) -> tuple[str, tuple[Declaration, ...]]:
    """Declarations as code, file by file, as many of the first as fit; and those that are shown.

    Args:
        language: the editor's id.
        most: characters.
    """
    taken: list[Declaration] = []
    text = ""
    for one in declarations:
        longer = _written([*taken, one], language, header)
        if len(longer) <= most:
            taken.append(one)
            text = longer
    return text, tuple(taken)


def listing_in(answer: str, declarations: Sequence[Declaration]) -> int | None:
    """Where an answer begins to write the list again: the offset of the line that names a file as the list does."""
    files = {one.file for one in declarations}
    at = 0
    for line in answer.splitlines(keepends=True):
        if _REMARK.sub("", line).strip() in files and _REMARK.match(line):
            return at
        at += len(line)
    return None


def _written(declarations: Sequence[Declaration], language: str, header: str) -> str:
    rows: list[str] = []
    marker = _MARKERS.get(language, "//")
    for file in dict.fromkeys(one.file for one in declarations):
        own = sorted((one for one in declarations if one.file == file), key=lambda one: one.line)
        rows.append(f"{marker} {file}")
        rows += _calls(own, header) if language == "python" else _headers(own, marker)
    return "\n".join(rows)


def _calls(own: Sequence[Declaration], header: str) -> Iterator[str]:
    """Python, as it is called from a function with that header."""
    for one in own:
        kind = (one.name if one.is_type else one.owner).rpartition(".")[2]
        receiver = receiver_of(kind, header) if kind else ""
        if one.is_type:
            yield f"# {kind}: {_short(one.about)}" if one.about else f"# {kind}"
            yield from fields_of(one, receiver)
        elif call := call_of(one, receiver):
            yield call + _said(one, "#")


def _headers(own: Sequence[Declaration], marker: str) -> Iterator[str]:
    """Another language, by its headers, the members below their type."""
    for holder in dict.fromkeys(one.name if one.is_type else one.owner for one in own):
        kind = next((one for one in own if one.is_type and one.name == holder), None)
        if kind is not None:
            yield from _type(kind, marker)
        elif holder:
            yield f"{marker} {holder}:"
        for one in own:
            if not one.is_type and one.owner == holder:
                rows = f"{one.code};{_said(one, marker)}".split("\n")
                yield from (f"    {row}" if holder else row for row in rows)


def _type(kind: Declaration, marker: str) -> Iterator[str]:
    """How a type begins, and its public fields."""
    lines = kind.code.split("\n")
    end = next((n for n, line in enumerate(lines) if line.rstrip().endswith("{")), 0)
    yield from (line for line in lines[:end] if not _DECORATED.match(line))
    yield lines[end] + _said(kind, marker)
    own = [line for line in lines[end + 1 :] if line.strip() and not _NO_FIELD.match(line)]
    least = min((len(line) - len(line.lstrip()) for line in own), default=0)
    fields = [line for line in own if len(line) - len(line.lstrip()) == least and not line.rstrip().endswith(_OPEN)]
    yield from fields[:_MOST_FIELDS]


def _said(one: Declaration, marker: str) -> str:
    return f"  {marker} {_short(one.about)}" if one.about else ""


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"
