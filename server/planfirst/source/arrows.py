"""Arrow functions that are one expression: where the file's function has braces, the expression is what it returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.definitions import definition_of
from planfirst.source.shapes import ECMA
from planfirst.source.stubs import Stub
from planfirst.source.syntax import Syntax, named, syntax_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node


def with_braces(code: str, stub: Stub, language: str) -> str:
    """The code whose arrow function for the stub has a body in braces; the code itself where it has one already."""
    if language not in ECMA or stub.kind != "function" or "=>" not in code:
        return code
    syntax = syntax_of(code, language)
    if syntax is None or syntax.root.has_error:
        return code
    arrows = [node for node in walk(syntax.root) if node.type == "arrow_function" and not _is_inner(node, syntax)]
    names = [definition_of(node, syntax).name for node in arrows]
    chosen = [node for node, name in zip(arrows, names, strict=True) if name == stub.definition.name]
    if not chosen and not any(_defines(node, stub, syntax) for node in walk(syntax.root)):
        chosen = arrows if len(arrows) == 1 and (not stub.definition.name or names[0]) else []
    body = chosen[-1].child_by_field_name("body") if chosen else None
    if body is None or body.type == "statement_block":
        return code
    return _in_braces(syntax, body)


def _in_braces(syntax: Syntax, body: Node) -> str:
    """The code with an expression as the ``return`` of a block."""
    value = body
    if body.type == "parenthesized_expression" and len(named(body)) == 1 and "jsx" not in named(body)[0].type:
        value = named(body)[0]  # the parentheses around an object
    indent = lined.leading(syntax.lines[syntax.first(body)])
    end = syntax.data[body.end_byte :].decode("utf-8", "replace")
    rows = syntax.text(value).split("\n")
    first = syntax.data[: body.start_byte].decode("utf-8", "replace").rstrip()
    deeper = rows[0:1] + [f"  {row}" if row.strip() else row for row in rows[1:]]
    moved = deeper if body.type != "template_string" else rows
    return f"{first} {{\n{indent}  return {chr(10).join(moved)};\n{indent}}}{end}"


def _is_inner(node: Node, syntax: Syntax) -> bool:
    """Whether it stands in another function, or is given to one."""
    above = node.parent
    while above is not None:
        if above.type in syntax.shape.functions or above.type == "arguments":
            return True
        above = above.parent
    return False


def _defines(node: Node, stub: Stub, syntax: Syntax) -> bool:
    return node.type in syntax.shape.functions and definition_of(node, syntax).name == stub.definition.name
