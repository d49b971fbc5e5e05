"""Puts right how code calls what your own project declares.

A small model that has read ``oldest_wait(pool)`` often writes ``pool.oldest_wait()``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from planfirst.core.types import Declaration
from planfirst.source.python import parses


def with_own_calls(code: str, declarations: Sequence[Declaration]) -> str:
    """The code with functions called as such, where they are called as methods of their first parameter.

    A call is changed only where the object is a parameter of the type that the function takes first, and no member of a
    declared type bears the function's name.

    Args:
        code: Python.
    """
    tree = parses(code)
    taken = _first_types(declarations)
    if tree is None or not taken:
        return code
    lines = code.split("\n")
    calls = sorted(_calls(tree, taken), key=lambda call: (call.lineno, call.col_offset), reverse=True)
    for call in calls:
        lines = _changed(lines, call)
    changed = "\n".join(lines)
    return changed if calls and parses(changed) is not None else code


def _first_types(declarations: Sequence[Declaration]) -> dict[str, str]:
    """The functions of modules, with the type of their first parameter."""
    members = {one.name.rpartition(".")[2] for one in declarations if one.owner}
    found: dict[str, str] = {}
    for one in declarations:
        tree = parses(f"{one.code}: ...") if one.module and not one.owner and not one.is_type else None
        node = tree.body[0] if tree is not None and tree.body else None
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name not in members:
            parameters = [*node.args.posonlyargs, *node.args.args]
            if parameters and (kind := _type(parameters[0].annotation)):
                found.setdefault(node.name, kind)
    return found


def _calls(tree: ast.Module, taken: dict[str, str]) -> Iterator[ast.Call]:
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        arguments = function.args
        types = {
            one.arg: _type(one.annotation) for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        }
        for node in ast.walk(function):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=called)) if (
                    called in taken and types.get(name) == taken[called] and node.func.end_lineno == node.lineno
                ):
                    yield node


def _changed(lines: Sequence[str], call: ast.Call) -> list[str]:
    """The lines with ``object.function(`` as ``function(object, ``."""
    assert isinstance(call.func, ast.Attribute)
    assert isinstance(call.func.value, ast.Name)
    row = lines[call.lineno - 1].encode()
    start, end = call.col_offset, call.func.end_col_offset or 0
    opened = row.index(b"(", end) + 1
    rest = row[opened:]
    comma = b", " if call.args or call.keywords else b""
    new = row[:start] + f"{call.func.attr}({call.func.value.id}".encode() + comma + rest
    return [*lines[: call.lineno - 1], new.decode(), *lines[call.lineno :]]


def _type(annotation: ast.expr | None) -> str:
    """The last name of an annotation; empty where it is no plain name."""
    match annotation:
        case ast.Constant(value=str(text)):
            return text.rpartition(".")[2] if text.replace(".", "").isidentifier() else ""
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
