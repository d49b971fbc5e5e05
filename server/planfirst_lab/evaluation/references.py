"""Checks the checks: right solutions must all pass them, and wrong ones none. No model is asked."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from planfirst_lab.evaluation.checks import Checker, Verdict
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.marked import solved
from planfirst_lab.parsing import parsed

_CONSTANT = "a constant that no task asks for"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of solution.

    Attributes:
        wanted: whether it must pass.
        of: makes the program from an item; None where the item has no such program.
    """

    name: str
    wanted: bool
    of: Callable[[Item], str | None]


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of all solutions of one kind: ``otherwise`` lists items that did not as wanted, and why."""

    name: str
    wanted: bool
    passed: int
    n: int
    otherwise: tuple[tuple[str, str], ...]


def run(items: Sequence[Item], check: Checker, jobs: int, done: Callable[[], None]) -> list[Tally]:
    """Checks every kind of solution of every item, ``jobs`` at a time; ``done`` is called after each.

    Raises:
        SandboxRefused: no sandbox works here.
    """

    def judged(work: tuple[Item, str]) -> Verdict:
        item, program = work
        verdict = check(program, item.check)
        done()
        return verdict

    tallies = []
    with ThreadPoolExecutor(jobs) as pool:
        for kind in KINDS:
            work = [(item, program) for item in items if (program := kind.of(item)) is not None]
            verdicts = list(pool.map(judged, work))
            otherwise = tuple(
                (item.id, verdict.error or "it passes")
                for (item, _), verdict in zip(work, verdicts, strict=True)
                if verdict.passed is not kind.wanted
            )
            passed = sum(verdict.passed for verdict in verdicts)
            tallies.append(Tally(kind.name, kind.wanted, passed, len(work), otherwise))
    return [tally for tally in tallies if tally.n]


def count(items: Sequence[Item]) -> int:
    """How many programs `run` checks."""
    return sum(kind.of(item) is not None for item in items for kind in KINDS)


def _reference(item: Item) -> str | None:
    return item.reference or None


def _placed(item: Item) -> str | None:
    """The reference as a model would give it: the product puts it into the file."""
    return item.program(item.answer or item.reference) if item.file and item.reference else None


def _empty(item: Item) -> str | None:
    return _wrong(item, [ast.Pass()])


def _constant(item: Item) -> str | None:
    return _wrong(item, [ast.Return(ast.Constant(_CONSTANT))])


def _guess(item: Item) -> str | None:
    return item.program(item.guess) if item.guess else None


def _wrong(item: Item, body: list[ast.stmt]) -> str | None:
    if item.line is None:
        return _with_body(item.reference, body)
    answer = _with_body(item.answer, body) or "\n".join(map(ast.unparse, body))
    return solved(item.file, item.line, answer)


def _with_body(code: str, body: list[ast.stmt]) -> str | None:
    """The code with this body in every function."""
    tree = parsed(code)
    if tree is None:
        return None
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    functions = [node for node in ast.walk(tree) if isinstance(node, kinds)]
    if not functions:
        return None
    for function in functions:
        function.body = body
    return ast.unparse(ast.fix_missing_locations(tree))


KINDS = (
    Kind("the reference solution", True, _reference),
    Kind("the same, put into the file by Planfirst", True, _placed),
    Kind("an empty body", False, _empty),
    Kind("a wrong constant", False, _constant),
    Kind("a guess from the file alone", False, _guess),
)
