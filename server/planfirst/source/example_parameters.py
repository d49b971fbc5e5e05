"""Gives code that speaks of its example's parameters the parameters that it has itself.

A small model that carries a body over often forgets one name of it. Where the function has a parameter in the same
place, that one is meant; where it has none, the example's default is.
"""

from __future__ import annotations

import ast
import builtins

from planfirst.source.example_names import bound_names, read_names
from planfirst.source.python import Function, parses

_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_OWNER = ("self", "cls")


def with_own_parameters(code: str, example: str, file: str = "") -> str:
    """The code with names that only its example has as parameters replaced; else the code as it is.

    Args:
        code, example, file: Python; the code is one function, the file the one that it is for.
    """
    tree, given, around = parses(code), parses(example), parses(file)
    if tree is None or given is None:
        return code
    functions = [node for node in tree.body if isinstance(node, _FUNCTION)]
    if len(functions) != 1:
        return code
    known = bound_names(tree) | (bound_names(around) if around is not None else set()) | set(dir(builtins))
    missing = read_names(tree) - known
    meant = _meant(missing, functions[0], given)
    return _replaced(code, tree, meant) if meant else code


def _meant(missing: set[str], function: Function, example: ast.Module) -> dict[str, str]:
    """What stands for each missing name that is a parameter in the example."""
    meant: dict[str, str] = {}
    own = _parameters(function)
    for node in ast.walk(example):
        if not isinstance(node, _FUNCTION):
            continue
        names = _parameters(node)
        defaults = dict(zip(names[::-1], node.args.defaults[::-1], strict=False))
        defaults |= {arg.arg: one for arg, one in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if one}
        for name in missing & {*names, *defaults}:
            index = names.index(name) if name in names else len(own)
            if index < len(own) and own[index] not in names:
                meant[name] = own[index]
            elif name in defaults:
                meant[name] = _operand(defaults[name])
    return meant


def _operand(node: ast.expr) -> str:
    """An expression as text that can stand wherever a name can."""
    text = ast.unparse(node)
    is_whole = isinstance(node, ast.Name | ast.Attribute | ast.Subscript | ast.Call)
    return text if is_whole or text in ("None", "True", "False") else f"({text})"


def _parameters(node: Function) -> list[str]:
    names = [arg.arg for arg in [*node.args.posonlyargs, *node.args.args]]
    return names[1:] if names[:1] and names[0] in _OWNER else names


def _replaced(code: str, tree: ast.Module, meant: dict[str, str]) -> str:
    rows = [row.encode() for row in code.split("\n")]
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in meant]
    for node in sorted(names, key=lambda one: (one.lineno, one.col_offset), reverse=True):
        row, old = rows[node.lineno - 1], node.id.encode()
        if row[node.col_offset : node.col_offset + len(old)] != old:
            return code  # before Python 3.12 a name within an f-string does not say where it stands
        rows[node.lineno - 1] = row[: node.col_offset] + meant[node.id].encode() + row[node.col_offset + len(old) :]
    return b"\n".join(rows).decode()
