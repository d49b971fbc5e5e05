"""Statements that can never run, since one stands above them after which nothing does."""

from __future__ import annotations

import ast

from planfirst.source.languages import Language
from planfirst.source.python import parses, statements
from planfirst.source.syntax import named, syntax_of

_JUMPS = ast.Return | ast.Raise | ast.Continue | ast.Break
_BODIES = ("body", "orelse", "finalbody")


# Another branch of the preprocessor's is no part of the one above it.
_BRANCHES = frozenset(("preproc_else", "preproc_elif", "preproc_elifdef"))


def dead_statements(text: str, first: int, last: int, language: Language) -> int:
    """How many blocks around some lines hold statements that can never run; 0 where the language is not known."""
    if language.id == "python":
        return _in_python(text, first, last)
    syntax = syntax_of(text, language.id)
    if syntax is None:
        return 0
    count, shape = 0, syntax.shape
    ignored = shape.comments | shape.hoisted | {"empty_statement"} | _BRANCHES
    for node in syntax.touching(first, last):
        if node.type not in shape.holders or node.type == "statement_list":
            continue
        jumped = False
        for child in named(node):
            ends_case = child.type == "break_statement" and ("case" in node.type or "default" in node.type)
            if jumped and child.type not in ignored and not ends_case:
                count += 1
                break
            inner = (
                child.named_children[0].type if child.type == "expression_statement" and child.named_children else ""
            )
            jumped = jumped or child.type in shape.jumps or inner in shape.jumps
    return count


def _in_python(text: str, first: int, last: int) -> int:
    tree = parses(text)
    count = 0
    for node in [tree, *statements(tree)] if tree else ():
        if isinstance(node, ast.stmt) and (node.lineno - 1 > last or (node.end_lineno or 0) < first):
            continue
        for name in _BODIES:
            body = getattr(node, name, [])
            count += any(isinstance(one, _JUMPS) for one in body[:-1])
    return count
