"""What the opened folders declare, and code may call: how that is asked for, and how a prompt shows it.

No model knows your own code. What it needs of that is not how a function is written but how it is called.

Why: docs/decisions/0044-declarations.md
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence

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


def _written(declarations: Sequence[Declaration], language: str, header: str) -> str:
    if language == "python":
        return _called(declarations, header)
    rows: list[str] = []
    marker = _MARKERS.get(language, "//")
    for file in dict.fromkeys(one.file for one in declarations):
        rows.append(f"{marker} {file}")
        own = sorted((one for one in declarations if one.file == file), key=lambda one: one.line)
        for holder in dict.fromkeys(one.name if one.is_type else one.owner for one in own):
            kind = next((one for one in own if one.is_type and one.name == holder), None)
            inner = "    " if holder else ""
            rows += _head(kind, holder, language) if holder else []
            members = [
                row for one in own if not one.is_type and one.owner == holder for row in _rows(one, language, inner)
            ]
            if holder and not members and rows[-1].endswith(":"):
                members = [f"{rows.pop()} ..."]
            rows += members
    return "\n".join(rows)


def _called(declarations: Sequence[Declaration], header: str) -> str:
    rows: list[str] = []
    for file in dict.fromkeys(one.file for one in declarations):
        rows.append(f"# {file}")
        for one in sorted((one for one in declarations if one.file == file), key=lambda one: one.line):
            kind = (one.name if one.is_type else one.owner).rpartition(".")[2]
            receiver = receiver_of(kind, header) if kind else ""
            said = f"  # {_short(one.about)}" if one.about else ""
            if one.is_type:
                rows.append(f"# {kind}: {_short(one.about)}" if one.about else f"# {kind}")
                rows += fields_of(one, receiver)
            elif call := call_of(one, receiver):
                rows.append(f"{call}{said}")
    return "\n".join(rows)


def _head(kind: Declaration | None, holder: str, language: str) -> list[str]:
    """How a type begins, with its fields."""
    marker = _MARKERS.get(language, "//")
    if kind is None:
        return [f"class {holder}:" if language == "python" else f"{marker} {holder}:"]
    lines = kind.code.split("\n")
    end = next((n for n, line in enumerate(lines) if line.rstrip().endswith((":", "{"))), 0)
    head = [line for line in lines[: end + 1] if not _DECORATED.match(line)]
    said = f"  {marker} {_short(kind.about)}" if kind.about else ""
    return [*head[:-1], head[-1] + said, *_fields(lines[end + 1 :], language)]


def _fields(lines: Sequence[str], language: str) -> list[str]:
    """The lines of a type that declare a value, and no function."""
    own = [line for line in lines if line.strip() and line.strip() not in ("...", "}", "};")]
    if not own:
        return []
    least = min(len(line) - len(line.lstrip()) for line in own)
    fields = [
        line
        for line in own
        if len(line) - len(line.lstrip()) == least
        and not re.match(r"\s*(?:@|_|private\b|#)", line)
        and not line.rstrip().endswith(("{", "{ ... }", "):", "...", "(", ","))
        and not re.match(r"\s*(?:(?:async )?(?:def|class|fn|func)\b|//|/\*|\*|\))", line)
        and '"""' not in line
        and (language != "python" or re.match(r"\s*\w+\s*[:=]", line))
    ]
    return fields[:_MOST_FIELDS]


def _rows(one: Declaration, language: str, indent: str) -> list[str]:
    marker = _MARKERS.get(language, "//")
    said = f"  {marker} {_short(one.about)}" if one.about else ""
    *above, last = one.code.split("\n")
    body = ": ..." if language == "python" else ";"
    return [f"{indent}{row}" for row in above] + [f"{indent}{last}{body}{said}"]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"
