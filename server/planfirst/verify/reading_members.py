"""Attributes that a method takes from its own object, though nothing gives its class any of that name."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping

from planfirst.source.python import Function, names_bound
from planfirst.words import Message

_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_PLAIN_DECORATORS = frozenset(("dataclass", "total_ordering", "final"))
_PLAIN_BASES = frozenset(("ABC", "Generic"))
_SETS_BY_NAME = frozenset(("setattr", "vars", "exec", "globals"))
_ANSWERS_TO_ALL = frozenset(("__getattr__", "__getattribute__"))
_OF_ALL = frozenset(dir(type))


def unknown_members(old: ast.Module | None, tree: ast.Module) -> Iterator[Message]:
    """Attributes of ``self`` that a class lacks.

    A class that other files derive from, a mixin above all, leaves some to these. So nothing is said of one that has
    lacked some before, nor of one that another class of the file derives from.

    Args:
        old, tree: the file without and with the generated code.
    """
    lacked = _lacking(old) if old is not None else {}
    for owner, names in _lacking(tree).items():
        if owner not in lacked:
            yield from (Message("code-no-member", owner=owner, name=name) for name in names)


def _lacking(tree: ast.Module) -> dict[str, list[str]]:
    """By class, the attributes that its methods take from their object and that nothing in the file sets."""
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    if names & _SETS_BY_NAME or any(node.attr == "__dict__" for node in attributes):
        return {}
    given = {node.attr for node in attributes if not isinstance(node.ctx, ast.Load)}
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    bases = {_name(base) for owner in classes.values() for base in owner.bases}
    found = {}
    for owner in classes.values():
        members = _members(owner, classes) if owner.name not in bases else None
        if members is not None:
            found[owner.name] = [name for name in dict.fromkeys(_taken(owner)) if name not in members | given]
    return {name: lacking for name, lacking in found.items() if lacking}


def _taken(owner: ast.ClassDef) -> Iterator[str]:
    for method in owner.body:
        if isinstance(method, _FUNCTION) and (itself := _itself(method)):
            for node in ast.walk(method):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == itself:
                    yield node.attr


def _itself(method: Function) -> str:
    """What a method calls its object, or its class; empty where it calls it nothing."""
    given = [*method.args.posonlyargs, *method.args.args]
    return given[0].arg if given and given[0].arg in ("self", "cls") else ""


def _members(owner: ast.ClassDef, classes: Mapping[str, ast.ClassDef], depth: int = 8) -> set[str] | None:
    """The names in a class and its bases; None where it may have others."""
    if owner.keywords or depth == 0 or not all(_name(one) in _PLAIN_DECORATORS for one in owner.decorator_list):
        return None
    found = {name for node in owner.body for one in _own(node) for name in names_bound(one)}
    if found & _ANSWERS_TO_ALL:
        return None
    found |= {name for node in owner.body for name in _slots(node)} | _OF_ALL
    for base in owner.bases:
        inherited = _inherited(_name(base), classes, depth)
        if inherited is None:
            return None
        found |= inherited
    return found


def _inherited(base: str, classes: Mapping[str, ast.ClassDef], depth: int) -> set[str] | None:
    if base in classes:
        return _members(classes[base], classes, depth - 1)
    if base in _PLAIN_BASES:
        return set()
    known = getattr(builtins, base, None)
    return set(dir(known)) if isinstance(known, type) else None


def _name(node: ast.expr) -> str:
    """The last part of the name of a base or a decorator; empty where it has none."""
    match node:
        case ast.Call(func=inner) | ast.Subscript(value=inner):
            return _name(inner)
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def _own(node: ast.stmt) -> Iterator[ast.AST]:
    yield node
    if not isinstance(node, _FUNCTION | ast.ClassDef):
        yield from ast.walk(node)


def _slots(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Assign) and any(_name(target) == "__slots__" for target in node.targets):
        yield from (one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str))
