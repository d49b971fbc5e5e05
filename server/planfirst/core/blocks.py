"""The parts of a model's answer: fenced blocks with their labels, and between them runs of lines that read like code.

Fences are read line by line and strings by one expression, so reading takes linear time even for malformed answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planfirst.core.prose import is_prose
from planfirst.core.transcripts import plain

_HASH = {
    "",
    *("python", "ruby", "shellscript", "perl", "r", "julia", "elixir", "yaml"),
    *("toml", "dockerfile", "makefile", "powershell"),
}
_OPENING = re.compile(r"(?P<before>[ \t]*(?:>[ \t]?|(?:[-*+]|\d+[.)])[ \t]+)?)(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)")
_BESIDE = re.compile(r"(?P<before>[^`]*?[:.!][ \t]*)(?P<fence>`{3,})(?P<info>[A-Za-z+#]+)[ \t]*")
_ONE_LINE = re.compile(r"[ \t]*(`{3,})(?:(?P<label>[A-Za-z+#]+)[ \t]+)?(?P<code>[^`]+)\1[ \t]*")
_MOST = 300  # blocks of one answer
_WRAPPERS = {"markdown", "md", "mdx"}
_LONG = {
    True: re.compile(r"""#[^\n]*|(?P<open>\"{3}|'{3})|"(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'?"""),
    False: re.compile(
        r"""//[^\n]*|(?P<open>/\*|\"{3}|\br\#+"|\bR"\w*\()|"(?:[^"\\\n]|\\.)*+"?|'(?:[^'\\\n]|\\.)*+'|`(?:[^`\\]|\\.)*+`"""
    ),
}


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of an answer that belong together.

    Attributes:
        label: the word behind the opening fence, in lower case; empty where there is none.
        lead: the last line of text before it.
        code: its lines.
        fenced: whether fences mark it, or only its look.
    """

    label: str
    lead: str
    code: str
    fenced: bool


def blocks_of(answer: str, language: str) -> list[Block]:
    """The blocks of an answer in order. Those that hold nothing but prose, such as a plan, are left out.

    Args:
        answer: with ``\\n`` line ends.
        language: the file's, as an editor calls it.
    """
    rows = answer.split("\n")
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + len(row) + 1)
    found: list[Block] = []
    loose: list[str] = []
    n = 0
    while n < len(rows):
        if whole := _ONE_LINE.fullmatch(rows[n]):
            found += [*_runs(loose, language), Block(whole["label"] or "", _lead(loose), whole["code"], True)]
            loose, n = [], n + 1
            continue
        opening = _OPENING.fullmatch(rows[n]) or _BESIDE.fullmatch(rows[n])
        if opening is None:
            loose.append(rows[n])
            n += 1
            continue
        loose.append(opening["before"].strip(" \t->*+"))
        label = _label(opening["info"])
        if label in _WRAPPERS and language != "markdown":
            n += 1
            continue
        end, closed = _end(rows, starts, n + 1, opening["fence"], _is_hash(label, language), answer)
        inside = rows[n + 1 : end]
        inside, label = plain(inside, label, ">" in opening["before"])
        if not closed:
            inside = _without_tail(_cut_beside(inside, opening["fence"], language), language)
        found += [*_runs(loose, language), Block(label, _lead(loose), "\n".join(inside), True)]
        loose, n = [], end + 1 if closed == 2 else end
    found += _runs(loose, language)
    return [block for block in found if _has_code(block.code.split("\n"), language)][:_MOST]


def _label(info: str) -> str:
    word = re.match(r"[\s{.]*([\w+#-]*)", info)
    return word[1].lower() if word else ""


def _is_hash(label: str, language: str) -> bool:
    """Whether ``#`` begins a comment there."""
    return label in ("py", "python3", "bash", "sh", "rb") or (label or language) in _HASH


def _end(
    rows: Sequence[str], starts: Sequence[int], first: int, fence: str, hashed: bool, answer: str
) -> tuple[int, int]:
    """The row that a block ends before, and how: 0 with the answer, 1 where the next block begins, 2 by its fence."""
    position = starts[first]
    for n in range(first, len(rows)):
        if not rows[n].lstrip().startswith(fence):
            continue
        found = _OPENING.fullmatch(rows[n])
        if found is None or len(found["fence"]) < len(fence):
            continue
        for _, last in _long(answer, position, hashed, starts[n]):
            position = last
        if position <= starts[n]:  # else it stands in a string or a comment
            return n, 1 if found["info"].strip() else 2
    return len(rows), 0


def _long(text: str, position: int, hashed: bool, until: int) -> Iterator[tuple[int, int]]:
    """Where the strings and comments of several lines that begin before a place begin and end; each ends somewhere."""
    while position < until and (found := _LONG[hashed].search(text, position, until)):
        position = found.end()
        opening = found["open"]
        if opening is None:
            continue
        closing = "*/" if opening == "/*" else opening
        if opening.startswith(("r", "R")):
            closing = f'"{opening[1:-1]}' if opening.startswith("r") else f'){opening[2:-1]}"'
        end = text.find(closing, position)
        while closing == opening and end > 0 and text[end - 1] == "\\":
            end = text.find(closing, end + 1)
        if end >= 0:
            position = end + len(closing)
            yield found.start(), position


def _lead(loose: Sequence[str]) -> str:
    return next((row.strip() for row in reversed(loose) if row.strip()), "")


def _inner(rows: Sequence[str], language: str) -> set[int]:
    """The rows that begin inside a string or a comment."""
    text, found, n, start = "\n".join(rows), set[int](), 0, 0
    for first, last in _long(text, 0, language in _HASH, len(text)):
        while n < len(rows) and start <= first:
            start += len(rows[n]) + 1
            n += 1
        while n < len(rows) and start < last:
            found.add(n)
            start += len(rows[n]) + 1
            n += 1
    return found


def _has_code(rows: Sequence[str], language: str) -> bool:
    inner = _inner(rows, language)
    return any(row.strip() and (n in inner or not is_prose(row, language)) for n, row in enumerate(rows))


def _without_tail(rows: Sequence[str], language: str) -> list[str]:
    """The rows of a block that nothing closes, without the explanation that may follow them."""
    inner, end = _inner(rows, language), len(rows)
    for n in range(len(rows) - 1, -1, -1):
        if not rows[n].strip():
            continue
        if n in inner or rows[n][:1].isspace() or not is_prose(rows[n], language):
            break
        end = n
    return list(rows[:end])


def _cut_beside(rows: Sequence[str], fence: str, language: str) -> list[str]:
    """The rows up to one that code and the closing fence share."""
    inner = _inner(rows, language)
    for n, row in enumerate(rows):
        if n not in inner and row.rstrip().endswith(fence) and not re.match(r"\s*(?:/|\*|#|--)", row):
            return [*rows[:n], row.rstrip().removesuffix(fence)]
    return list(rows)


def _runs(rows: Sequence[str], language: str) -> list[Block]:
    """The runs of lines that are no prose."""
    inner, runs, lead, run = _inner(rows, language), list[Block](), "", list[str]()
    for n, row in enumerate([*rows, ""]):
        belongs = bool(run) and (row[:1].isspace() or not row.strip())
        if n < len(rows) and (n in inner or belongs or not row.strip() or not is_prose(row, language)):
            if run or row.strip():
                run.append(row)
            continue
        if run:
            runs.append(Block("", lead, "\n".join(run), False))
        run, lead = [], row.strip()
    return runs
