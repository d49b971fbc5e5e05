"""Broken versions of a right answer, to see whether tests can fail at all."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable

from planfirst_lab.parsing import parsed

_SWAPS: dict[type[ast.AST], Callable[[], ast.AST]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.Mod: ast.Add,
    ast.Lt: ast.GtE, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


def empty(code: str) -> str:
    """The code with every function's body left out."""
    tree = _tree(code)
    for node in ast.walk(tree):
        if isinstance(node, _FUNCTIONS):
            node.body = [ast.Pass()]
    return ast.unparse(ast.fix_missing_locations(tree))


def broken(code: str, count: int, seed: int) -> list[str]:
    """Up to ``count`` versions with one change each: a wrong constant, a wrong operator, or a result left out."""
    places = _places(_tree(code))
    found: dict[str, None] = {}
    plain = ast.unparse(_tree(code))
    for n in random.Random(seed).sample(range(places), places):  # noqa: S311 - repeatable, not secret
        tree = _tree(code)
        _break(tree, n)
        text = ast.unparse(ast.fix_missing_locations(tree))
        if text != plain:
            found[text] = None
        if len(found) == count:
            break
    return list(found)


def _tree(code: str) -> ast.Module:
    tree = parsed(code)
    if tree is None:
        raise ValueError("the code does not parse")
    return tree


def _sites(tree: ast.Module) -> list[ast.AST]:
    """What can be broken: not docstrings, nor what stands in a decorator or in a hint."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        hints = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        for part in (*hints, *getattr(node, "decorator_list", [])):
            skipped |= {id(inner) for inner in ast.walk(part)} if part is not None else set()
    kinds = (ast.Constant, ast.BinOp, ast.AugAssign, ast.Compare, ast.BoolOp, ast.Return)
    return [node for node in ast.walk(tree) if isinstance(node, kinds) and id(node) not in skipped]


def _places(tree: ast.Module) -> int:
    return len(_sites(tree))


def _break(tree: ast.Module, n: int) -> None:
    node = _sites(tree)[n]
    match node:
        case ast.Constant(value=bool(value)):
            node.value = not value
        case ast.Constant(value=int(value)) | ast.Constant(value=float(value)):
            node.value = value + 1
        case ast.Constant(value=str(value)):
            node.value = f"{value}x" if value else "x"
        case ast.Constant(value=bytes(value)):
            node.value = value + b"x"
        case ast.BinOp() | ast.AugAssign() | ast.BoolOp():
            swap = _SWAPS.get(type(node.op))
            node.op = swap() if swap else node.op  # type: ignore[assignment]
        case ast.Compare():
            swap = _SWAPS.get(type(node.ops[0]))
            node.ops[0] = swap() if swap else node.ops[0]  # type: ignore[call-overload]
        case ast.Return():
            node.value = ast.Constant(None)
        case _:
            pass
