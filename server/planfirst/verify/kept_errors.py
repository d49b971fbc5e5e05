"""Keeps an error beyond its ``except`` clause, where code uses it after Python has deleted its name.

``except OSError as e: …`` in a loop, and ``raise e`` behind it: small models write that whenever something is to be
tried again.
"""

from __future__ import annotations

import ast

from planfirst.source import lines as lined
from planfirst.source.python import names_bound, parses

_KEPT = "last_error"


def with_errors_kept(code: str) -> str | None:
    """The code with such an error under another name; None where there is none, or it cannot be told apart.

    Args:
        code: flush left; statements of a function may stand by themselves.
    """
    tree = parses(code)
    if tree is None:
        return None
    handlers = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name]
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    bound = {name for node in ast.walk(tree) if not isinstance(node, ast.ExceptHandler) for name in names_bound(node)}
    lost = [(handler, uses) for handler in handlers if (uses := _used_outside(tree, handlers, str(handler.name)))]
    if len(lost) != 1 or _KEPT in names or lost[0][0].name in bound:
        return None
    handler, uses = lost[0]
    rows, first = lined.split(code), handler.body[0]
    if first.lineno == handler.lineno or first.col_offset != _indent(rows[first.lineno - 1]):
        return None
    for node in sorted(uses, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        row = rows[node.lineno - 1].encode()
        rows[node.lineno - 1] = (row[: node.col_offset] + _KEPT.encode() + row[node.end_col_offset :]).decode()
    indent = lined.leading(rows[first.lineno - 1])
    rows.insert(first.lineno - 1, f"{indent}{_KEPT} = {handler.name}\n")
    return "".join(rows)


def _used_outside(tree: ast.Module, handlers: list[ast.ExceptHandler], name: str) -> list[ast.Name]:
    """Where an error's name is read in no clause that gives it; nothing where two clauses give it."""
    if sum(handler.name == name for handler in handlers) != 1:
        return []
    inside = {node for handler in handlers if handler.name == name for node in ast.walk(handler)}
    return [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == name and node not in inside]


def _indent(row: str) -> int:
    return len(lined.leading(row).encode())
