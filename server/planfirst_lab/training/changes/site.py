"""One function that a change is made in, with what the changes need to find their place and their words."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from planfirst_lab.training.changes import ways
from planfirst_lab.training.changes.kinds import Kind, kind_of, kinds_of
from planfirst_lab.training.steps import Writer

_T = TypeVar("_T")
_Node = TypeVar("_Node", bound=ast.AST)
_NUMBERS = dict(enumerate("no one two three four five six seven eight nine ten".split()))  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Step:
    """What a plan says of a change.

    Attributes:
        new: the step that asks for it, without its period.
        gone: the step that it replaces; empty where the change adds something.
    """

    new: str
    gone: str = ""


class Site:
    """A function that may be written into.

    Args:
        function: changed in place by whoever gets the site.
        random_: the source of every choice.
    """

    def __init__(self, function: ast.FunctionDef, random_: random.Random) -> None:
        self.function, self.random = function, random_
        self.kinds = kinds_of(function)
        self._writer = Writer(random_)

    def pick(self, *choices: str) -> str:
        return self.random.choice(choices)

    def kind(self, node: ast.expr) -> Kind:
        return kind_of(node, self.kinds)

    def way(self, table: str, /, *kinds: str, **given: object) -> tuple[str, str]:
        """One way of a table of ``ways.toml``: the code, and what is said of it.

        Args:
            given: what stands there for names, beside a number.
        """
        count, word = self.number(2, 10)
        numbers = {"count": count, "word": word, "ten": 10 * count, "four": 4 * count}
        code, phrases = self.random.choice(ways.ways(table, kinds, **numbers, **given))
        return code, self.pick(*phrases)

    def given(self) -> tuple[str, str]:
        """Something that may be given back early, as code and in words."""
        code, phrases = self.random.choice(list(ways.plain("given").items()))
        return code, self.pick(*phrases)

    def any_of(self, found: Iterator[_T] | Sequence[_T]) -> _T | None:
        """One of some places, or None where there is none."""
        every = list(found)
        return self.random.choice(every) if every else None

    def nodes(self, kind: type[_Node]) -> list[_Node]:
        """All of a kind in the body, in no order that means anything."""
        return [node for part in self.body for node in ast.walk(part) if isinstance(node, kind)]

    @property
    def body(self) -> list[ast.stmt]:
        """The statements without the docstring."""
        first = self.function.body[0]
        is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
        return self.function.body[1:] if is_text else self.function.body

    def at_start(self, *statements: str) -> None:
        """Puts statements at the beginning of the body."""
        where = len(self.function.body) - len(self.body)
        self.function.body[where:where] = [one for text in statements for one in ast.parse(text).body]

    def before(self, node: ast.stmt, *statements: str) -> None:
        """Puts statements before one of the function's."""
        block = self.block_of(node)
        where = block.index(node)
        block[where:where] = [one for text in statements for one in ast.parse(text).body]

    def block_of(self, node: ast.stmt) -> list[ast.stmt]:
        """The statements among which one stands."""
        for part in ast.walk(self.function):
            for name in ("body", "orelse", "finalbody"):
                block = getattr(part, name, None)
                if isinstance(block, list) and any(one is node for one in block):
                    return block
        raise ValueError("the statement is not in the function")

    def statement_of(self, node: ast.AST) -> ast.stmt:
        """The innermost simple statement, or head of a block, that holds a node."""
        holding = [one for one in ast.walk(self.function) if isinstance(one, ast.stmt) and one is not self.function]
        inner = [one for one in holding if any(part is node for part in ast.walk(one))]
        return inner[-1]

    def replace(self, old: ast.expr, new: str | ast.expr) -> None:
        """Puts another expression where one stands."""
        made = ast.parse(new, mode="eval").body if isinstance(new, str) else new
        for part in ast.walk(self.function):
            for name, value in ast.iter_fields(part):
                if value is old:
                    setattr(part, name, made)
                    return
                if isinstance(value, list) and any(one is old for one in value):
                    value[[one is old for one in value].index(True)] = made
                    return
        raise ValueError("the expression is not in the function")

    def told(self, node: ast.stmt) -> str:
        """A statement in words, beginning with a small letter; empty where there are none for it."""
        return self._writer.statement(node)

    def test(self, node: ast.expr) -> str:
        """A condition in words."""
        return self._writer.test(node)

    def worded(self, name: str) -> str:
        """A name as people say it."""
        plain = name.strip("_").replace("_", " ")
        return self.pick(plain, f"the {plain}") if len(plain) > 1 else name

    def number(self, low: int, high: int) -> tuple[int, str]:
        """A number and how it is written in a sentence."""
        value = self.random.randint(low, high)
        return value, self.pick(str(value), _NUMBERS.get(value, str(value)))

    def fresh(self, *names: str) -> str | None:
        """The first of some names that the function does not use."""
        used = {node.id for node in ast.walk(self.function) if isinstance(node, ast.Name)}
        used |= {arg.arg for arg in ast.walk(self.function) if isinstance(arg, ast.arg)}
        return next((name for name in names if name not in used), None)

    def params(self, *kinds: Kind) -> list[str]:
        """The parameters that hold one of some kinds."""
        names = [arg.arg for arg in [*self.function.args.args, *self.function.args.kwonlyargs]]
        return [name for name in names if name not in ("self", "cls") and self.kinds.get(name, "any") in kinds]

    def last_return(self) -> ast.Return | None:
        """The return at the end of the body, if it gives something."""
        last = self.body[-1] if self.body else None
        return last if isinstance(last, ast.Return) and last.value is not None else None
