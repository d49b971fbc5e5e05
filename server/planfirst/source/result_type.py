"""The type of a function's result, as its examples show it."""

from __future__ import annotations

import ast
import doctest
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Any

from planfirst.source.examples import Check
from planfirst.source.python import parses

_MOST_PARTS = 3  # of a tuple that is a record; more are a sequence


def result_type(checks: Sequence[Check], name: str) -> str:
    """What the results of the calls of ``name`` have in common, as a Python annotation; empty if that is nothing."""
    kinds = [_kind(value) for check in checks for value in _results(check, name)]
    common = reduce(_both, kinds) if kinds else ""
    return "" if common == "None" else common


def _results(check: Check, name: str) -> Iterator[Any]:
    """The results that are literals, of the calls that are the whole of an example."""
    if check.kind == "value":
        pairs = [(check.call, check.expected)]
    elif check.kind == "doctest":
        pairs = [(one.source, one.want) for one in doctest.DocTestParser().get_examples(check.text)]
    else:
        tree = parses(check.text) if check.kind == "assert" else None
        only = tree.body[0].test if tree and isinstance(tree.body[0], ast.Assert) else None
        pairs = []
        if isinstance(only, ast.Compare) and isinstance(only.ops[0], ast.Eq):
            pairs = [(ast.unparse(only.left), ast.unparse(only.comparators[0]))]
    for call, wanted in pairs:
        tree = parses(call)
        node = tree.body[0] if tree and len(tree.body) == 1 else None
        whole = node.value if isinstance(node, ast.Expr) else None
        if isinstance(whole, ast.Call) and isinstance(whole.func, ast.Name) and whole.func.id == name:
            try:
                yield ast.literal_eval(wanted.strip())
            except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
                continue


def _kind(value: Any) -> str:
    if value is None:
        return "None"
    named = type(value).__name__
    if isinstance(value, tuple):
        return f"tuple[{', '.join(map(_kind, value))}]" if 0 < len(value) <= _MOST_PARTS else named
    if isinstance(value, dict):
        key, kept = _all(value), _all(value.values())
        return f"dict[{key}, {kept}]" if key and kept else named
    if isinstance(value, list | set):
        part = _all(value)
        return f"{named}[{part}]" if part else named
    return named


def _all(values: Any) -> str:
    kinds = [_kind(value) for value in values]
    return reduce(_both, kinds) if kinds else ""


def _both(one: str, other: str) -> str:
    """The type that covers both; empty for none that says anything."""
    if one == other or not one or not other:
        return one if one == other else ""
    if {one, other} == {"int", "float"}:
        return "float"
    if "None" in (one, other):
        return f"{other if one == 'None' else one} | None"
    bare, full = sorted((one, other), key=len)
    return full if full.partition("[")[0] == bare else ""
