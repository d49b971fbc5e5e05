"""Gives a method its ``self`` where the answer forgot that it goes into a class."""

from __future__ import annotations

import ast

from planfirst.source.python import enclosing, parses
from planfirst.source.site import Site
from planfirst.source.units import loaded

_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
_OWN = ("self", "cls", "mcs", "mcls", "metacls", "_")
_WITHOUT = ("staticmethod", "classmethod", "__new__", "__init_subclass__", "__class_getitem__")


def with_self(text: str, site: Site, code: str) -> str:
    """The code with ``self`` as the first parameter of methods that lack it; as it is outside of a class.

    Args:
        text: the file that the site is in.
        code: Python, flush left.
    """
    file, tree = parses(text), parses(code)
    around = enclosing(file, site.last + 1, len(site.indent)) if file is not None else []
    owner = around[-1] if around else None
    if tree is None or not isinstance(owner, ast.ClassDef):
        return code
    usual = any(isinstance(node, _FUNCTION) and _first(node) == "self" for node in owner.body)
    rows = code.split("\n")
    for node in tree.body:
        if isinstance(node, _FUNCTION) and _lacks_it(node, usual):
            row = rows[node.lineno - 1]
            opening = row.find("(", row.find(node.name) + len(node.name))
            if opening >= 0:
                empty = not (node.args.posonlyargs or node.args.args or node.args.vararg or node.args.kwonlyargs)
                end = "" if empty and not node.args.kwarg else ", "
                rows[node.lineno - 1] = f"{row[: opening + 1]}self{end}{row[opening + 1 :]}"
    changed = "\n".join(rows)
    return changed if parses(changed) is not None else code


def _first(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    every = [*node.args.posonlyargs, *node.args.args]
    return every[0].arg if every else ""


def _lacks_it(node: ast.FunctionDef | ast.AsyncFunctionDef, usual: bool) -> bool:
    marks = {name for one in node.decorator_list for name in (getattr(one, "id", ""), getattr(one, "attr", ""))}
    if _first(node) in _OWN or marks & set(_WITHOUT) or node.name in _WITHOUT:
        return False
    return usual or "self" in loaded(node)
