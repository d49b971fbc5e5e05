"""Edits of whole lines. This module knows nothing of comments or code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from planfirst.source import lines as lined


@dataclass(frozen=True, slots=True)
class Insertion:
    """Puts ``text`` in the place of the lines from ``line`` up to, not including, ``end_line``.

    It only inserts when both are equal. The text has the document's line ends, and ends with one unless it comes last
    in a file that has no final newline; inserted there, it begins with one, and ``line`` is the number of lines.
    """

    line: int
    text: str
    end_line: int


@dataclass(frozen=True, slots=True)
class Draft:
    """An `Insertion` whose line ends are not chosen yet."""

    line: int
    end_line: int
    rows: tuple[str, ...]


def finish(text: str, drafts: Sequence[Draft]) -> tuple[Insertion, ...]:
    """The drafts as insertions, from top to bottom; those that insert at one place become one, in the order given."""
    lines, newline = lined.split(text), lined.newline_of(text)
    merged: list[Draft] = []
    for draft in sorted((draft for draft in drafts if draft.rows), key=lambda draft: (draft.line, draft.end_line)):
        last = merged[-1] if merged else None
        if last and last.line == last.end_line == draft.line:
            merged[-1] = Draft(draft.line, draft.end_line, last.rows + draft.rows)
        else:
            merged.append(draft)
    return tuple(_insertion(lines, newline, draft) for draft in merged)


def apply(text: str, edits: Sequence[Insertion]) -> str:
    """The text after the edits, which go from its top to its bottom and do not overlap."""
    lines, result, position = lined.split(text), [], 0
    for edit in edits:
        result += [*lines[position : edit.line], edit.text]
        position = edit.end_line
    return "".join(result + lines[position:])


def between(before: str, after: str) -> tuple[Insertion, ...]:
    """The edits that make one text of another; `apply` with them gives ``after``."""
    old, new = lined.split(before), lined.split(after)
    first = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    same = min(len(old), len(new)) - first
    last = next((n for n in range(same) if old[-1 - n] != new[-1 - n]), same)
    middle, written = old[first : len(old) - last], new[first : len(new) - last]
    steps = SequenceMatcher(None, middle, written, autojunk=False).get_opcodes()
    return tuple(
        Insertion(first + start, "".join(written[begin:end]), first + stop)
        for tag, start, stop, begin, end in steps
        if tag != "equal"
    )


def _insertion(lines: list[str], newline: str, draft: Draft) -> Insertion:
    above = lines[draft.line - 1] if 0 < draft.line <= len(lines) else ""
    newline = above[len(lined.bare(above)) :] or newline  # a file may mix them
    body = newline.join(draft.rows)
    unfinished = bool(lines) and lined.bare(lines[-1]) == lines[-1] and draft.end_line >= len(lines)
    if not unfinished:
        return Insertion(draft.line, body + newline, draft.end_line)
    return Insertion(draft.line, newline + body if draft.line >= len(lines) else body, draft.end_line)
