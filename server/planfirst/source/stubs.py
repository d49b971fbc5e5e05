"""Reads one definition: whether it is only promised, with a header, words about it, and at most a placeholder."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from planfirst.source import lines as lined
from planfirst.source.comments import Comment, every
from planfirst.source.definitions import Definition, definition_of
from planfirst.source.hole import Hole, Interior, hole_in_block, hole_in_braces
from planfirst.source.indent import unit_of
from planfirst.source.languages import Language
from planfirst.source.overloads import first_of
from planfirst.source.placeholders import is_placeholder
from planfirst.source.python import parses
from planfirst.source.syntax import Syntax, named

if TYPE_CHECKING:
    from tree_sitter import Node

_STRING = re.compile(r"""(?i:[rub]*)(\"\"\"|'''|"|')([\s\S]*)\1""")
_DOC_MARKERS = ("/**", "///", "//!", "/*!")


@dataclass(frozen=True, slots=True)
class Stub:
    """A function or type whose body is to be written. Lines are counted from zero.

    Attributes:
        kind: ``function`` or ``type``.
        first, last: its lines, from its decorators to its end; of Python's, comments that its body consists of.
        header_first, header_last: the lines of its header, without decorators.
        doc_last: the last line of its docstring, or else ``header_last``.
        indent: the white space before its body.
        docstring: the text of its docstring; empty without one.
        text: header, and docstring or doc comment, flush left; up to where the body begins.
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
    text: str
    hole: Hole
    comments: tuple[Comment, ...]
    definition: Definition

    def holds(self, first: int, last: int) -> bool:
        """Whether those lines are part of it."""
        return self.first <= first and last <= self.last


def stub_of(node: Node, syntax: Syntax, text: str, language: Language) -> Stub | None:
    """What is to be written of a function or type, given by its node; None where it has a body already."""
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
    if placeholder is not None:
        documented = doc is not None or (kind == "function" and _is_documented(text, language, syntax, definition))
        if not is_placeholder(syntax.text(placeholder), language.id, said, documented, definition.parameters):
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
    first = syntax.line(first_of(definition, syntax))
    above = "" if python else _doc_comment(text, language, syntax, first)
    stub = above + _flush(syntax.cut(definition.start, stub_end), header_indent)
    return Stub(
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


def _is_documented(text: str, language: Language, syntax: Syntax, definition: Definition) -> bool:
    """Whether a comment that documents a definition stands directly above it."""
    last = syntax.line(first_of(definition, syntax)) - 1
    above = next((one for one in reversed(every(text, language)) if one.last <= last), None)
    markers = (*_doc_markers(language), *(["/*"] if language.id in ("c", "cpp") else []))
    return above is not None and above.last == last and above.own and above.marker.startswith(markers)


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
    """The text of a docstring; where Python would not read it, what stands between its quotes."""
    match = _STRING.fullmatch(literal.strip())
    if match is None:
        return ""
    tree = parses(literal.strip())
    read = ast.get_docstring(tree) if tree else None
    return read if read is not None else inspect.cleandoc(match[2])


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
