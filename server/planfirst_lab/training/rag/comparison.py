"""Compares an answer with the call that was wanted."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from planfirst_lab.evaluation.calls import calls
from planfirst_lab.parsing import parsed


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is right about an answer.

    Attributes:
        exact: it is the wanted expression, but for layout.
        calls: it calls just the functions that the wanted one calls.
        named: the wanted function's name is in it, called or defined, also in an answer that does not parse.
        exists: it calls something, and all that it calls is defined in the repository or built in.
    """

    exact: bool
    calls: bool
    named: bool
    exists: bool


def compared(answer: str, wanted: str, name: str, names: frozenset[str]) -> Comparison:
    """Compares an answer with what was wanted.

    Args:
        name: of the function that is asked for.
        names: all that exist in the repository at that moment.
    """
    named = re.search(rf"\b{re.escape(name)}\b", answer) is not None
    tree = parsed(answer)
    if tree is None:
        return Comparison(False, False, named, False)
    called = calls(answer)
    return Comparison(
        exact=_expression(tree) == _expression(ast.parse(wanted)),
        calls=called == calls(wanted),
        named=named,
        exists=bool(called) and called <= names,
    )


def _expression(tree: ast.Module) -> str | None:
    if len(tree.body) != 1 or not isinstance(tree.body[0], ast.Expr):
        return None
    return ast.dump(tree.body[0].value)
