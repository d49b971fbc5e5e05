"""What requests and placing need of Python's grammar."""

from __future__ import annotations

import ast
import io
import re
import token
import tokenize
import warnings
from collections.abc import Iterator, Sequence
from functools import lru_cache

from planfirst.source import lines as lined

Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_DEFINITION = re.compile(r"\s*(?:(?:async\s+)?def|class)\s+\w")
_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")
_MOST_HEADER_LINES = 200
_STRING_STARTS = {getattr(token, name, -1) for name in ("FSTRING_START", "TSTRING_START")} - {-1}
_STRING_ENDS = {getattr(token, name, -1) for name in ("FSTRING_END", "TSTRING_END")} - {-1}


def tree_of(text: str) -> ast.Module:
    """As `ast.parse`, whose errors it has.

    CPython 3.11 counts how deep all threads are in their trees together, so beside another thread it may fail in vain.
    """
    try:
        return ast.parse(text)
    except SystemError:
        return ast.parse(text)


@lru_cache(maxsize=8)
def parses(text: str) -> ast.Module | None:
    """The syntax tree, or None when there is none. Callers share it and must not change it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return tree_of(text.removeprefix("\ufeff"))
        except (SyntaxError, ValueError, OverflowError, RecursionError, MemoryError, SystemError):
            return None


def syntax_error(text: str) -> SyntaxError | None:
    """Why a text does not parse, where Python tells."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text)
        except SyntaxError as error:
            return error
        except (ValueError, OverflowError, RecursionError, MemoryError, SystemError):
            pass
    return None


def statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """All statements of a tree, in no order. Expressions are not looked into, which saves most of the time."""
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.stmt):
            yield node
        for name in _BODIES:
            stack.extend(getattr(node, name, ()))


def tokens_of(text: str) -> list[tokenize.TokenInfo] | None:
    """The tokens of text whose lines end with ``\\n``; None when it cannot be read to its end."""
    try:
        return list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None


def string_rows(text: str) -> frozenset[int]:
    """The rows, from zero, that begin inside a string. None for text that does not tokenise."""
    rows: set[int] = set()
    opened: list[int] = []
    for item in tokens_of(text) or ():
        if item.type in _STRING_STARTS:
            opened.append(item.start[0])
        elif item.type == token.STRING:
            rows.update(range(item.start[0], item.end[0]))
        elif item.type in _STRING_ENDS and opened:
            rows.update(range(opened.pop(), item.end[0]))
    return frozenset(rows)


def docstring_rows(text: str) -> frozenset[int]:
    """The rows that begin inside a docstring; the reader of a docstring takes its indentation away again."""
    tree = parses(text)
    rows: set[int] = set()
    for node in [tree, *statements(tree)] if tree else ():
        if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            doc = docstring_of(node)
            if doc is not None:
                rows.update(range(doc.lineno, doc.end_lineno or doc.lineno))
    return frozenset(rows)


def docstring_of(node: ast.Module | Definition) -> ast.Expr | None:
    """The statement that is the docstring."""
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return first
    return None


def column(line: str, offset: int) -> int:
    """The index into a line of an ``ast`` column, which counts bytes of UTF-8."""
    return len(line.encode("utf-8", "surrogatepass")[:offset].decode("utf-8", "replace"))


def segment(lines: Sequence[str], node: ast.stmt) -> str:
    """The text of a statement as it is written, its lines ending with ``\\n``."""
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    rows = [lined.bare(line) for line in lines[first : last + 1]]
    rows[-1] = rows[-1][: column(rows[-1], node.end_col_offset or 0)]
    rows[0] = rows[0][column(lined.bare(lines[first]), node.col_offset) :]
    return "\n".join(rows)


def header(lines: Sequence[str], row: int) -> tuple[str, int]:
    """A ``def`` or ``class`` header that begins in a row: on one line, without comments, and the row of its colon."""
    rows = [lined.bare(line) for line in lines[row : row + _MOST_HEADER_LINES]]
    cuts: dict[int, int] = {}
    end = _colon(rows, cuts)
    if end is None:
        return rows[0].strip(), row
    pieces = [line[: cuts.get(n, len(line))].strip() for n, line in enumerate(rows[: end[0]])]
    pieces.append(rows[end[0]][: end[1]].strip())
    text = ""
    for piece in filter(None, pieces):
        tight = not text or text.endswith(("(", "[", "{")) or piece.startswith((")", "]", "}"))
        text += piece if tight else f" {piece}"
    return text, row + end[0]


def enclosing(tree: ast.Module, row: int, width: int) -> list[Definition]:
    """The definitions around a position, outermost first.

    A position is a row and its indentation in characters. Indentation counts and not where a body ends in the tree, for
    a comment after a body's last statement belongs to it as well.
    """
    found: list[Definition] = []
    above = [node for node in statements(tree) if node.lineno <= row]
    for node in sorted(above, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        if node.col_offset < width:
            width = node.col_offset
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                found.append(node)
    return found[::-1]


def enclosing_rows(lines: Sequence[str], row: int, width: int) -> list[int]:
    """The rows of the definitions around a position, outermost first, by indentation: for text that does not parse."""
    found = []
    for n in range(min(row, len(lines)) - 1, -1, -1):
        if not width:
            break
        line = lines[n]
        own = len(lined.leading(line))
        if own < width and line.strip() and not line.lstrip().startswith(("#", ")", "]", "}")):
            width = own
            if _DEFINITION.match(line):
                found.append(n)
    return found[::-1]


def statement_row(tree: ast.Module, row: int) -> int:
    """The row that the innermost statement around a row begins in; the row itself when there is none."""
    covering = (
        node.lineno - 1 for node in statements(tree) if node.lineno - 1 <= row <= (node.end_lineno or node.lineno) - 1
    )
    return max(covering, default=row)


def names_bound(node: ast.AST) -> Iterator[str]:
    """The names that one node binds by itself."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.alias(name=name, asname=asname):
            yield asname or name.partition(".")[0]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            yield name
        case ast.MatchMapping(rest=str(name)):
            yield name
        case _:
            pass


def _colon(rows: list[str], cuts: dict[int, int]) -> tuple[int, int] | None:
    """Where a header's colon ends, as (row, column); fills in where the comments on the way begin."""
    source, depth = iter(f"{row}\n" for row in rows), 0
    try:
        for item in tokenize.generate_tokens(lambda: next(source, "")):
            if item.type == token.COMMENT:
                cuts[item.start[0] - 1] = item.start[1]
            elif item.type == token.OP:
                depth += (item.string in "([{") - (item.string in ")]}")
                if item.string == ":" and not depth:
                    return item.end[0] - 1, item.end[1]
            elif item.type == token.NEWLINE:
                return None
    except (tokenize.TokenError, SyntaxError, ValueError):
        return None
    return None


def known_as(node: Definition) -> str:
    """What tells a definition from others beside it: its name, and where several may have one, what makes them differ.

    Such are a property's setter, overloads, and the implementations of a generic function.
    """
    marks = [one.func if isinstance(one, ast.Call) else one for one in node.decorator_list]
    kinds = {one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in marks}
    if accessor := kinds & {"setter", "deleter", "getter"}:
        return f"{node.name}.{min(accessor)}"
    if isinstance(node, ast.ClassDef) or not (kinds & {"overload", "register"} or node.name == "_"):
        return node.name
    return " ".join((node.name, ast.dump(node.args), *map(ast.dump, node.decorator_list)))
