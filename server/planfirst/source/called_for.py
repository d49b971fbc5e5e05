"""The header that a file itself asks for: it calls a function that nothing defines yet, and the request speaks of it.

If you write from the top down, ``main`` calls ``count_levels(Path(path))`` before that function is there. Its name and
the number of its parameters are settled then, and an answer that begins with them fits the call.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence

from planfirst.source import lines as lined
from planfirst.source.example_names import bound_names
from planfirst.source.parameter_names import KINDS, numbered
from planfirst.source.python import enclosing, parses
from planfirst.source.surroundings import words_of

_ENOUGH = 0.5  # of the words in a name are in the request
_NODES: dict[type[ast.expr], str] = {ast.List: "items", ast.ListComp: "items", ast.GeneratorExp: "items"}
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


def called_for(request: str, text: str, first: int, last: int, indent: str) -> str:
    """The header as the first line of Python code, flush left; empty where the file asks for none.

    Args:
        first, last: the rows of the request in the file, from zero.
        indent: of the code that will stand below it.
    """
    tree = parses(text)
    if tree is None or not _stands_alone(text, first, last):
        return ""
    around = enclosing(tree, last + 1, len(indent))
    owner = around[-1] if around else None
    if isinstance(owner, _FUNCTION):
        return ""
    calls = list(_of_self(owner) if isinstance(owner, ast.ClassDef) else _free(tree, last))
    said = words_of(request)
    names = {_name(call) for call in calls}
    rated = sorted(((_share(name, said), name) for name in names), reverse=True)
    if not rated or rated[0][0] < _ENOUGH or (len(rated) > 1 and rated[1][0] == rated[0][0]):
        return ""
    return _header(rated[0][1], [call for call in calls if _name(call) == rated[0][1]], tree, owner)


def _stands_alone(text: str, first: int, last: int) -> bool:
    """Whether the request is a comment of its own rows, with nothing directly below: else it speaks of that."""
    rows = lined.split(text)
    below = rows[last + 1] if last + 1 < len(rows) else ""
    return rows[first].lstrip().startswith("#") and not below.strip()


def _free(tree: ast.Module, last: int) -> Iterator[ast.Call]:
    """The calls of what nothing in the file binds, where a function below the request can still be reached."""
    known = {*bound_names(tree), *dir(builtins)}
    if "*" in known:
        return
    late = {id(node) for function in ast.walk(tree) if isinstance(function, _FUNCTION) for node in ast.walk(function)}
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name not in known and (id(node) in late or node.lineno > last + 1):
                yield node


def _of_self(owner: ast.ClassDef) -> Iterator[ast.Call]:
    """The calls of methods that a class without bases does not have."""
    if owner.bases or owner.keywords or owner.decorator_list:
        return
    own = [node for node in ast.walk(owner) if isinstance(node, ast.Attribute) and _is_self(node.value)]
    known = {*(node.attr for node in own if not isinstance(node.ctx, ast.Load)), "__getattr__"}
    known |= {name for node in owner.body for name in bound_names(node)}
    for node in ast.walk(owner):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)) if name not in known:
                yield node


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _share(name: str, said: frozenset[str]) -> float:
    """How many of the words in a name the request says."""
    words = words_of(name)
    return len(words & said) / len(words) if words else 0.0


def _header(name: str, calls: Sequence[ast.Call], tree: ast.Module, owner: ast.AST | None) -> str:
    call = max(calls, key=lambda call: len(call.args) + len(call.keywords))
    if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
        return ""
    names = ["self"] if owner is not None else []
    names += numbered([*map(_parameter, call.args), *(str(one.arg) for one in call.keywords)])
    waited = any(isinstance(node, ast.Await) and node.value in calls for node in ast.walk(tree))
    made = f"{'async def' if waited else 'def'} {name}({', '.join(names)}):"
    return made if parses(f"{made}\n    pass\n") is not None else ""


def _parameter(given: ast.expr) -> str:
    """What a parameter is called that takes this argument."""
    match given:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lower()
        case ast.Subscript(slice=ast.Constant(value=str(name))) if name.isidentifier():
            return name.lower()
        case ast.Call(func=ast.Name(id=name)) if name[:1].isupper():
            return name.lower()
        case ast.Constant(value=value):
            return KINDS.get(type(value), "value")
        case ast.JoinedStr():
            return "text"
    return _NODES.get(type(given), "value")
