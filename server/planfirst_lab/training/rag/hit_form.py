"""How a hit stands in a prompt: as its code, or as the call that its signature asks for.

A small model that copies its example can answer with a call only if it is shown one. A signature with hints and
defaults is no such thing: what is to be left out of it would have to be known before it is written.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Callable, Sequence

from planfirst.core.errors import BadSetting
from planfirst_lab.parsing import parsed
from planfirst_lab.training.rag.symbols import FunctionNode, call_text, required

FORMS = ("call", "code")
Counter = Callable[[Sequence[str]], Sequence[int]]


def call_of(code: str) -> str | None:
    """The shortest call of the function or class that a code defines, each parameter given by a variable of its name.

    A method is called on ``self``, or on ``cls``. None if the code defines something else, or cannot be parsed.
    """
    tree = parsed(textwrap.dedent(code))
    node = tree.body[0] if tree else None
    if isinstance(node, ast.ClassDef):
        makers = [part for part in node.body if isinstance(part, ast.FunctionDef) and part.name == "__init__"]
        return call_text(node.name, required(makers[0])[1:] if makers else ())
    if not isinstance(node, FunctionNode):
        return None
    needed = required(node)
    of_class = any(isinstance(each, ast.Name) and each.id == "classmethod" for each in node.decorator_list)
    if needed and (needed[0] == "self" or of_class):
        return f"{needed[0]}.{call_text(node.name, needed[1:])}"
    return call_text(node.name, needed)


class HitForm:
    """Shows codes in one form.

    Args:
        form: ``call`` or ``code``.
        most: tokens of one code; what is longer loses its last lines.
        count: the tokens of each of some lines.

    Raises:
        BadSetting: there is no such form.
    """

    def __init__(self, form: str, most: int, count: Counter) -> None:
        if form not in FORMS:
            raise BadSetting(
                "plain",
                what=f"The configuration names the form {form!r}, which there is not.",
                next="Use call or code.",
            )
        self._form, self._most, self._count = form, most, count

    def text(self, code: str) -> str:
        """What stands in the prompt; where no call can be made of a code, as much of it as its first line."""
        if self._form == "call":
            return call_of(code) or next(iter(code.strip().splitlines()), "")
        lines = code.split("\n")
        lengths = [length + 1 for length in self._count(lines)]
        while len(lines) > 1 and sum(lengths[: len(lines)]) > self._most:
            lines.pop()
        return "\n".join(lines)
