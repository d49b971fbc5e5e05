"""How Python calls what an opened folder declares: what a small model copies best is a call."""

from __future__ import annotations

import ast
import re

from planfirst.core.types import Declaration

_MOST_FIELDS = 8
_OWN = ("self", "cls", "mcs", "klass")


def receiver_of(kind: str, header: str) -> str:
    """What an instance of a type is called in a call: as the parameter of that type is, or like the type."""
    found = re.search(rf"(\w+)\s*:\s*['\"]?(?:\w+\.)*{re.escape(kind)}\b", header)
    return found[1] if found else re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower()


def call_of(one: Declaration, receiver: str) -> str:
    """A function or method as it is called, with its parameters and what it returns; empty where it cannot be read.

    Args:
        receiver: what an instance of its type is called.
    """
    try:
        (node,) = ast.parse(f"{one.code}: ...").body
    except (SyntaxError, ValueError):
        return ""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return ""
    decorators = {ast.unparse(one) for one in node.decorator_list}
    kind = one.owner.rpartition(".")[2]
    returned = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    if kind and "staticmethod" not in decorators:
        first = node.args.posonlyargs or node.args.args
        if not first or first[0].arg not in _OWN:
            return ""  # a function in a method, which nobody else can call
        del first[0]
    if any(name.endswith("property") for name in decorators):
        return f"{receiver}.{node.name}{returned}"
    arguments = ast.unparse(node.args).removeprefix("/, ")
    waits = "await " if isinstance(node, ast.AsyncFunctionDef) else ""
    if not kind:
        return f"{waits}{node.name}({arguments}){returned}"
    if node.name == "__init__":
        return f"{kind}({arguments})"
    of = kind if decorators & {"classmethod", "staticmethod"} else receiver
    return f"{waits}{of}.{node.name}({arguments}){returned}"


def fields_of(one: Declaration, receiver: str) -> list[str]:
    """The public fields of a type, as they are read."""
    try:
        (node,) = ast.parse(one.code).body
    except (SyntaxError, ValueError):
        return []
    if not isinstance(node, ast.ClassDef):
        return []
    fields = [
        f"{receiver}.{part.target.id}: {ast.unparse(part.annotation)}"
        for part in node.body
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name) and not part.target.id.startswith("_")
    ]
    return fields[:_MOST_FIELDS]
