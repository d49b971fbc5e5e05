"""Finds functions and types without a body yet, by the lines that you point at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.definitions import SIGNATURES, is_overload
from planfirst.source.languages import Language
from planfirst.source.overloads import implementation
from planfirst.source.stubs import Stub, stub_of
from planfirst.source.syntax import Syntax, syntax_of

if TYPE_CHECKING:
    from tree_sitter import Node

_MOST_BETWEEN = 200  # lines of comments and decorators above a definition
_MOST_LINES = 2000  # of one function, when the file around it is too long to be parsed
_DEF = re.compile(r"\s*(?:async\s+def|def|class)\s+\w")


def stub_at(text: str, first: int, last: int, language: Language) -> Stub | None:
    """The innermost one that holds those lines."""
    found = [one for one in _candidates(text, first, last, language) if one.holds(first, last)]
    return max(found, key=lambda one: (one.first, -one.last), default=None)


def stub_below(text: str, line: int, language: Language) -> Stub | None:
    """The one that begins directly below a line; comments that speak to tools may stand between."""
    lines = lined.split(text)
    below = line + 1
    while below < len(lines) and language.line and lines[below].lstrip().startswith(language.line):
        below += 1
    if below >= len(lines) or not lines[below].strip():
        return None
    found = (one for one in _candidates(text, below, below, language) if one.first == below)
    return max(found, key=lambda one: one.last, default=None)


def _candidates(text: str, first: int, last: int, language: Language) -> Iterator[Stub]:
    syntax = syntax_of(text, language.id)
    if syntax is None:
        yield from _around(text, first, language)
        return
    probe = _code_above(syntax.lines, first) if language.id == "python" else first
    seen = False
    for node in syntax.touching(min(probe, first), _marked(syntax, first, _code_below(syntax.lines, last, language))):
        for definition in _defined(node, syntax):
            whole = (
                implementation(definition, syntax) if is_overload(definition, definition.parent, syntax) else definition
            )
            one = stub_of(whole, syntax, text, language) if whole is not None else None
            if one is not None:
                seen = seen or one.holds(first, last)
                yield one
    if not seen and syntax.root.has_error and first == last:
        yield from _around(text, first, language)


def _defined(node: Node, syntax: Syntax) -> list[Node]:
    """The node itself if it is a definition, or the one that it wraps, which may begin on a later line."""
    shape = syntax.shape
    if node.type in shape.functions | shape.types | SIGNATURES:
        return [node]
    if node.type not in shape.wrappers:
        return []
    return [found for child in node.named_children for found in _defined(child, syntax)]


def _code_below(lines: list[str], line: int, language: Language) -> int:
    """The line itself; below a decorator or a comment, the first line that is neither."""
    marks = tuple(filter(None, (language.line, "@", "#[", "*", "/*")))
    at = line
    while at + 1 < len(lines) and at < line + _MOST_BETWEEN and lines[at].lstrip().startswith(marks):
        at += 1
    return at


def _marked(syntax: Syntax, first: int, last: int) -> int:
    """The last of some lines; if attributes stand in them, the line of what these belong to."""
    shape = syntax.shape
    nested = syntax.nested(first, last) if shape.marks else ()
    lowest = {parent.id: (node, parent) for node, parent in nested if node.type in shape.marks and parent is not None}
    for node, parent in lowest.values():
        below = (one for one in parent.named_children if one.start_byte > node.start_byte)
        named = (one for one in below if one.type not in shape.marks | shape.comments)
        last = max(last, *(syntax.first(one) for one in islice(named, 1)), last)
    return last


def _code_above(lines: list[str], line: int) -> int:
    """The last line above that is neither blank nor a comment: Python's tree leaves a body of comments out."""
    at = line
    while at > 0 and (not lines[at].strip() or lines[at].lstrip().startswith("#")):
        at -= 1
    return at


def _around(text: str, line: int, language: Language) -> Iterator[Stub]:
    """For Python that does not parse as a whole, or is too long: the function that the line is in, by itself."""
    lines = lined.split(text)
    if language.id != "python" or not lines:
        return
    first = min(line, len(lines) - 1)
    while not _DEF.match(lines[first]):
        first -= 1
        if first < max(0, line - _MOST_LINES):
            return
    indent = lined.leading(lines[first])
    end = first + 1
    while end < min(len(lines), first + _MOST_LINES) and _continues(lines[end], indent):
        end += 1
    above = first
    while above and lines[above - 1].startswith(f"{indent}@"):
        above -= 1
    if sum(map(len, lines[above:end])) > _MOST_LINES * 100:
        return
    blank = "\n" * above  # so that the lines have the numbers of the file
    part = blank + "".join(lines[above:end])
    syntax = syntax_of(part, language.id)
    if syntax is None:
        return
    for node in syntax.touching(first, first):
        if node.type in syntax.shape.functions | syntax.shape.types and syntax.first(node) == first:
            one = stub_of(node, syntax, part, language)
            if one is not None:
                yield one
            return


def _continues(line: str, indent: str) -> bool:
    own = lined.leading(line)
    return not line.strip() or len(own) > len(indent) or (own == indent and line.lstrip().startswith(")"))
