"""Takes the body of a function out of generated code, to be put under the ``def`` that is already in the file."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from planfirst.source import lines as lined
from planfirst.source.indent import fixed_rows
from planfirst.source.python import Function, column, docstring_of, header, parses


def body_of(code: str, signature: str) -> str:
    """What goes into the body of the function that ``signature`` (one ``def`` line) begins.

    Code that defines that function gives its body, without the docstring. So does code that defines nothing but one
    function with the same parameters under another name. Other functions, classes and constants beside it come first,
    nested; what would run the function (calls, asserts, a main block) is left out. Anything else is a body already.
    """
    tree, wanted = parses(code), _function_of(signature)
    chosen = _chosen(tree, wanted) if tree and wanted else None
    if tree is None or chosen is None or wanted is None:
        return code
    lines = [f"{row}\n" for row in code.split("\n")]
    helpers = [node for node in tree.body if chosen not in ast.walk(node) and _is_helper(node, chosen.name)]
    parts = [_whole(lines, node) for node in helpers]
    body = _body(lines, chosen)
    if not body:
        return ""
    return "\n\n".join(["\n".join(parts), body]) if parts else body


def _function_of(signature: str) -> Function | None:
    tree = parses(f"{signature}\n    pass\n")
    only = tree.body[0] if tree and len(tree.body) == 1 else None
    return only if isinstance(only, ast.FunctionDef | ast.AsyncFunctionDef) else None


def _chosen(tree: ast.Module, wanted: Function) -> Function | None:
    functions = _functions(tree.body)
    methods = [node for owner in tree.body if isinstance(owner, ast.ClassDef) for node in _functions(owner.body)]
    named = [node for node in functions + methods if node.name == wanted.name]
    if named:
        return named[-1]
    others = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    if len(others) == len(functions) == 1 and _parameters(functions[0]) == _parameters(wanted):
        return functions[0]
    return None


def _functions(body: Sequence[ast.stmt]) -> list[Function]:
    return [node for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def _parameters(node: Function) -> list[str]:
    return [child.arg for child in ast.walk(node.args) if isinstance(child, ast.arg)]


def _is_helper(node: ast.stmt, name: str) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
        return True
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return False
    return not any(isinstance(child, ast.Name) and child.id == name for child in ast.walk(node))


def _whole(lines: Sequence[str], node: ast.stmt) -> str:
    """A top-level statement with its decorators, in whole lines."""
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(one.lineno for one in decorators)]) - 1
    return "".join(lines[first : node.end_lineno]).rstrip("\n")


def _body(lines: list[str], node: Function) -> str:
    doc = docstring_of(node)
    statements = node.body[1:] if doc else node.body
    if not statements:
        return ""
    above = (doc.end_lineno or doc.lineno) - 1 if doc else header(lines, node.lineno - 1)[1]
    first, last = statements[0].lineno - 1, (node.end_lineno or node.lineno) - 1
    rows = [lined.bare(line) for line in lines[: last + 1]]
    if first <= above:
        # the body begins beside the header or the docstring, so it has no indentation of its own
        return "\n".join([rows[first][column(rows[first], statements[0].col_offset) :], *rows[first + 1 :]])
    indent = lined.leading(rows[first])
    fixed = fixed_rows("".join(lines))
    body = [row if n in fixed else _less(row, indent) for n, row in enumerate(rows)]
    return "\n".join(lined.trim(body[above + 1 :]))


def _less(row: str, indent: str) -> str:
    return row.removeprefix(indent) if row.startswith(indent) else row.lstrip()
