"""Finds the examples in a request that say what the code should do: doctests, ``f(2) -> 4`` lines and assert lines.

They are read, never run here. What cannot be run as a check (a call with a name that nobody knows, a value that is no
literal) is no example, and stays a part of the request.
"""

from __future__ import annotations

import ast
import builtins
import doctest
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from planfirst.source import lines as lined
from planfirst.source.python import names_bound, parses
from planfirst.words import Message

Kind = Literal["doctest", "value", "raises", "assert", "tests"]

_ARROW = re.compile(
    r"\s*`?\s*(?:[-=]+>|[→⇒➞➔➜⟶⟹]|==|=(?!=)|\b(?:should\s+(?:return|give|be)|returns|gives)\b|\braises\b(?:\s+an?\b)?)\s*`?\s*"
)
_WRITTEN = {"true": "True", "false": "False", "null": "None", "none": "None"}  # as other languages write them
_CALL = re.compile(r"[A-Za-z_][\w.]*\(")
_BULLET = re.compile(r"(?:[-*•]|\d+[.)])\s+")
_LEAD = re.compile(r"(?:e\.?g\.?|i\.e\.|examples?|for example|for instance|so|thus|where|ex)\s*[:,]?\s*", re.IGNORECASE)
_ENDS = re.compile(r"[\s.,;`]+|\band\b")
_MOST_ASSERT_ROWS = 20
_LONGEST_ROW = 2000  # characters; no example that a person writes is longer
_MOST_ARROWS = 8  # looked at for one call
_MOST_CALLS = 40  # of one row
_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class Check:
    """One way to tell whether code is right.

    Attributes:
        kind: ``doctest``: ``text`` is one. ``value``: ``call`` gives ``expected``, a literal. ``raises``: ``call``
            raises the built-in exception ``expected``. ``assert``: ``text`` is an assert statement. ``tests``: the
            functions ``names`` of the test file ``file`` succeed.
        text: the check as a person reads it.
        file: the path of a test file below the workspace, with ``/``.
        names: of tests, ``function`` or ``Class.method``.
    """

    kind: Kind
    text: str
    call: str = ""
    expected: str = ""
    file: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundChecks:
    """What was found in a request: its checks, the request without them, and what looked like one but is none."""

    checks: tuple[Check, ...]
    prose: str
    problems: tuple[Message, ...] = ()


def checks_in(request: str) -> FoundChecks:
    """The examples in a comment or a docstring, whose markers are taken off. Never raises."""
    checks: list[Check] = []
    problems: list[Message] = []
    rows, kept = request.split("\n"), list[str]()
    doctests: list[str] = []
    n = 0
    while n < len(rows):
        if rows[n].lstrip().startswith(">>>"):
            end = _block_end(rows, n)
            block = lined.dedent(rows[n:end])
            fault = _doctest_fault(block)
            if fault:
                problems.append(fault)
                kept += rows[n:end]
            else:
                doctests.append("\n".join(block))
        elif rows[n].lstrip().startswith("assert ") and (end := _assert_end(rows, n)):
            text = "\n".join(lined.dedent(rows[n:end]))
            checks.append(Check("assert", text))
        else:
            found, whole = _pairs(rows[n]) if len(rows[n]) <= _LONGEST_ROW else ([], False)
            checks += found
            if not whole:
                kept.append(rows[n])
            end = n + 1
        n = end
    if doctests and _calls_something("\n\n".join(doctests)):
        checks.insert(0, Check("doctest", "\n\n".join(doctests) + "\n"))
    prose = "\n".join(lined.trim(kept))
    return FoundChecks(tuple(checks), prose if re.search(r"\w", prose) else request, tuple(problems))


def wanted_name(checks: Sequence[Check]) -> str:
    """The function that most examples call; empty when there is none."""
    counts: dict[str, int] = {}
    for check in checks:
        for name in dict.fromkeys(_called(check)):
            counts[name] = counts.get(name, 0) + 1
    return max(counts, key=lambda name: counts[name], default="")


def _block_end(rows: Sequence[str], first: int) -> int:
    """The row after a doctest's last: it ends at a blank row, or where a literal result is followed by prose."""
    end = first
    results: list[str] = []
    while end < len(rows) and rows[end].strip():
        row = rows[end].strip()
        if row.startswith((">>>", "...")):
            results = []
        elif results and _is_literal(results[0]) and not _is_literal(row):
            break
        else:
            results.append(row)
        end += 1
    return end


def _doctest_fault(block: Sequence[str]) -> Message | None:
    first = block[0].strip()
    try:
        examples = doctest.DocTestParser().get_examples("\n".join(block) + "\n")
    except ValueError:
        return Message("example-no-doctest", example=first)
    for example in examples:
        if parses(example.source) is None:
            return Message("example-no-python", example=example.source.strip())
    return None


def _calls_something(text: str) -> bool:
    """Whether a doctest uses any name that it does not bind itself; else it says nothing about the code."""
    trees = [tree for one in doctest.DocTestParser().get_examples(text) if (tree := parses(one.source))]
    bound = {name for tree in trees for node in ast.walk(tree) for name in names_bound(node)}
    return any(name not in bound for tree in trees for name in _free(tree))


def _assert_end(rows: Sequence[str], first: int) -> int:
    """The row after an assert statement; 0 when it is none, or holds whatever the code does."""
    for end in range(first + 1, min(len(rows), first + _MOST_ASSERT_ROWS) + 1):
        tree = parses("\n".join(lined.dedent(rows[first:end])))
        if tree is not None:
            only = tree.body[0] if len(tree.body) == 1 else None
            return end if isinstance(only, ast.Assert) and any(True for _ in _free(only)) else 0
    return 0


def _pairs(row: str) -> tuple[list[Check], bool]:
    """The ``f(2) -> 4`` pairs in a row, and whether it consists of nothing else."""
    found: list[Check] = []
    rest, position, seen = "", 0, 0
    while (call := _CALL.search(row, position)) and (seen := seen + 1) <= _MOST_CALLS:
        pair = _pair(row, call.start())
        if pair is None:
            rest += row[position : call.end()]
            position = call.end()
            continue
        check, end = pair
        rest += row[position : call.start()]
        found.append(check)
        position = end
    rest = _LEAD.sub("", _BULLET.sub("", (rest + row[position:]).strip(), count=1), count=1)
    return found, bool(found) and not _ENDS.sub("", rest)


def _pair(row: str, start: int) -> tuple[Check, int] | None:
    for arrow in islice(_ARROW.finditer(row, start), _MOST_ARROWS):
        call = row[start : arrow.start()].strip()
        tree = _expression(call)
        if tree is None:
            continue
        if not isinstance(tree, ast.Call) or not _is_concrete(tree):
            return None
        raised = re.compile(r"[A-Z]\w*").match(row, arrow.end())
        if raised and _is_exception(raised[0]):
            return Check("raises", row[start : raised.end()], call, raised[0]), raised.end()
        if "raises" in arrow[0]:
            return None
        return _value(row, start, call, arrow.end())
    return None


def _value(row: str, start: int, call: str, after: int) -> tuple[Check, int] | None:
    """The longest literal behind the arrow is what is expected."""
    ends = [len(row), *(match.start() for match in reversed(list(_ENDS.finditer(row, after))))]
    for end in ends:
        expected = row[after:end].strip().rstrip(".,;`").rstrip()
        expected = _WRITTEN.get(expected, expected)
        if expected and _is_literal(expected):
            return Check("value", row[start:end].replace("`", "").strip().rstrip(".,;"), call, expected), end
    return None


def _expression(text: str) -> ast.expr | None:
    tree = parses(text)
    only = tree.body[0] if tree and len(tree.body) == 1 else None
    return only.value if isinstance(only, ast.Expr) else None


def _is_concrete(call: ast.Call) -> bool:
    """Whether it can be run: names stand for functions and classes only, as in ``area(Point(1, 2))``."""
    functions = {id(node.func) for node in ast.walk(call) if isinstance(node, ast.Call)}
    names = [node for node in ast.walk(call) if isinstance(node, ast.Name)]
    return any(True for _ in _free(call)) and all(id(node) in functions or node.id in _BUILTINS for node in names)


def _is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return False
    return True


def _is_exception(name: str) -> bool:
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, BaseException)


def _free(tree: ast.AST) -> Iterator[str]:
    """The names in a tree that are not built in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in _BUILTINS:
            yield node.id


def _called(check: Check) -> Iterator[str]:
    if check.kind == "doctest":
        sources = [example.source for example in doctest.DocTestParser().get_examples(check.text)]
    else:
        sources = [check.call or check.text] if check.kind != "tests" else []
    trees = [tree for source in sources if (tree := parses(source))]
    bound = {name for tree in trees for node in ast.walk(tree) for name in names_bound(node)}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                name = node.func.id
                if name not in bound and name not in _BUILTINS:
                    yield name
