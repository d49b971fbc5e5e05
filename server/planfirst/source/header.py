"""The top of a Python file: where an import goes."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from planfirst.source.python import docstring_of

_TOOL_LINE = re.compile(r"#!|#.*coding[:=]")
_DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_IMPORT = ast.Import | ast.ImportFrom


def import_row(tree: ast.Module, lines: Sequence[str], row: int, last: int, nested: bool) -> int | None:
    """The line before which an import goes; None when that is below code which needs it at once.

    Args:
        row, last: the first and the last line of the request.
        nested: the code stands in a function, and runs only when all of the module has.
    """
    before: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, _DEFINITION):
            break
        if isinstance(node, _IMPORT):
            before.append(node)
    above = [node for node in before if nested or node.lineno - 1 <= row]
    if before and not above:
        return None
    target = _below(tree, above[-1]) if above else after_docstring(tree, lines, row, last)
    return target if nested or target <= row or target == last + 1 else None


def after_docstring(tree: ast.Module, lines: Sequence[str], row: int, last: int) -> int:
    """The line after the module's docstring and the future imports; without any, the first one fit for a statement."""
    futures = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    doc = docstring_of(tree)
    if futures:
        return _below(tree, futures[-1])
    return _below(tree, doc) if doc else _after_comments(lines, row, last)


def spaced(tree: ast.Module, lines: Sequence[str], target: int, rows: Sequence[str]) -> list[str]:
    """The rows with the blank lines that set them off; imports below an import need none."""
    if any(isinstance(node, _IMPORT) and _below(tree, node) == target for node in tree.body):
        return list(rows)
    above = lines[target - 1].strip() if target else ""
    below = lines[target].strip() if target < len(lines) else ""
    return [*([""] if above else []), *rows, *([""] if below else [])]


def _below(tree: ast.Module, node: ast.stmt) -> int:
    """The line after a statement, and after others that begin on its last line."""
    end = node.end_lineno or node.lineno
    for other in tree.body:
        if other.lineno <= end < (other.end_lineno or other.lineno):
            end = other.end_lineno or other.lineno
    return end


def _after_comments(lines: Sequence[str], row: int, last: int) -> int:
    """The line after a shebang, a coding line, and a leading comment that is set off and is not the request."""
    start = 0
    while start < min(2, len(lines)) and _TOOL_LINE.match(lines[start]):
        start += 1
    end = start
    while end < len(lines) and lines[end].startswith("#"):
        end += 1
    if end == len(lines) or lines[end].strip() or (row < end and last >= start):
        return start
    while end < len(lines) and not lines[end].strip():
        end += 1
    return end if end > start and start < len(lines) and lines[start].startswith("#") else start
