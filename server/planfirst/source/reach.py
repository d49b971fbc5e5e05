"""Statements that can never run, since one stands above them after which nothing does."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from planfirst.source.languages import Language
from planfirst.source.python import parses, statements
from planfirst.source.syntax import named, syntax_of

if TYPE_CHECKING:
    from tree_sitter import Node

    from planfirst.source.shapes import Shape

_JUMPS = ast.Return | ast.Raise | ast.Continue | ast.Break
_AROUND = frozenset(("expression_statement", "else_clause", "catch_clause"))
_DEEPEST = 50  # statements within each other
_SUPPRESSES = re.compile(r"suppress|raises|ignor|catch", re.IGNORECASE)
_BODIES = ("body", "orelse", "finalbody")


def dead_statements(text: str, first: int, last: int, language: Language) -> int:
    """How many blocks around some lines hold statements that can never run; 0 where the language is not known."""
    if language.id == "python":
        return _in_python(text, first, last)
    syntax = syntax_of(text, language.id)
    if syntax is None:
        return 0
    count, shape = 0, syntax.shape
    ignored = shape.comments | shape.hoisted | {"empty_statement"}
    for node in syntax.touching(first, last):
        if node.type not in shape.holders or node.type == "statement_list":
            continue
        jumped = False
        for child in named(node):
            if child.type == "labeled_statement":
                jumped = False  # a goto may lead here
            ends_case = child.type == "break_statement" and ("case" in node.type or "default" in node.type)
            is_branch = child.type.startswith("preproc")  # another one than that above, or it holds the next case
            if jumped and child.type not in ignored and not ends_case and not is_branch:
                count += 1
                break
            jumped = jumped or _leaves(child, shape)
    return count


def _leaves(node: Node, shape: Shape, depth: int = 0) -> bool:
    """Whether nothing that stands below a statement in its block runs after it."""
    if node.type in shape.jumps:
        return True
    inner = [one for one in named(node) if one.type not in shape.comments]
    if depth > _DEEPEST or not inner or node.type.startswith("preproc"):  # it may not be compiled
        return False
    if node.type in shape.holders or node.type in _AROUND:
        return _leaves(inner[-1], shape, depth + 1)
    if node.type in ("if_statement", "if_expression"):
        branches = [node.child_by_field_name("consequence"), node.child_by_field_name("alternative")]
        return all(one is not None and _leaves(one, shape, depth + 1) for one in branches)
    if node.type in ("try_statement", "try_with_resources_statement"):
        body = node.child_by_field_name("body")
        caught = [one for one in inner if one.type == "catch_clause"]
        return body is not None and all(_leaves(one, shape, depth + 1) for one in [body, *caught])
    return False


def _in_python(text: str, first: int, last: int) -> int:
    tree = parses(text)
    count = 0
    for node in [tree, *statements(tree)] if tree else ():
        if isinstance(node, ast.stmt) and (node.lineno - 1 > last or (node.end_lineno or 0) < first):
            continue
        for name in _BODIES:
            body = getattr(node, name, [])
            count += any(_leaves_python(one) for one in body[:-1])
    return count


def _leaves_python(node: ast.stmt, depth: int = 0) -> bool:
    """The same in Python."""
    if isinstance(node, _JUMPS):
        return True
    branches: list[list[ast.stmt]] = []
    if isinstance(node, ast.If):
        branches = [node.body, node.orelse]
    elif isinstance(node, ast.Try):
        branches = [node.orelse or node.body, *(one.body for one in node.handlers)]
    elif isinstance(node, ast.With | ast.AsyncWith) and not any(map(_may_go_on, node.items)):
        branches = [node.body]
    return bool(branches) and all(one and depth < _DEEPEST and _leaves_python(one[-1], depth + 1) for one in branches)


def _may_go_on(item: ast.withitem) -> bool:
    """Whether what runs below a ``with`` may be reached even so, since it keeps an exception back."""
    return _SUPPRESSES.search(ast.unparse(item.context_expr)) is not None
