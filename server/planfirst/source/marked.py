"""A file with a mark in the place of the code that is asked for, so that the tree shows what stands around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.site import Site
from planfirst.source.syntax import Syntax, syntax_of

if TYPE_CHECKING:
    from tree_sitter import Node

_WORD = "planfirst_mark_"
# As a statement that may also be a member, or a declaration at the top.
_MARKS = {
    "python": _WORD,
    "go": f"var {_WORD} int",
    "rust": f"{_WORD}!();",
    **dict.fromkeys(("java", "c", "cpp"), f"int {_WORD};"),
}
_STATEMENT, _ELEMENT = f"{_WORD};", f"{{{_WORD}}}"


@dataclass(frozen=True, slots=True, eq=False)
class Marked:
    """The tree of a marked file.

    Attributes:
        start, end: the bytes of the mark's line.
        word: the byte that the mark itself begins at.
        around: the nodes that it stands in and that hold more, from the root inwards.
        holder: what its statement stands in directly.
    """

    syntax: Syntax
    start: int
    end: int
    word: int
    around: tuple[Node, ...]
    holder: Node


def marked(text: str, site: Site, language: str) -> Marked | None:
    """The marked file; None where no mark reads there."""
    lines = lined.split(text)
    before, first, end, after = _place(site, lines)
    above = "".join([*lines[:first], *(f"{row}\n" for row in before)])
    if above and not above.endswith(("\n", "\r")):
        above += "\n"
    below = "".join([*(f"{row}\n" for row in after), *lines[end:]])
    among_elements = site.first < len(lines) and lines[site.first].lstrip().startswith("{/*")
    mark = _MARKS.get(language, _ELEMENT if among_elements else _STATEMENT)
    syntax = syntax_of(f"{above}{site.indent}{mark}\n{below}", language)
    if syntax is None or (syntax.root.has_error and not _has_errors(text, language)):
        return None
    start = len(above.encode("utf-8", "replace"))
    stop = start + len(f"{site.indent}{mark}\n".encode())
    word = syntax.data.index(_WORD.encode(), start)
    nested = [(one, parent) for one, parent in syntax.nested(syntax.line(word), syntax.line(word)) if _holds(one, word)]
    around = [one for one, parent in nested if parent is None or one.start_byte < start]  # and more than its line
    return Marked(syntax, start, stop, word, tuple(around), _holder(syntax, [one for one, _ in nested]))


def _place(site: Site, lines: list[str]) -> tuple[tuple[str, ...], int, int, tuple[str, ...]]:
    """The rows above the mark that are written anew, the lines that it stands for, and the rows below it."""
    if site.stub is not None:
        hole = site.stub.hole
        return (
            tuple(filter(None, (hole.top,))),
            hole.first,
            min(hole.end, len(lines)),
            tuple(filter(None, (hole.after,))),
        )
    if site.body is not None:
        return (), site.body[0], site.body[1] + 1, ()
    at = min(site.last + 1, len(lines)) if site.at is None else site.at
    return (), at, at, ()


def _holder(syntax: Syntax, around: Sequence[Node]) -> Node:
    """The innermost node around the mark that holds statements or members."""
    held = (node for node in reversed(around) if node.type in syntax.shape.holders and node.type != "statement_list")
    return next(held, syntax.root)


def _holds(node: Node, word: int) -> bool:
    return node.start_byte <= word < node.end_byte


def _has_errors(text: str, language: str) -> bool:
    syntax = syntax_of(text, language)
    return syntax is None or syntax.root.has_error
