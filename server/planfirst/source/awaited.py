"""Names that the code below a request uses and nothing sets, so that the code in between has to.

A small model that is not told of them sets others, and the code below fails.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from planfirst.source import lines as lined
from planfirst.source.awaited_nodes import awaited_nodes
from planfirst.source.languages import Language
from planfirst.source.python import enclosing, names_bound, parses
from planfirst.source.shapes import ECMA
from planfirst.source.syntax import syntax_of

_APART = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
_KNOWN = frozenset((*dir(builtins), "__file__"))


def awaited(text: str, last: int, indent: str, language: Language) -> tuple[str, ...]:
    """The names, in the order in which the file uses them; what it only calls is not among them.

    Only Python, JavaScript and TypeScript have any: in other languages, a name may come from another file.

    Args:
        last: the last row of the request, from zero.
        indent: of the code that will stand below it.
    """
    if language.id in ECMA:
        syntax = syntax_of(text, language.id)
        return awaited_nodes(syntax, last, _next_request(text, last, language.line)) if syntax is not None else ()
    tree = parses(text) if language.id == "python" else None
    if tree is None:
        return ()
    around = enclosing(tree, last + 1, len(indent))
    owner = around[-1] if around else tree
    if isinstance(owner, ast.ClassDef):
        return ()
    added = {id(node.target) for node in ast.walk(tree) if isinstance(node, ast.AugAssign)}  # what it adds to is there
    bound = {name for node in ast.walk(tree) if id(node) not in added for name in names_bound(node)} | _KNOWN
    if "*" in bound:
        return ()
    until = _next_request(text, last, language.line)
    used = sorted(_used(owner, added), key=lambda node: (node.lineno, node.col_offset))
    return tuple(dict.fromkeys(node.id for node in used if last + 1 < node.lineno <= until and node.id not in bound))


def _used(owner: ast.AST, added: set[int]) -> Iterator[ast.Name]:
    """The names that the statements of a block read at once, and do not only call."""
    todo = list(ast.iter_child_nodes(owner))
    while todo:
        node = todo.pop()
        if isinstance(node, _APART):
            continue
        if isinstance(node, ast.Name) and (isinstance(node.ctx, ast.Load) or id(node) in added):
            yield node
        called = node.func if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
        todo += [child for child in ast.iter_child_nodes(node) if child is not called]


def _next_request(text: str, last: int, marker: str) -> int:
    """The row of the next comment with nothing directly below, which may set what stands behind it; else the end."""
    rows = lined.split(text)
    for n in range(last + 2, len(rows)):
        below = rows[n + 1] if n + 1 < len(rows) else ""
        if rows[n].lstrip().startswith(marker) and not below.strip():
            return n
    return len(rows)
