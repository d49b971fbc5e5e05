"""The parts of a draft: lines that belong together and are one step of the plan that describes it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, takewhile

from planfirst.core import begun
from planfirst.core.types import MAX_STEPS, Task

_LONG = 8  # lines of a part that is looked into when there are few parts
_FEW = 3
_ALIKE = 3  # calls of one function in a row that are one part
_GOES_ON = re.compile(
    r"(?:elif|else|except|finally|case|catch)\b|[)\]}]|(?:then|do|done|fi|esac|end)\s*(?:[;|>&<)].*)?$"
)
# What else begins so: attributes, the preprocessor, private fields, a first line that names the interpreter, `--n;`.
COMMENT = re.compile(
    r"\s*(?:#(?![\[!]|(?:include|define|undef|if|ifdef|ifndef|else|elif|endif|pragma|error)\b|\w+\s*[=;(])|//|--(?!\w))"
)
_ENDS = re.compile(r"end(?:s| of)?\b", re.IGNORECASE)  # a comment that closes what is above it
_DOCUMENTED = re.compile(
    r"\s*(?:async +def|def|class) [^\n]*:[ \t]*\n"
    r"\s*[rR]?(?P<quotes>\"{3}|'{3})\s*(?P<about>[^\n]+?)\s*(?:\n|(?P=quotes))"
)
_BRINGS = re.compile(r"\"{3}|'{3}|(?:import|from|use|using|package)\s|#include|(?:const|let|var)\s[^=]+=\s*require\(")
_BLOCK = re.compile(r"\s*(?:if|for|while|with|try|switch|match|do|async\s+(?:for|with))\b")
_LOOP = re.compile(r"\s*(?:async\s+)?(?:for|while)\b")
_CHECKS = re.compile(r"(?:assert(?:\b|\w*[!(.])|expect\b|self\.assert\w+\()")
_CALLS = re.compile(r"(?:await\s+)?([A-Za-z_][\w.]*)\(.*\)[;,]?$")
_LEAVES = re.compile(r"(?:return|raise|throw)\b")
_SETS_FIELD = re.compile(r"(self|this)\.\w+(?:\s*:[^=]+)?\s*=[^=]")


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of a draft that do one thing.

    Attributes:
        first, last: counted from zero in the draft, inclusive.
        text: the lines, each with its line end.
        said: what the draft's own comment above the first line says, or the docstring of a definition; else empty.
        head: how many lines at the top are the header of a loop over one statement, which is what there is to tell.
        indent: the white space before the first line behind the head.
    """

    first: int
    last: int
    text: str
    indent: str
    said: str = ""
    head: int = 0


def parts_of(code: str, task: Task) -> list[Part]:
    """The parts of a code, at most six, in order; lines before the first one (header, docstring) are in none."""
    lines, stub = _lines(code, task)
    spans = _alike(lines, _spans(lines, stub, body_end(lines) if stub else len(lines)))
    while len(spans) == 1 and (inner := _within(lines, *spans[0])) and inner != spans:
        spans = inner
    while len(spans) < _FEW and (long := next((span for span in spans if span[1] - span[0] >= _LONG), None)):
        inner = _inside(lines, *long)
        if len(inner) < 2:
            break
        n = spans.index(long)
        spans[n : n + 1] = _headed(long[0], inner)
    while len(spans) > MAX_STEPS - 1:
        n = min(range(len(spans) - 1), key=lambda n: spans[n + 1][1] - spans[n][0])
        spans[n : n + 2] = [(spans[n][0], spans[n + 1][1])]
    return [_part(lines, *span) for span in spans]


def parts_so_far(code: str, task: Task) -> list[Part]:
    """The parts of a draft that is still being written; none once some of them will be put together."""
    lines, stub = _lines(code, task)
    spans = _spans(lines, stub, len(lines))
    return [_part(lines, *span) for span in spans] if len(spans) < MAX_STEPS else []


def leading(line: str) -> str:
    """The white space that a line begins with."""
    return line[: len(line) - len(line.lstrip())]


def leaves(part: str) -> bool:
    """Whether nothing runs that stands below these lines."""
    rows = [row for row in part.splitlines() if row.strip()]
    return any(_LEAVES.match(row.lstrip()) and leading(row) == leading(rows[0]) for row in rows)


def body_end(lines: Sequence[str]) -> int:
    """Where the body of a stub ends: before a brace that closes it."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return end - 1 if end and lines[end - 1].rstrip().rstrip(";,") == "}" else end


def _lines(code: str, task: Task) -> tuple[list[str], int]:
    """The code's lines, and how many of them the stub is."""
    lines = code.splitlines(keepends=True)
    return lines, len(task.header.splitlines()) if task.header and code.startswith(task.header) else 0


def _part(lines: Sequence[str], first: int, end: int) -> Part:
    said = _said(lines, first, end)
    inner = _inside(lines, first, end) if not said and _LOOP.match(lines[first]) else []
    head = inner[0][0] - first if len(inner) == 1 else 0
    return Part(first, end - 1, "".join(lines[first:end]), leading(lines[first + head]), said, head)


def _said(lines: Sequence[str], first: int, end: int) -> str:
    """What the comment says that a part begins with, or else the docstring of a definition that it is."""
    rows: list[str] = []
    for n in range(first, end):
        if not (marker := COMMENT.match(lines[n])):
            documented = None if rows else _DOCUMENTED.match("".join(lines[n:end]))
            return documented["about"].replace("``", "").strip() if documented else " ".join(rows).strip()
        row = lines[n][marker.end() :].strip(" #/-\r\n")
        rows += [row] if not _ENDS.match(row) else []
    return ""


def _spans(lines: Sequence[str], first: int, end: int) -> list[tuple[int, int]]:
    """The statements of the least indentation between two lines: where each begins, and where the next does."""
    own = [n for n in range(first, end) if lines[n].strip() and not COMMENT.match(lines[n])]
    if not own:
        return []
    least = min(len(leading(lines[n]).expandtabs(4)) for n in own)
    heads, quoted, marked = [], "", False
    for n in range(own[0], end):
        line = lines[n]
        if not quoted and line.strip() and len(leading(line).expandtabs(4)) == least:
            text = line.strip()
            if not _GOES_ON.match(text) and not COMMENT.match(text) and not marked:
                heads.append(n)
            marked = text.startswith(("@", "#["))  # what it belongs to follows
        quoted = begun.open_quote(line, quoted)
    heads = heads or own[:1]  # the rest of a block that stands above
    heads = [n for n in heads if not _BRINGS.match(lines[n].strip())]
    tops = [_with_comment(lines, n, first) for n in heads]
    return [(n, (tops[at + 1] if at + 1 < len(tops) else end)) for at, n in enumerate(tops)]


def _alike(lines: Sequence[str], spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans, but checks in a row are one, and so are several calls of one function, or several fields set."""
    found: list[tuple[int, int]] = []
    for kind, run in groupby(spans, key=lambda span: _kind(lines, *span)):
        row = list(run)
        while row:
            own = list(takewhile(lambda span: not _said(lines, *span), row[1:]))  # up to one with a comment of its own
            together = [row[0], *own]
            if kind and len(together) >= (2 if kind == "check" else _ALIKE):
                found.append((together[0][0], together[-1][1]))
            else:
                found += together
            row = row[len(together) :]
    return found


def _kind(lines: Sequence[str], first: int, end: int) -> str:
    """What a statement of one row has in common with others like it; empty for nothing."""
    rows = [row for row in (line.strip() for line in lines[first:end]) if row and not COMMENT.match(row)]
    if len(rows) != 1:
        return ""
    if _CHECKS.match(rows[0]):
        return "check"
    if called := _CALLS.match(rows[0]):
        return called[1]
    field = _SETS_FIELD.match(rows[0])
    return field[1] if field else ""


def _with_comment(lines: Sequence[str], head: int, first: int) -> int:
    """Where the comment directly above a statement begins, which is about it."""
    while head > first and COMMENT.match(lines[head - 1]) and leading(lines[head - 1]) == leading(lines[head]):
        head -= 1
    return head


def _within(lines: Sequence[str], first: int, end: int) -> list[tuple[int, int]]:
    """What the only statement of a draft holds; of a definition that is its body, of a block its header, too."""
    inner = _inside(lines, first, end)
    head = next(n for n in range(first, end) if lines[n].strip() and not COMMENT.match(lines[n]))
    return inner if not inner or not _BLOCK.match(lines[head]) else _headed(first, inner)


def _headed(first: int, inner: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans of a block, the first one with the block's header."""
    return [(first, inner[0][1]), *inner[1:]]


def _inside(lines: Sequence[str], first: int, end: int) -> list[tuple[int, int]]:
    """The statements inside a definition or a block, in each of its branches: those of the least indentation there."""
    head = len(leading(lines[first]).expandtabs(4))
    depths = {n: len(leading(lines[n]).expandtabs(4)) for n in range(first, end) if lines[n].strip()}
    own = [n for n, depth in depths.items() if depth > head]
    if not own:
        return []
    stop = own[-1] + 1
    splits = [n for n, depth in depths.items() if own[0] < n < stop and depth <= head]
    branches = zip((own[0], *(n + 1 for n in splits)), (*splits, stop), strict=True)
    tops = [top for branch in branches for top, _ in _alike(lines, _spans(lines, *branch))]
    return [(top, until) for top, until in pairwise((*tops, stop))]
