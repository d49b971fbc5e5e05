"""Functions and types that are only promised: a header, what is written about them, and at most a placeholder."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal

from planfirst.source import lines as lined
from planfirst.source.comments import Comment, every
from planfirst.source.definitions import Definition, definition_of
from planfirst.source.hole import Hole, Interior, hole_in_block, hole_in_braces
from planfirst.source.indent import unit_of
from planfirst.source.languages import Language
from planfirst.source.placeholders import is_placeholder
from planfirst.source.syntax import Syntax, beside, named, syntax_of

if TYPE_CHECKING:
    from tree_sitter import Node

_STRING = re.compile(r"""(?i:[rub]*)(\"\"\"|'''|"|')([\s\S]*)\1""")
_MOST_BETWEEN = 200  # lines of comments and decorators above a definition
_MOST_LINES = 2000  # of one function, when the file around it is too long to be parsed
_DEF = re.compile(r"\s*(?:async\s+def|def|class)\s+\w")
_DOC_MARKERS = ("/**", "///", "//!", "/*!")


@dataclass(frozen=True, slots=True)
class Unwritten:
    """A function or type whose body is to be written. Lines are counted from zero.

    Attributes:
        kind: ``function`` or ``type``.
        first, last: its lines, from its decorators to its end; of Python's, comments that its body consists of.
        header_first, header_last: the lines of its header, without decorators.
        doc_last: the last line of its docstring, or else ``header_last``.
        indent: the white space before its body.
        docstring: the text of its docstring; empty without one.
        stub: header, and docstring or doc comment, flush left; up to where the body begins.
        hole: where its body goes.
        comments: those in it, and behind its end, in order.
        definition: its name, parameters and owner.
    """

    kind: Literal["function", "type"]
    first: int
    last: int
    header_first: int
    header_last: int
    doc_last: int
    indent: str
    docstring: str
    stub: str
    hole: Hole
    comments: tuple[Comment, ...]
    definition: Definition

    def holds(self, first: int, last: int) -> bool:
        """Whether those lines are part of it."""
        return self.first <= first and last <= self.last


def unwritten_at(text: str, first: int, last: int, language: Language) -> Unwritten | None:
    """The innermost one that holds those lines."""
    found = [one for one in _candidates(text, first, last, language) if one.holds(first, last)]
    return max(found, key=lambda one: (one.first, -one.last), default=None)


def unwritten_below(text: str, line: int, language: Language) -> Unwritten | None:
    """The one that begins directly below a line; comments that speak to tools may stand between."""
    lines = lined.split(text)
    below = line + 1
    while below < len(lines) and language.line and lines[below].lstrip().startswith(language.line):
        below += 1
    if below >= len(lines) or not lines[below].strip():
        return None
    found = (one for one in _candidates(text, below, below, language) if one.first == below)
    return max(found, key=lambda one: one.last, default=None)


def _candidates(text: str, first: int, last: int, language: Language) -> Iterator[Unwritten]:
    syntax = syntax_of(text, language.id)
    if syntax is None:
        yield from _around(text, first, language)
        return
    probe = _code_above(syntax.lines, first) if language.id == "python" else first
    seen = False
    for node in syntax.touching(min(probe, first), _marked(syntax, first, _code_below(syntax.lines, last, language))):
        for definition in _defined(node, syntax):
            one = _unwritten(definition, syntax, text, language)
            if one is not None:
                seen = seen or one.holds(first, last)
                yield one
    if not seen and syntax.root.has_error and first == last:
        yield from _around(text, first, language)


def _defined(node: Node, syntax: Syntax) -> list[Node]:
    """The node itself if it is a definition, or the one that it wraps, which may begin on a later line."""
    shape = syntax.shape
    if node.type in shape.functions | shape.types:
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
    for node in syntax.touching(first, last) if shape.marks else ():
        if node.type in shape.marks:
            siblings, here = beside(node)
            below = (one for one in siblings[here + 1 :] if one.type not in shape.marks | shape.comments)
            last = max(last, *(syntax.first(one) for one in islice(below, 1)), last)
    return last


def _code_above(lines: list[str], line: int) -> int:
    """The last line above that is neither blank nor a comment: Python's tree leaves a body of comments out."""
    at = line
    while at > 0 and (not lines[at].strip() or lines[at].lstrip().startswith("#")):
        at -= 1
    return at


def _around(text: str, line: int, language: Language) -> Iterator[Unwritten]:
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
            one = _unwritten(node, syntax, part, language)
            if one is not None:
                yield one
            return


def _continues(line: str, indent: str) -> bool:
    own = lined.leading(line)
    return not line.strip() or len(own) > len(indent) or (own == indent and line.lstrip().startswith(")"))


def _unwritten(node: Node, syntax: Syntax, text: str, language: Language) -> Unwritten | None:
    definition = definition_of(node, syntax)
    body = definition.body
    if body is None or definition.overload or any(child.has_error for child in node.children if child != body):
        return None
    python = language.id == "python"
    opening = _opening(node, body, python)
    if opening is None:
        return None
    statements = [one for one in named(body) if one.type not in syntax.shape.comments]
    statements = [one for one in statements if one.type != "access_specifier"]
    if node.type in ("interface_type",) and not python:
        statements = [one for one in statements if one.type not in ("{", "}")]
    doc = _docstring(statements) if python else None
    rest = statements[1:] if doc else statements
    if len(rest) > 1:
        return None
    header_last = syntax.line(opening.end_byte - 1)
    closing = None if python else next((one for one in reversed(body.children) if one.type == "}"), None)
    if not python and (closing is None or closing.is_missing):
        return None
    last = syntax.last(node)
    if python:
        last = _with_comments(syntax, syntax.first(node), max(last, header_last))
    inner = tuple(_inner(text, language, syntax, opening, last, python))
    said = " ".join(row for comment in inner for row in comment.rows)
    placeholder = rest[0] if rest else None
    kind: Literal["function", "type"] = "type" if node.type in syntax.shape.types else "function"
    if placeholder is not None and not is_placeholder(syntax.text(placeholder), language.id, said):
        return None
    header_first = syntax.line(definition.start)
    header_indent = lined.leading(syntax.lines[header_first])
    doc_last = syntax.last(doc) if doc else header_last
    if doc is not None and (syntax.first(doc) <= header_last or not syntax.begins_line(doc.start_byte)):
        return None
    interior = Interior(syntax, opening, closing, placeholder, doc, inner, doc_last, last)
    indent = _indent(interior, header_indent, text, language)
    hole = hole_in_block(interior, indent) if python else hole_in_braces(interior, header_indent, indent)
    if hole is None:
        return None
    stub_end = doc.end_byte if doc else opening.end_byte
    first = syntax.line(definition.outer)
    above = "" if python else _doc_comment(text, language, syntax, first)
    stub = above + _flush(syntax.cut(definition.start, stub_end), header_indent)
    return Unwritten(
        kind,
        first,
        max(last, hole.end - 1),
        header_first,
        header_last,
        doc_last,
        indent,
        _words_of(syntax.text(doc)) if doc else "",
        stub,
        hole,
        inner,
        definition,
    )


def _opening(node: Node, body: Node, python: bool) -> Node | None:
    """The colon or the brace that the body begins behind."""
    if python:
        return next((child for child in node.children if child.type == ":" and not child.is_missing), None)
    return next((child for child in body.children if child.type == "{" and not child.is_missing), None)


def _docstring(statements: list[Node]) -> Node | None:
    if not statements or statements[0].type != "expression_statement":
        return None
    inner = statements[0].named_children
    if len(inner) != 1 or inner[0].type != "string":
        return None
    return None if any(part.type == "interpolation" for part in inner[0].named_children) else statements[0]


def _words_of(literal: str) -> str:
    match = _STRING.fullmatch(literal.strip())
    return inspect.cleandoc(match[2].replace("\\\\", "\\")) if match else ""


def _with_comments(syntax: Syntax, first: int, last: int) -> int:
    """The last line of a Python definition, with the comments below it that are indented more than it is."""
    width = len(lined.leading(syntax.lines[first]))
    end = last
    for n in range(last + 1, len(syntax.lines)):
        line = syntax.lines[n]
        if not line.strip():
            continue
        if not line.lstrip().startswith("#") or len(lined.leading(line)) <= width:
            break
        end = n
    return end


def _inner(text: str, language: Language, syntax: Syntax, opening: Node, last: int, python: bool) -> Iterator[Comment]:
    """The comments behind the header, up to the end of the last line."""
    line, column = syntax.line(opening.start_byte), syntax.column(opening.start_byte)
    for comment in every(text, language):
        if comment.first > last:
            return
        if (comment.first, comment.column) > (line, column):
            yield comment


def _indent(interior: Interior, header_indent: str, text: str, language: Language) -> str:
    """The indentation of the body: that of what stands in it, or one level more than the header's."""
    syntax = interior.syntax
    for node in (interior.doc, interior.placeholder):
        if node is not None and syntax.begins_line(node.start_byte):
            return lined.leading(syntax.lines[syntax.first(node)])
    for comment in interior.comments:
        if comment.own and len(comment.indent) > len(header_indent):
            return comment.indent
    return header_indent + unit_of(text, header_indent, language)


def _doc_comment(text: str, language: Language, syntax: Syntax, first: int) -> str:
    """The doc comment directly above a definition, flush left, with a line end; empty without one."""
    last = first - 1
    found: list[Comment] = []
    for comment in reversed(every(text, language)):
        if comment.last == last and comment.own and comment.marker.startswith(_doc_markers(language)):
            found.insert(0, comment)
            last = comment.first - 1
        elif comment.last < last:
            break
    if not found:
        return ""
    rows = [lined.bare(row) for row in syntax.lines[found[0].first : first]]
    indent = found[0].indent
    return "".join(f"{row.removeprefix(indent).rstrip()}\n" for row in rows)


def _doc_markers(language: Language) -> tuple[str, ...]:
    return ("//", "/*") if language.id == "go" else _DOC_MARKERS


def _flush(text: str, indent: str) -> str:
    head, *tail = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    rows = [head, *(row.removeprefix(indent) for row in tail)]
    return "\n".join(row.rstrip() for row in rows)  # as an answer's rows are
