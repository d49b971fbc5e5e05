"""Files with a request in them: which line it stands on, and what the file is once it is answered.

Nothing of what puts code into a user's file is used here, so that a task can be checked by itself.
"""

from __future__ import annotations

import ast
import textwrap

from planfirst.source.python import tree_of
from planfirst_lab.parsing import parsed

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
MARK = "»"  # before the line of the request, as its first character
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


def unmarked(text: str) -> tuple[str, int]:
    """The file without its mark, and the marked line, counted from zero.

    Raises:
        ValueError: not exactly one line is marked.
    """
    lines = text.lstrip("\n").split("\n")
    rows = [n for n, line in enumerate(lines) if line.startswith(MARK)]
    if len(rows) != 1:
        raise ValueError(f"{len(rows)} lines begin with {MARK}, and exactly one must")
    lines[rows[0]] = lines[rows[0]].removeprefix(MARK)
    return "\n".join(lines).rstrip("\n") + "\n", rows[0]


def solved(file: str, row: int, answer: str) -> str:
    """The file with an answer where it belongs.

    An empty function that stands in the file already is given the answer's body, any other function or class is
    replaced; all else goes below the comment at ``row``. What the answer has above its function, such as imports, goes
    to the top of the file.
    """
    lines, rows = file.rstrip("\n").split("\n"), answer.strip("\n").split("\n")
    tree = tree_of(answer)
    there = {node.name: node for node in reversed([*ast.walk(tree_of(file))]) if isinstance(node, _Definition)}
    defined = [node for node in tree.body if isinstance(node, _Definition)]
    again = next((node for node in defined if node.name in there and not _is_empty(there[node.name])), None)
    if again is not None:
        return _replaced(lines, rows, there[again.name], again)
    written = next((node for node in defined if isinstance(node, _FUNCTIONS)), None)
    stub = there.get(written.name) if written else None
    if written is None or stub is None:
        below = row + 1
        while below < len(lines) and lines[below].strip().startswith("#"):
            below += 1
        indent = lines[row][: len(lines[row]) - len(lines[row].lstrip())]
        return _text([*lines[:below], *_moved(rows, indent), *lines[below:]])
    first = min([written.lineno, *(one.lineno for one in written.decorator_list)]) - 1
    body = _moved(rows[written.body[0].lineno - 1 :], "")
    header = stub.body[0].lineno - 1
    indent = lines[header][: len(lines[header]) - len(lines[header].lstrip())]
    kept = [*lines[:header], *_moved(body, indent), *lines[stub.end_lineno :]]
    top = max((n + 1 for n, line in enumerate(kept) if line.startswith("from __future__")), default=0)
    return _text([*kept[:top], *rows[:first], *kept[top:]])


def _replaced(lines: list[str], rows: list[str], old: _Definition, new: _Definition) -> str:
    """The file with another form of a definition, and what the answer has above that at the top."""
    first, begins = _first_row(old), _first_row(new)
    indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
    moved = _moved(rows[begins : new.end_lineno], indent)
    kept = [*lines[:first], *moved, *lines[old.end_lineno :]]
    top = max((n + 1 for n, line in enumerate(kept) if line.startswith("from __future__")), default=0)
    return _text([*kept[:top], *rows[:begins], *kept[top:]])


def _first_row(node: _Definition) -> int:
    return min([node.lineno, *(one.lineno for one in node.decorator_list)]) - 1


def _is_empty(node: _Definition) -> bool:
    """Whether a definition has nothing but a docstring and what stands for its body."""
    blank = ast.Pass | ast.Raise
    return all(
        isinstance(one, blank) or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        for one in node.body
    )


def appended(file: str, row: int, answer: str) -> str:
    """The file with an answer of any kind: a function alone in its place, anything else behind all that is there.

    So an answer counts that repeats the whole file, or only a class of it.
    """
    tree = parsed(answer)
    nodes = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)] if tree else []
    if len(nodes) == 1 and isinstance(nodes[0], _FUNCTIONS):
        return solved(file, row, answer)
    return f"{file}\n{answer}\n"


def scripted(file: str, row: int, answer: str) -> str:
    """The script with an answer: the answer itself where it has half of the script's statements, else in its place."""
    tree = parsed(answer)
    if tree is None:
        return f"{file}\n{answer}\n"
    has = {ast.dump(node) for node in tree.body}
    own = [ast.dump(node) for node in tree_of(file).body if not isinstance(node, ast.Import | ast.ImportFrom)]
    again = sum(node in has for node in own)
    return f"{answer}\n" if again and 2 * again >= len(own) else solved(file, row, answer)


def _moved(rows: list[str], indent: str) -> list[str]:
    return textwrap.indent(textwrap.dedent("\n".join(rows)), indent).split("\n")


def _text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
