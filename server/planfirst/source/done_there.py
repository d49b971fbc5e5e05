"""An answer for a script: what it defines is also called, so that it is done there, with what the script has."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from planfirst.source import lines as lined
from planfirst.source.guards import goes_on, is_guard
from planfirst.source.part import Part
from planfirst.source.python import names_bound, parses
from planfirst.source.script import is_to_be_done
from planfirst.source.site import Site
from planfirst.source.units import Unit, loaded, units_of, without
from planfirst.words import Message

_SAMPLE = re.compile(r"#\s*(?:an? )?(?:example|sample|usage|test)", re.IGNORECASE)
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_LITERALS = ast.Constant | ast.List | ast.Tuple | ast.Dict | ast.Set


def done_there(part: Part, text: str, site: Site) -> Part:
    """The new part of an answer to a request for statements, in Python.

    Left out is made-up data in place of what the script has. In a block, and where other code follows, what would run
    only if the file is a program stands there without its condition. A function that nothing calls is called where
    the request says what is to be done, and in a block, if the call is clear.
    """
    known = _set_above(text, site)
    code = _without_samples(part.code, known)
    if site.indent or goes_on(text, site.last):
        code = _without_condition(code)
    call = _call_missing(code, known) if _says_so(site) else ""
    if not call:
        return replace(part, code=code)
    return replace(part, code=f"{code}\n\n\n{call}", notices=(*part.notices, Message("answer-called", call=call)))


def is_asked_for(unit: Unit, text: str, site: Site) -> bool:
    """Whether a use of what the answer defines belongs to it, and does not only try it out.

    It does where the request says what is to be done, in a block, and where it goes on with what the script has.
    """
    if _says_so(site):
        return True
    names = {name for node in unit.nodes for name in loaded(node)}
    sets = _names_set(unit.nodes)
    return not names.isdisjoint(_set_above(text, site)) or not sets.isdisjoint(site.task.sets)


def uncalled(code: str, around: str = "") -> list[str]:
    """The functions at the top of a code that neither the rest of it uses nor what stands around it."""
    tree, outer = parses(code), parses(around)
    tops = tree.body if tree is not None else []
    used = [loaded(node) for node in [*tops, *(outer.body if outer is not None else [])]]
    users = Counter(name for names in used for name in names)
    return [
        node.name
        for node, names in zip(tops, used, strict=False)
        if isinstance(node, _FUNCTION) and not node.decorator_list and users[node.name] == (node.name in names)
    ]


def _says_so(site: Site) -> bool:
    return bool(site.indent) or is_to_be_done(site.task.request)


def _set_above(text: str, site: Site) -> frozenset[str]:
    """The names that the script has set where the request stands."""
    file = parses(text)
    return _names_set([node for node in file.body if node.lineno <= site.first]) if file is not None else frozenset()


def _names_set(nodes: Sequence[ast.stmt]) -> frozenset[str]:
    """The names that statements set, besides definitions."""
    found = (one for node in nodes if not isinstance(node, _FUNCTION | ast.ClassDef) for one in ast.walk(node))
    return frozenset(name for one in found for name in names_bound(one))


def _without_samples(code: str, known: frozenset[str]) -> str:
    tree = parses(code)
    if tree is None or not known:
        return code
    units = units_of(tree)
    rows = code.split("\n")
    gone: list[Unit] = []
    is_sample = False
    for unit in units:
        is_sample = is_sample or any(_SAMPLE.match(row) for row in rows[unit.top : unit.first])
        if is_sample and all(_sets_to_a_literal(node, known) for node in unit.nodes):
            gone.append(replace(unit, top=next(n for n in range(unit.top, unit.first + 1) if rows[n].strip())))
    return without(code, units, gone)


def _sets_to_a_literal(node: ast.stmt, known: frozenset[str]) -> bool:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name in known and isinstance(value, _LITERALS)
    return False


def _without_condition(code: str) -> str:
    """With the body of ``if __name__ == "__main__":`` in its place."""
    tree = parses(code)
    rows = code.split("\n")
    for node in reversed(tree.body if tree else []):
        if is_guard(node) and isinstance(node, ast.If) and node.body[0].lineno > node.lineno:
            rows[node.lineno - 1 : node.end_lineno] = lined.dedent(rows[node.lineno : node.end_lineno])
    return "\n".join(rows)


def _call_missing(code: str, known: frozenset[str]) -> str:
    """The call of the only function that nothing calls, if it gives nothing back, with what its parameters name."""
    tree, names = parses(code), uncalled(code)
    function = next((node for node in (tree.body if tree else []) if getattr(node, "name", "") in names), None)
    if tree is None or len(names) != 1 or not isinstance(function, ast.FunctionDef) or _gives_something(function):
        return ""
    given = function.args
    needed = [arg.arg for arg in (*given.posonlyargs, *given.args)]
    needed = needed[: len(needed) - len(given.defaults)]
    is_known = all(name in known | _names_set(tree.body) for name in needed)
    return f"{function.name}({', '.join(needed)})" if is_known and not given.kwonlyargs else ""


def _gives_something(function: ast.FunctionDef) -> bool:
    """Whether it returns or yields anything, so that a mere call of it would do nothing."""
    return any(
        isinstance(node, ast.Yield | ast.YieldFrom) or (isinstance(node, ast.Return) and node.value is not None)
        for node in ast.walk(function)
    )
