"""Python functions that are only promised: a docstring, and at most a placeholder below it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planfirst.source import lines as lined
from planfirst.source.python import Function, docstring_of, header, parses, statements

_DEF = re.compile(r"\s*(?:async\s+def|def)\s+\w")
_MOST_LINES = 2000  # of one function, when the file around it does not parse


@dataclass(frozen=True, slots=True)
class Stub:
    """A function to be written.

    Attributes:
        first, last: its lines, from ``def`` to the end of its body.
        header_last: the line of the colon.
        doc_last: the last line of the docstring.
        indent: the white space before its body.
        request: the docstring's text.
        body: the lines of the placeholder, or None.
    """

    first: int
    last: int
    header_last: int
    doc_last: int
    indent: str
    request: str
    body: tuple[int, int] | None


def stub_at(text: str, line: int) -> Stub | None:
    """The stub that a line belongs to. A function whose body begins beside its ``def`` is none: no code fits below."""
    lines = lined.split(text)
    tree = parses(text)
    if tree is None:
        return _tolerant(lines, line)
    inside = [node for node in _functions(tree) if node.lineno - 1 <= line <= (node.end_lineno or node.lineno) - 1]
    innermost = max(inside, key=lambda node: node.lineno, default=None)
    return _stub(innermost, lines, 0) if innermost else None


def _tolerant(lines: list[str], line: int) -> Stub | None:
    """The stub, when the file does not parse but the function by itself does."""
    for first in range(min(line, len(lines) - 1), max(-1, line - _MOST_LINES), -1):
        if _DEF.match(lines[first]):
            break
    else:
        return None
    indent = lined.leading(lines[first])
    end = first + 1
    while end < min(len(lines), first + _MOST_LINES) and _continues(lines[end], indent):
        end += 1
    # a block around it lets the function keep its indentation
    tree = parses(("if 1:\n" if indent else "\n") + "".join(lines[first:end]))
    for node in _functions(tree) if tree else ():
        if node.lineno == 2:
            stub = _stub(node, lines, first - 1)
            return stub if stub and line <= stub.last else None
    return None


def _continues(line: str, indent: str) -> bool:
    own = lined.leading(line)
    return not line.strip() or len(own) > len(indent) or (own == indent and line.lstrip().startswith(")"))


def _functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in statements(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _stub(node: Function, lines: Sequence[str], shift: int) -> Stub | None:
    """The stub that a function is; ``shift`` is added to the tree's lines to have the file's."""
    doc = docstring_of(node)
    if doc is None or len(node.body) > 2 or (len(node.body) == 2 and not _is_placeholder(node.body[1])):
        return None
    first, doc_first = node.lineno - 1 + shift, doc.lineno - 1 + shift
    doc_last = (doc.end_lineno or doc.lineno) - 1 + shift
    indent = lined.leading(lines[doc_first])
    body = None
    if len(node.body) == 2:
        body = (node.body[1].lineno - 1 + shift, (node.body[1].end_lineno or 0) - 1 + shift)
        if body[0] <= doc_last:
            return None
    header_last = header(lines, first)[1]
    if header_last >= doc_first:
        return None
    last = body[1] if body else doc_last
    return Stub(first, last, header_last, doc_last, indent, ast.get_docstring(node) or "", body)


def _is_placeholder(node: ast.stmt) -> bool:
    match node:
        case ast.Pass():
            return True
        case ast.Expr(value=ast.Constant(value=value)):
            return value is ...
        case ast.Raise(exc=ast.Name(id=name) | ast.Call(func=ast.Name(id=name))):
            return name == "NotImplementedError"
        case _:
            return False
