"""Whether two functions' parameters take the same kind of values, judging by the text of their annotations."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from planfirst.source.python import Function

_KINDS = {
    "text": "str LiteralString Text AnyStr",
    "number": "int float complex Decimal Fraction Number Real Integral SupportsFloat SupportsInt bool",
    "bytes": "bytes bytearray memoryview",
    "path": "Path PurePath PosixPath",
    "mapping": "dict Dict Mapping MutableMapping OrderedDict defaultdict Counter",
    "set": "set Set frozenset FrozenSet AbstractSet MutableSet",
    "items": "list List tuple Tuple Sequence Iterable Iterator Collection MutableSequence deque",
    "function": "Callable",
}
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names.split()}


def conflict(one: Function, other: Function, pairs: Iterable[tuple[str, str]]) -> bool:
    """Whether parameters that stand for each other are annotated as values of different kinds."""
    first, second = kinds(one), kinds(other)
    return any(first.get(a, "") != second.get(b, "") and a in first and b in second for a, b in pairs)


def kinds(function: Function) -> dict[str, str]:
    """The kind of value that each parameter is annotated with, where that is known."""
    named = [node for node in ast.walk(function.args) if isinstance(node, ast.arg) and node.annotation is not None]
    found = {node.arg: _kind(node.annotation) for node in named if node.annotation is not None}
    return {name: kind for name, kind in found.items() if kind}


def _kind(annotation: ast.expr) -> str:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return _KIND_OF.get(annotation.value.partition("[")[0], "")
    if isinstance(annotation, ast.Subscript):
        annotation = annotation.value
    name = annotation.attr if isinstance(annotation, ast.Attribute) else getattr(annotation, "id", "")
    return _KIND_OF.get(name, "")
