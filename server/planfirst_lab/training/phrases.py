"""Puts expressions into words: values, conditions, and the calls in a block. It knows nothing of plans."""

from __future__ import annotations

import ast
import random
from collections.abc import Sequence

_LONGEST = 56  # characters of an expression that is quoted as it stands
_NAMES = {"None": "None", "True": "true", "False": "false"}
_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Eq: "equals",
    ast.NotEq: "differs from",
    ast.Lt: "is less than",
    ast.LtE: "is at most",
    ast.Gt: "is greater than",
    ast.GtE: "is at least",
    ast.In: "is in",
    ast.NotIn: "is not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}


class Phrases:
    """Words for expressions, varied by a random source."""

    def __init__(self, random_: random.Random) -> None:
        self.pick = random_.choice
        self.chance = random_.random

    def using(self, body: Sequence[ast.stmt]) -> str:
        calls = self.calls(body)
        return f", {self.pick(('using', 'with'))} {calls}" if calls else ""

    def calls(self, body: Sequence[ast.stmt]) -> str:
        """The names of at most four calls in a block."""
        names: dict[str, None] = {}
        for statement in body:
            for node in ast.walk(statement):
                if isinstance(node, ast.Call) and (name := _name(node.func)):
                    names[name] = None
        return _listed(list(names)[:4])

    def called(self, value: ast.expr) -> str:
        return _name(value.func) or "an error" if isinstance(value, ast.Call) else self.value(value)

    def value(self, node: ast.expr) -> str:
        """An expression in words; short ones are quoted as they stand."""
        match node:
            case (
                ast.ListComp(elt=elt, generators=[part])
                | ast.SetComp(elt=elt, generators=[part])
                | ast.GeneratorExp(elt=elt, generators=[part])
            ):
                kind = {ast.ListComp: "a list of ", ast.SetComp: "a set of "}.get(type(node), "")
                return f"{kind}{self.value(elt)} for each {self.part(part)}"
            case ast.DictComp(key=key, value=value, generators=[part]):
                return f"a dict from {self.value(key)} to {self.value(value)} for each {self.part(part)}"
            case ast.Call(func=func, args=args) if (name := _name(func)) and args:
                quoted = ast.unparse(node)
                if len(quoted) <= _LONGEST and self.chance() < 0.35:
                    return quoted
                told = " and ".join(self.value(arg) for arg in args[:2])
                return f"{name} {self.pick(('of', 'on', 'with'))} {told}" if len(told) <= 2 * _LONGEST else name
            case ast.Call(func=func):
                return _name(func) or "a call"
            case ast.Await(value=inner):
                return self.value(inner)
            case ast.Dict() if len(ast.unparse(node)) > _LONGEST:
                return "a dict with the results"
            case ast.Tuple(elts=elts) if elts:
                return _listed([self.value(item) for item in elts[:4]])
            case ast.Lambda():
                return "a small function"
            case ast.JoinedStr():
                return self.pick(("a formatted text", "a text put together from its parts"))
            case ast.Constant() if isinstance(node.value, str) and len(node.value) > 24:
                return "a text"
            case _:
                quoted = " ".join(ast.unparse(node).split())
                return _NAMES.get(quoted, quoted) if len(quoted) <= _LONGEST else self.summary(node)

    def summary(self, node: ast.expr) -> str:
        calls = self.calls([ast.Expr(node)])
        return f"the result of {calls}" if calls else "the combined value"

    def part(self, part: ast.comprehension) -> str:
        text = f"{ast.unparse(part.target).strip('()')} in {self.value(part.iter)}"
        return f"{text} where {self.test(part.ifs[0])}" if part.ifs else text

    def test(self, node: ast.expr) -> str:
        """A condition in words."""
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                if isinstance(right, ast.Constant) and right.value is None and isinstance(op, ast.Is):
                    return f"{self.value(left)} is {self.pick(('None', 'missing'))}"
                return f"{self.value(left)} {_COMPARED[type(op)]} {self.value(right)}"
            case ast.BoolOp(op=op, values=values):
                link = " and " if isinstance(op, ast.And) else " or "
                return link.join(self.test(value) for value in values[:3])
            case ast.UnaryOp(op=ast.Not(), operand=ast.Name() as name):
                return f"{name.id} is {self.pick(('empty', 'false', 'not set'))}"
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return f"not {self.test(operand)}"
            case ast.Call(func=ast.Name(id="isinstance"), args=[value, kind]):
                return f"{self.value(value)} is a {ast.unparse(kind).strip('()')} by isinstance"
            case _:
                return self.value(node)


def _name(func: ast.expr) -> str:
    """``re.sub`` for a plain dotted name, ``strip`` for a method of something longer."""
    if isinstance(func, ast.Name):
        return func.id
    if isinstance(func, ast.Attribute):
        if isinstance(func.value, ast.Name):
            return f"{func.value.id}.{func.attr}"
        if isinstance(func.value, ast.Attribute) and isinstance(func.value.value, ast.Name):
            return f"{func.value.value.id}.{func.value.attr}.{func.attr}"
        return func.attr
    return ""


def _listed(items: Sequence[str]) -> str:
    return f"{', '.join(items[:-1])} and {items[-1]}" if len(items) > 1 else "".join(items)
