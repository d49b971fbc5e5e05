"""Which functions a code calls, and how many of them a plan names."""

from __future__ import annotations

import ast
import re
from collections import Counter

from planfirst_lab.parsing import parsed

_WORD = re.compile(r"\w+")


def calls(code: str) -> frozenset[str]:
    """The names that a code calls: of a dotted one the last part, so ``csv.DictReader(file)`` gives ``DictReader``.

    A bare name that the code binds itself (its own functions, parameters, variables) does not count, since a plan has
    no reason to know it. Empty when the code does not parse.
    """
    return frozenset(_counted(code))


def recall(code: str, plan: str, given: str = "") -> float | None:
    """The share of the calls of ``code`` that are named in ``plan`` as whole words; None when it makes no call.

    Args:
        given: the part of the code that is there before; a name counts if the code calls it oftener than this does.
    """
    wanted = (_counted(code) - _counted(given)).keys()
    if not wanted:
        return None
    return len(wanted & set(_WORD.findall(plan))) / len(wanted)


def top_names(code: str) -> list[str]:
    """The functions and classes that a code defines at its top, without those whose name begins with ``_``."""
    tree = parsed(code)
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    names = [node.name for node in tree.body if isinstance(node, kinds)] if tree else []
    return [name for name in names if not name.startswith("_")]


def _counted(code: str) -> Counter[str]:
    """How often a code calls each of its `calls`."""
    found: Counter[str] = Counter()
    tree = parsed(code)
    if tree is None:
        return found
    own = _bound(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                found[node.func.attr] += 1
            elif isinstance(node.func, ast.Name) and node.func.id not in own:
                found[node.func.id] += 1
    return found


def _bound(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names
