"""The context of a site: the definitions around it, and the imports of the file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence

from planfirst.source import lines as lined
from planfirst.source.languages import Language
from planfirst.source.python import enclosing, enclosing_rows, header, parses, segment
from planfirst.source.syntax import MOST_CHARACTERS

MOST_IMPORTS = 40
_PYTHON_IMPORT = re.compile(r"(?:import|from)\s+\S")
_IMPORT = re.compile(r"\s*(?:#\s*include|import|use|using|require|require_once|require_relative)\b")
_MOST_CONTINUED = 20


def signature_of(text: str, language: Language, row: int, indent: str) -> str:
    """The headers of the definitions around a place, one on each line, outermost first; empty at the top level.

    In other languages than Python it is the nearest line above that is indented less and ends with ``{`` or ``:``.
    """
    lines = lined.split(text)
    if language.id == "python":
        tree = _tree(text)
        width = len(indent)
        rows = [node.lineno - 1 for node in enclosing(tree, row, width)] if tree else enclosing_rows(lines, row, width)
        return "\n".join(header(lines, n)[0] for n in rows)
    width = _width(indent)
    for n in range(min(row, len(lines)) - 1, -1, -1):
        line = lines[n]
        if line.rstrip().endswith(("{", ":")) and _width(lined.leading(line)) < width:
            return _above_brace(lines, n) if line.strip() == "{" else line.strip()
    return ""


def _above_brace(lines: Sequence[str], row: int) -> str:
    """The header that ends above a brace with a line of its own, on one line."""
    width, first = _width(lined.leading(lines[row])), row
    while first and row - first < _MOST_CONTINUED and lines[first - 1].strip():
        first -= 1
        if _width(lined.leading(lines[first])) <= width:
            break
    return " ".join(line.strip() for line in lines[first : row + 1])


def imports_of(text: str, language: Language) -> tuple[str, ...]:
    """The import statements of a file as they are written, without repetitions, at most `MOST_IMPORTS`."""
    lines = lined.split(text)
    if language.id != "python":
        return _first(line.strip() for line in lines if _IMPORT.match(line))
    tree = _tree(text)
    if tree is None:
        return _first(_continued(lines, n) for n, line in enumerate(lines) if _PYTHON_IMPORT.match(line))
    return _first(segment(lines, node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom))


def _tree(text: str) -> ast.Module | None:
    """The tree of a file that is read while somebody waits."""
    return parses(text) if len(text) <= MOST_CHARACTERS else None


def _continued(lines: Sequence[str], row: int) -> str:
    """An import statement that may go on in parentheses."""
    end = row
    if "(" in lines[row]:
        while end - row < _MOST_CONTINUED and end + 1 < len(lines) and ")" not in lines[end]:
            end += 1
    return "\n".join(lined.bare(line) for line in lines[row : end + 1]).rstrip()


def _first(statements: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for statement in statements:
        found.setdefault(statement)
        if len(found) == MOST_IMPORTS:
            break
    return tuple(found)


def _width(indent: str) -> int:
    return len(indent.expandtabs(4))
