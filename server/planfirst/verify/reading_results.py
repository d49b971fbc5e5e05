"""Python functions that say what they give back, in their header or docstring, and give nothing back."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from planfirst.source.python import Function, docstring_of
from planfirst.words import Message

_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_SCOPES = _FUNCTION | ast.Lambda | ast.ClassDef
_SAYS = re.compile(r"\s*(return|yield)s?\b", re.IGNORECASE)
_MAY_BE_NOTHING = re.compile(r"\b(?:None|Optional|NoReturn|Never|Any|object)\b")


def without_result(node: Function) -> Message | None:
    """What is missing: a ``return`` with a value, or a ``yield``; None where nothing is, or nothing was said."""
    own = list(_own(node))
    if (
        node.name == "__init__"
        or any(isinstance(one, ast.Yield | ast.YieldFrom) for one in own)
        or isinstance(node.body[-1], ast.Raise | ast.Assert)
    ):
        return None
    gives = any(isinstance(one, ast.Return) and one.value is not None for one in own)
    doc = docstring_of(node)
    said = _SAYS.match(str(getattr(doc.value, "value", ""))) if doc is not None else None
    if said and said[1].lower() == "yield" and not gives:
        return Message("code-no-result", name=node.name, what="yield")
    note = ast.unparse(node.returns) if node.returns is not None else ""
    promises = bool(note) and not _MAY_BE_NOTHING.search(note)
    if not gives and (promises or (said and said[1].lower() == "return" and not note)):
        return Message("code-no-result", name=node.name, what="return")
    return None


def _own(node: Function) -> Iterator[ast.AST]:
    """The nodes of a function that are not in a function or class of its own."""
    stack: list[ast.AST] = list(node.body)
    while stack:
        one = stack.pop()
        yield one
        if not isinstance(one, _SCOPES):
            stack += ast.iter_child_nodes(one)
