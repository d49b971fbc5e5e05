"""Gives generated code the names that the file or the examples ask for, when names are all that is wrong."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from planfirst.source.python import Function, column, names_bound, parses


def fitted(code: str, name: str, parameters: tuple[str, ...] | None = None) -> str | None:
    """The code with its only function named ``name``, with these parameters; None when nothing can or need be changed.

    Args:
        parameters: what the function's parameters must be called, in order; None when that does not matter.
    """
    tree = parses(code)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)] if tree else []
    named = [node for node in functions if node.name == name]
    public = [node for node in functions if not node.name.startswith("_")]
    chosen = named[-1] if named else public[0] if len(public) == 1 else None
    if tree is None or chosen is None or not name.isidentifier():
        return None
    edits: list[tuple[int, int, str, str]] = []
    if chosen.name != name:
        if name in {bound for node in ast.walk(tree) for bound in names_bound(node)}:
            return None
        edits += _uses(tree, {chosen.name: name})
        edits.append((*_name_of(code, chosen), chosen.name, name))
    if parameters is not None:
        own = tuple(arg.arg for arg in [*chosen.args.posonlyargs, *chosen.args.args])
        if len(own) != len(parameters):
            return None
        new = {old: given for old, given in zip(own, parameters, strict=True) if old != given}
        taken = {bound for node in ast.walk(chosen) for bound in names_bound(node)}
        if taken & set(new.values()):
            return None
        edits += _uses(chosen, new)
    if not edits:
        return None
    changed = _edited(code, edits)
    return changed if parses(changed) is not None else None


def _uses(tree: ast.AST, new: Mapping[str, str]) -> list[tuple[int, int, str, str]]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in new:
            found.append((node.lineno - 1, node.col_offset, node.id, new[node.id]))
        elif isinstance(node, ast.arg) and node.arg in new:
            found.append((node.lineno - 1, node.col_offset, node.arg, new[node.arg]))
    return found


def _name_of(code: str, node: Function) -> tuple[int, int]:
    """The row, and the offset in bytes, of a definition's name."""
    line = code.split("\n")[node.lineno - 1]
    return node.lineno - 1, len(
        line[: line.index(node.name, line.index("def", column(line, node.col_offset)) + 3)].encode()
    )


def _edited(code: str, edits: list[tuple[int, int, str, str]]) -> str:
    rows = code.split("\n")
    for row, offset, old, new in sorted(set(edits), reverse=True):
        start = column(rows[row], offset)
        if rows[row][start:].startswith(old):  # an f-string's names have no place of their own before Python 3.12
            rows[row] = rows[row][:start] + new + rows[row][start + len(old) :]
    return "\n".join(rows)
