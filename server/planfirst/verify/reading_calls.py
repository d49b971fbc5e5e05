"""Calls in Python code that cannot work: the function they call stands in the same file and takes something else.

Only what is certain counts: functions that are bound once and have no decorators, methods called on ``self``, and
classes whose ``__init__`` stands in them. A function that calls itself whatever it is given never ends.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from planfirst.source.python import Function, names_bound
from planfirst.words import Message

_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_ENDS = ast.Return | ast.Raise | ast.Try | ast.TryStar | ast.With | ast.AsyncWith | ast.Assert
_PROPERTIES = frozenset(("property", "cached_property"))
_PLAIN = frozenset(("int", "float", "str", "bool", "bytes", "list", "dict", "set", "tuple"))
_LONGEST = 60  # characters of a call that are shown


def misfits(tree: ast.Module) -> Iterator[Message]:
    """What calls leave out, or pass without anything that takes it; in no order."""
    bound = Counter(name for node in ast.walk(tree) for name in names_bound(node))
    callees: dict[str, tuple[Function, bool]] = {}
    for node in tree.body:
        if isinstance(node, _FUNCTION) and _is_plain(node) and bound[node.name] == 1:
            callees[node.name] = (node, False)
        elif isinstance(node, ast.ClassDef) and bound[node.name] == 1 and (made := _maker(node)) is not None:
            callees[node.name] = (made, True)
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in callees:
            yield from _misfit(call, call.func.id, *callees[call.func.id])
    for owner in ast.walk(tree):
        if isinstance(owner, ast.ClassDef):
            yield from _of_self(owner)
            yield from _of_properties(owner)


def _of_properties(owner: ast.ClassDef) -> Iterator[Message]:
    """Properties that give a plain value and are called: on ``self``, and by themselves on another of their kind."""
    for node in owner.body:
        if not isinstance(node, _FUNCTION) or not _is_property(node) or not _gives_plain_value(node):
            continue
        within = {id(one) for one in ast.walk(node)}
        for call in ast.walk(owner):
            match call:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=of), attr=node.name), args=[], keywords=[]):
                    if of == "self" or id(call) in within:
                        shown = " ".join(ast.unparse(call).split())[:_LONGEST]
                        yield Message("code-property-called", call=shown, name=node.name)
                        break


def _is_property(node: Function) -> bool:
    return len(node.decorator_list) == 1 and ast.unparse(node.decorator_list[0]).rpartition(".")[2] in _PROPERTIES


def _gives_plain_value(node: Function) -> bool:
    said = node.returns.value if isinstance(node.returns, ast.Subscript) else node.returns
    return isinstance(said, ast.Name) and said.id in _PLAIN


def _of_self(owner: ast.ClassDef) -> Iterator[Message]:
    methods = Counter(name for node in owner.body for name in names_bound(node))
    set_later = {
        node.attr for node in ast.walk(owner) if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
    }
    plain = {
        node.name: node
        for node in owner.body
        if isinstance(node, _FUNCTION) and _is_plain(node) and methods[node.name] == 1 and node.name not in set_later
    }
    for node in plain.values():
        first = next((one.arg for one in [*node.args.posonlyargs, *node.args.args]), "")
        for call in ast.walk(node):
            name = _of(call, "self") if isinstance(call, ast.Call) and first == "self" else ""
            if isinstance(call, ast.Call) and name in plain:
                yield from _misfit(call, name, plain[name], True)


def _of(call: ast.Call, owner: str) -> str:
    """The method that is called on a name; empty for another call."""
    match call.func:
        case ast.Attribute(value=ast.Name(id=name), attr=method) if name == owner:
            return method
    return ""


def _is_plain(node: Function) -> bool:
    return not node.decorator_list


def _maker(node: ast.ClassDef) -> Function | None:
    """The ``__init__`` of a class that is made as usual."""
    if node.decorator_list or node.keywords or any(getattr(one, "name", "") == "__new__" for one in node.body):
        return None
    found = [one for one in node.body if isinstance(one, _FUNCTION) and one.name == "__init__" and _is_plain(one)]
    return found[0] if len(found) == 1 else None


def endless(function: Function, owner: ast.ClassDef | None) -> bool:
    """Whether a function calls itself before anything can end it."""
    inner = [node for part in (function.args, *function.body) for node in ast.walk(part)]
    if function.decorator_list or any(isinstance(node, ast.Yield | ast.YieldFrom) for node in inner):
        return False
    if any(function.name in names_bound(node) for node in inner):
        return False  # that is what it calls
    for statement in function.body:
        for node in _always(statement):
            if isinstance(node, ast.Call) and _is_itself(node.func, function.name, owner):
                return True
        if any(isinstance(node, _ENDS) for node in ast.walk(statement)):
            return False
    return False


def _is_itself(callee: ast.expr, name: str, owner: ast.ClassDef | None) -> bool:
    match callee:
        case ast.Name(id=called):
            return owner is None and called == name
        case ast.Attribute(value=ast.Name(id="self"), attr=called):
            return owner is not None and not owner.bases and called == name
    return False


def _always(node: ast.AST) -> Iterator[ast.AST]:
    """A node and those within that are evaluated whenever it is."""
    yield node
    match node:
        case ast.If(test=first) | ast.While(test=first) | ast.IfExp(test=first) | ast.Match(subject=first):
            parts: list[ast.AST] = [first]
        case ast.For(iter=first) | ast.BoolOp(values=[first, *_]):
            parts = [first]
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            parts = [node.generators[0].iter]
        case ast.Compare():
            parts = [node.left, node.comparators[0]]
        case ast.Lambda() | ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.Try() | ast.TryStar():
            parts = []
        case _:
            parts = list(ast.iter_child_nodes(node))
    for part in parts:
        yield from _always(part)


def _misfit(call: ast.Call, name: str, function: Function, has_self: bool) -> Iterator[Message]:
    """The first thing wrong with the arguments of a call."""
    args = function.args
    if any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords):
        return
    by_place = [one.arg for one in [*args.posonlyargs, *args.args]][has_self:]
    by_name = {one.arg for one in [*args.args, *args.kwonlyargs]}
    given = [str(one.arg) for one in call.keywords]
    shown = " ".join(ast.unparse(call).split())[:_LONGEST]
    if len(call.args) > len(by_place) and args.vararg is None:
        yield Message("code-too-many-arguments", call=shown, name=name)
        return
    for one in given:
        if args.kwarg is None and (one not in by_name or one in by_place[: len(call.args)]):
            yield Message("code-unknown-argument", call=shown, name=name, parameter=one)
            return
    needed = by_place[: len(by_place) - len(args.defaults)] if args.defaults else by_place
    needed = needed[len(call.args) :]
    needed += [one.arg for one, default in zip(args.kwonlyargs, args.kw_defaults, strict=True) if default is None]
    for one in needed:
        if one not in given:
            yield Message("code-missing-argument", call=shown, name=name, parameter=one)
            return
