"""What a parameter is called, where only an argument for it is known."""

from __future__ import annotations

import ast
from collections.abc import Sequence

KINDS = {str: "text", int: "number", float: "number", bytes: "data", bool: "flag", dict: "mapping"}


def numbered(names: Sequence[str]) -> list[str]:
    """The names, with numbers behind those that came before."""
    return [name if not (seen := names[:n].count(name)) else f"{name}{seen + 1}" for n, name in enumerate(names)]


def called_with(call: ast.Call) -> str | None:
    """The parameters of a function that is called with literals, named after their kinds; None if one is no literal."""
    if any(one.arg is None for one in call.keywords):
        return None
    try:
        given = [ast.literal_eval(one) for one in call.args]
        for one in call.keywords:
            ast.literal_eval(one.value)
    except (ValueError, TypeError, RecursionError, MemoryError):
        return None
    names = [KINDS.get(type(one), "items" if isinstance(one, list | tuple | set) else "value") for one in given]
    return ", ".join((*numbered(names), *(str(one.arg) for one in call.keywords)))
