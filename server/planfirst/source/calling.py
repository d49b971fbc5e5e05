"""How one Python function calls another one with its own parameters, and whether it can."""

from __future__ import annotations

import ast

from planfirst.source.python import Function
from planfirst.source.types_alike import kinds
from planfirst.source.units import loaded

# Kinds that can mostly take each other's place.
_ALIKE = [*({kind} for kind in ("text", "number", "bytes", "path", "mapping", "set", "items", "function"))]
_ALIKE += [{"items", "set"}, {"items", "mapping"}, {"text", "items"}, {"path", "text"}]


def positional(function: Function) -> list[str]:
    """Its parameters by position, without ``self``."""
    names = [arg.arg for arg in [*function.args.posonlyargs, *function.args.args]]
    return names[1:] if names and names[0] in ("self", "cls") else names


def self_of(function: Function) -> str:
    """What a method calls its object or class; empty for a function that has none."""
    names = [arg.arg for arg in [*function.args.posonlyargs, *function.args.args]]
    return names[0] if names and names[0] in ("self", "cls") else ""


def takes_the_same(one: Function, wanted: Function) -> bool:
    """Whether a function has no parameter that the wanted one lacks."""
    return {arg.arg for arg in _all(one)} - {"self", "cls"} <= {arg.arg for arg in _all(wanted)}


def reads(function: Function) -> set[str]:
    """What its body reads; its header is not taken over."""
    return {name for node in function.body for name in loaded(node)}


def call_of(chosen: Function, wanted: Function, in_class: bool) -> str | None:
    """The statement by which the wanted function calls the other one; None where it cannot.

    Args:
        in_class: whether the other one is a method in the answer.

    Returns:
        With ``@`` in the place of its name.
    """
    theirs, ours = chosen.args, wanted.args
    own, given = positional(chosen), positional(wanted)
    least = len(own) - len(theirs.defaults)
    if not least <= len(given) or (len(given) > len(own) and theirs.vararg is None):
        return None
    if ours.vararg and not theirs.vararg:
        return None
    needed = [arg.arg for arg, value in zip(theirs.kwonlyargs, theirs.kw_defaults, strict=True) if value is None]
    by_name = {arg.arg for arg in ours.kwonlyargs}
    if not set(needed) <= by_name or (by_name - {a.arg for a in theirs.kwonlyargs} and not theirs.kwarg):
        return None
    selves = []
    if self_of(chosen):
        if not self_of(wanted) and (not in_class or "self" in reads(chosen)):
            return None
        selves = [self_of(wanted) or "None"]
    converted = _converted(chosen, wanted)
    if converted is None:
        return None
    arguments = [*selves, *converted]
    arguments += [f"*{ours.vararg.arg}"] if ours.vararg else []
    arguments += [f"{name}={name}" for name in sorted(by_name)]
    arguments += [f"**{ours.kwarg.arg}"] if ours.kwarg and theirs.kwarg else []
    waits = "await " if isinstance(chosen, ast.AsyncFunctionDef) else ""
    return f"return {waits}@({', '.join(arguments)})"


def _converted(chosen: Function, wanted: Function) -> list[str] | None:
    """The wanted function's parameters as the other one takes them; None where they are of another kind."""
    theirs, ours, own = kinds(chosen), kinds(wanted), positional(chosen)
    found: list[str] = []
    for n, name in enumerate(positional(wanted)):
        kind = theirs.get(own[n], "") if n < len(own) else ""
        if kind == "path" and ours.get(name) == "text":
            found.append(f"Path({name})")
        elif kind and name in ours and {kind, ours[name]} not in _ALIKE:
            return None
        else:
            found.append(name)
    return found


def _all(function: Function) -> list[ast.arg]:
    return [node for node in ast.walk(function.args) if isinstance(node, ast.arg)]
