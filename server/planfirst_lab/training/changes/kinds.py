"""What an expression or a parameter holds, as far as a look at one function tells: a list, a text, a number."""

from __future__ import annotations

import ast
from typing import Literal

Kind = Literal["list", "text", "number", "truth", "dict", "none", "any"]

_CALLS: dict[str, Kind] = {
    **dict.fromkeys(
        ("sorted", "list", "split", "splitlines", "readlines", "findall", "glob", "items", "values"), "list"
    ),
    **dict.fromkeys(("str", "join", "strip", "lstrip", "rstrip", "lower", "upper", "title", "replace"), "text"),
    **dict.fromkeys(("format", "repr", "read", "decode", "basename", "dirname", "sub", "capitalize"), "text"),
    **dict.fromkeys(
        ("len", "sum", "round", "int", "float", "abs", "count", "index", "find", "sqrt", "floor"), "number"
    ),
    **dict.fromkeys(
        ("any", "all", "isinstance", "startswith", "endswith", "bool", "hasattr", "exists", "isfile"), "truth"
    ),
    **dict.fromkeys(("dict", "Counter", "defaultdict", "OrderedDict"), "dict"),
}
_HINTS: tuple[tuple[str, Kind], ...] = (
    ("list", "list"),
    ("List", "list"),
    ("Sequence", "list"),
    ("Iterable", "list"),
    ("str", "text"),
    ("int", "number"),
    ("float", "number"),
    ("bool", "truth"),
    ("dict", "dict"),
    ("Dict", "dict"),
    ("Mapping", "dict"),
)
_TEXTS = frozenset("strip split lower upper startswith endswith replace lstrip rstrip splitlines encode".split())  # noqa: SIM905


def kinds_of(function: ast.FunctionDef) -> dict[str, Kind]:
    """What each name in a function holds; names of which nothing is known are left out."""
    found: dict[str, Kind] = {}
    for arg in [*function.args.args, *function.args.kwonlyargs]:
        if arg.annotation is not None and (kind := hinted(arg.annotation)) != "any":
            found[arg.arg] = kind
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name not in found:
                if (kind := kind_of(value, found)) not in ("any", "none"):
                    found[name] = kind
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if attr in _TEXTS:
                found.setdefault(name, "text")
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append" | "extend")):
                found.setdefault(name, "list")
            case ast.For(iter=ast.Name(id=name)) | ast.comprehension(iter=ast.Name(id=name)):
                found.setdefault(name, "list")
            case ast.BinOp(op=ast.Mult() | ast.Sub() | ast.Div() | ast.Pow(), left=ast.Name(id=name)):
                found.setdefault(name, "number")
            case ast.Compare(left=ast.Name(id=name), comparators=[ast.Constant(value=int() | float())]):
                found.setdefault(name, "number")
            case _:
                pass
    return found


def hinted(node: ast.expr) -> Kind:
    """What a type hint says."""
    head = ast.unparse(node)
    return next((kind for word, kind in _HINTS if head == word or head.startswith(f"{word}[")), "any")


def kind_of(node: ast.expr, names: dict[str, Kind]) -> Kind:
    """What an expression gives."""
    match node:
        case ast.Constant(value=None):
            return "none"
        case ast.Constant(value=bool()) | ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return "truth"
        case ast.Constant(value=str()) | ast.JoinedStr():
            return "text"
        case ast.Constant(value=int() | float()):
            return "number"
        case ast.List() | ast.ListComp():
            return "list"
        case ast.Dict() | ast.DictComp():
            return "dict"
        case ast.Name(id=name):
            return names.get(name, "any")
        case ast.BinOp(op=ast.Sub() | ast.Mult() | ast.Div() | ast.FloorDiv() | ast.Pow()):
            return "number"
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            one, two = kind_of(left, names), kind_of(right, names)
            return one if one != "any" else two
        case ast.BinOp(op=ast.Mod(), left=left):
            return "text" if kind_of(left, names) == "text" else "number"
        case ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name)):
            return _CALLS.get(name, "any")
        case ast.Subscript(slice=ast.Slice(), value=value):
            return kind_of(value, names)
        case _:
            return "any"
