"""Renames generated code to what the file or the examples ask for, if nothing else is wrong with it."""

from __future__ import annotations

import ast

from planfirst.source.python import parses
from planfirst.source.renaming import renamed


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
    own = tuple(arg.arg for arg in [*chosen.args.posonlyargs, *chosen.args.args])
    if parameters is not None and len(own) != len(parameters):
        return None
    changed = renamed(code, tree, chosen, name, dict(zip(own, parameters or own, strict=True)))
    return None if changed == code else changed
