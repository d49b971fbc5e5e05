"""Renames a Python function and its parameters, unless a new name is taken already."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from planfirst.source.python import Function, column, names_bound, parses

Edit = tuple[int, int, str, str]  # row, offset in bytes, what stands there, what is to stand there


def renamed(code: str, tree: ast.Module, function: Function, name: str, parameters: Mapping[str, str]) -> str | None:
    """The code with one of its functions renamed, uses included; the code itself when nothing need be changed.

    Args:
        tree: the code's.
        parameters: new names by old ones.

    Returns:
        None when a name means something else there already, or the code would not parse.
    """
    edits: list[Edit] = []
    if function.name != name:
        if name in {bound for node in ast.walk(tree) for bound in names_bound(node)} or not name.isidentifier():
            return None
        edits += [*_uses(tree, {function.name: name}), (*_name_of(code, function), function.name, name)]
    new = {old: given for old, given in parameters.items() if old != given}
    taken = {bound for node in ast.walk(function) for bound in names_bound(node)} | _read(function)
    if taken & set(new.values()):
        return None
    edits += [*_uses(function, new), *_keywords(tree, function.name, new)]
    if not edits:
        return code
    changed = _edited(code, edits)
    return changed if parses(changed) is not None else None


def _read(function: Function) -> set[str]:
    return {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}


def _uses(tree: ast.AST, new: Mapping[str, str]) -> list[Edit]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in new:
            found.append((node.lineno - 1, node.col_offset, node.id, new[node.id]))
        elif isinstance(node, ast.arg) and node.arg in new:
            found.append((node.lineno - 1, node.col_offset, node.arg, new[node.arg]))
    return found


def _keywords(tree: ast.AST, name: str, new: Mapping[str, str]) -> list[Edit]:
    """The parameters' names in calls of the function."""
    return [
        (keyword.lineno - 1, keyword.col_offset, keyword.arg, new[keyword.arg])
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for keyword in node.keywords
        if keyword.arg is not None and keyword.arg in new
    ]


def _name_of(code: str, node: Function) -> tuple[int, int]:
    """The row, and the offset in bytes, of a definition's name."""
    line = code.split("\n")[node.lineno - 1]
    start = line.index("def", column(line, node.col_offset)) + 3
    return node.lineno - 1, len(line[: line.index(node.name, start)].encode())


def _edited(code: str, edits: list[Edit]) -> str:
    rows = code.split("\n")
    for row, offset, old, new in sorted(set(edits), reverse=True):
        start = column(rows[row], offset)
        if rows[row][start:].startswith(old):  # an f-string's names have no place of their own before Python 3.12
            rows[row] = rows[row][:start] + new + rows[row][start + len(old) :]
    return "\n".join(rows)
