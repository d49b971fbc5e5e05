"""The top-level statements of Python code with the comments above them, so that whole lines can be left out."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from planfirst.source import lines as lined
from planfirst.source.python import string_rows


@dataclass(frozen=True, slots=True)
class Unit:
    """Statements that share lines; mostly one.

    Attributes:
        top: the row that what belongs to them begins in: comments and blank lines above.
        first, last: their own rows, decorators included.
    """

    nodes: tuple[ast.stmt, ...]
    top: int
    first: int
    last: int


def units_of(tree: ast.Module) -> list[Unit]:
    """The statements of a module in order."""
    found: list[Unit] = []
    for node in tree.body:
        first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))]) - 1
        last = (node.end_lineno or node.lineno) - 1
        if found and first <= found[-1].last:
            before = found[-1]
            found[-1] = Unit((*before.nodes, node), before.top, before.first, max(last, before.last))
        else:
            found.append(Unit((node,), found[-1].last + 1 if found else 0, first, last))
    return found


def without(code: str, units: Sequence[Unit], dropped: Collection[Unit], comments: Collection[str] = ()) -> str:
    """The code without some statements, and without top-level comments that say one of these texts."""
    rows = code.split("\n")
    gone = {n for unit in dropped for n in range(unit.top, unit.last + 1)}
    if units and units[-1] in dropped:
        gone.update(range(units[-1].last + 1, len(rows)))
    inner = string_rows(code)
    for n, row in enumerate(rows):
        if row.startswith("#") and n not in inner and plain(row) in comments:
            gone.add(n)
    if not gone:
        return code
    return "\n".join(lined.trim([row for n, row in enumerate(rows) if n not in gone]))


def plain(comment: str) -> str:
    """A comment's text, for comparing."""
    return " ".join(comment.strip().lstrip("#").split()).casefold()


def loaded(node: ast.AST) -> set[str]:
    """The names that a node reads."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Load)}


def dump(node: ast.stmt) -> str:
    """What a statement says, without its docstrings."""
    found = ast.dump(node)
    for one in ast.walk(node):
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and one.body:
            first = one.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(one.body) > 1:
                found = found.replace(f"{ast.dump(first)}, ", "", 1)
    return found
