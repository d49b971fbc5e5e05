"""Verified generation for one request: its checks, and the attempts that are judged by them."""

from __future__ import annotations

import ast
import asyncio
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from planfirst.core.errors import SandboxRefused
from planfirst.core.ports import Sandbox
from planfirst.core.types import Event, Outcome, SectionName, Task
from planfirst.source.bare_examples import bare_examples
from planfirst.source.carried_over import carried_over
from planfirst.source.comments import scan
from planfirst.source.declared_exports import with_exports
from planfirst.source.examples import Check, FoundChecks, checks_in, wanted_name
from planfirst.source.python import Function, parses
from planfirst.source.shapes import ECMA
from planfirst.verify.assessment import Judge as Judging
from planfirst.verify.attempt import Attempt, Budget, Checking, Trying
from planfirst.verify.attempts import attempts
from planfirst.verify.destination import Destination
from planfirst.verify.fitting import fitted
from planfirst.verify.judge import Judge
from planfirst.verify.kept_errors import with_errors_kept
from planfirst.verify.programs import judge as programs
from planfirst.verify.programs.compiling import CHECKERS, Compiling
from planfirst.verify.verdict import Verdict
from planfirst.words import Message, Value

if TYPE_CHECKING:  # it takes the prompt templates with it, which an editor's first question need not wait for
    from planfirst.core.pipeline import Pipeline

Needs = Literal["", "permission", "trust", "sandbox"]
GetSandbox = Callable[[Sequence[Path]], Awaitable[Sandbox]]
Permit = Callable[[bool], Awaitable[bool]]
_READ_ATTEMPTS = 2
_TEST = re.compile(r"def (test_\w+)\(\):")
_WHY: dict[Needs, Value] = {
    "": "",
    "permission": Message("check-not-permitted"),
    "trust": Message("check-not-trusted"),
    "sandbox": Message("check-no-sandbox"),
}


@dataclass(frozen=True, slots=True)
class Verification:
    """What a request's code is checked with.

    Attributes:
        prose: the request without its examples; other examples of the store are looked for with it.
        problems: what looked like an example and is none, for the user.
        needs: what it would take to run the checks; empty when they are run, or when there are none.
        refused: why there is no sandbox, with how to get one.
        runs: whether a script is run once, though there are no checks.
        compiles: whether a compiler reads the code, though there are no checks.
    """

    checks: tuple[Check, ...]
    prose: str
    problems: tuple[Message, ...]
    needs: Needs
    refused: Message | None
    _destination: Destination
    _judge: Judging
    _name: str
    _parameters: tuple[str, ...] | None
    runs: bool = False
    compiles: bool = False

    def attempts(
        self,
        pipeline: Pipeline,
        task: Task,
        budget: Budget,
        *,
        leave_out: frozenset[SectionName] = frozenset(),
        keep_plan: bool = False,
        seed: int = 0,
    ) -> AsyncGenerator[Event | Trying | Checking | Attempt, None]:
        """The attempts at a task; see `verify.attempts.attempts`.

        What is only read is tried twice at most: a third answer that nothing can tell from a right one is not worth the
        wait.
        """
        tells = self.runs or self.compiles or (self.checks and not self.needs)
        most = budget.attempts if tells else min(budget.attempts, _READ_ATTEMPTS)
        return attempts(
            pipeline,
            task,
            self._judge,
            replace(budget, attempts=most),
            seed=seed,
            leave_out=leave_out,
            search=self.prose if self.prose != task.request else "",
            keep_plan=keep_plan,
            fit=self._fit,
            complete=self._complete,
        )

    async def of(self, code: str) -> Verdict:
        """The verdict on code that you have already."""
        return await self._judge(code)

    def _complete(self, code: str, outcome: Outcome) -> str:
        at = self._destination
        if at.language.id == "python":
            return carried_over(code, outcome.example.pair if outcome.example else None, at.text, outcome.declarations)
        if at.language.id in ECMA and at.path is not None:
            return with_exports(code, outcome.declarations, at.text, at.path)
        return code

    def _fit(self, code: str) -> str | None:
        kept = with_errors_kept(code) if self._destination.language.id == "python" else None
        named = fitted(kept or code, self._name, self._parameters) if self._name else None
        return named or kept


async def verification(
    task: Task,
    destination: Destination,
    get_sandbox: GetSandbox,
    *,
    trusted: bool,
    permit: Permit,
) -> Verification:
    """Finds the checks for a request, and asks for permission to run them if there are any.

    Args:
        get_sandbox: gives one that shows the program these package folders.
        trusted: whether the workspace is; if not, nothing is run and you are not asked.
        permit: whether running is allowed; given whether there are checks, without which nobody is to be asked.
    """
    if task.language != "python":
        return await _of_program(task, destination, get_sandbox, trusted, permit)
    found = checks_in(task.request)
    header = _header(destination)
    asked = header or _function(task.announced)
    name = header.name if header else wanted_name(found.checks) or (asked.name if asked else "")
    checks = _examples(found, asked)
    if (
        not checks and header is not None
    ):  # a comment below a docstring is the request, and the docstring has the examples
        checks = _examples(checks_in(_docstring(destination)), header)
    checks = checks or _of_a_test(task)
    if name and destination.project is not None:
        checks += tuple(await asyncio.to_thread(destination.project.tests, name, destination.text))
    needs, sandbox, refused = await _sandbox(destination, checks, get_sandbox, trusted, permit)
    why = refused or _WHY[needs]
    return Verification(
        checks,
        found.prose,
        found.problems,
        needs if checks else "",
        refused,
        destination,
        Judge(destination, checks, sandbox, why),
        name,
        _parameters(header) if header else None,
        sandbox is not None and task.statements,
    )


def _reading(task: Task, destination: Destination) -> Verification:
    """The same for code that is only read, whatever the request says."""
    return Verification((), task.request, (), "", None, destination, Judge(destination, (), None), "", None)


async def _of_program(
    task: Task, destination: Destination, get_sandbox: GetSandbox, trusted: bool, permit: Permit
) -> Verification:
    """The same for another language than Python: its code is run by the examples in the comment, or only read."""
    stub = destination.site.stub if destination.site else None
    examples = programs.examples_of(task, stub.definition if stub else None)
    if not examples and stub is not None:  # the request may be a comment in the body, below a doc comment that has some
        above = "\n".join(row for comment in scan(stub.text, destination.language) for row in comment.rows)
        examples = programs.examples_of(replace(task, request=above), stub.definition)
    if not examples:
        return await _of_compiled(task, destination, get_sandbox, trusted, permit)
    checks = tuple(Check("value", one.text, one.call, one.wanted) for one in examples)
    needs, sandbox, refused = await _sandbox(Destination(), checks, get_sandbox, trusted, permit)
    why = refused or _WHY[needs]
    running = programs.ProgramJudge(task, destination, examples, sandbox, why, _folders(destination))
    reading = Judge(destination, (), None, doubting=sandbox is None)  # what passes its examples is beyond doubt

    async def judge(code: str) -> Verdict:
        read = await reading(code)
        return read if read.status == "failed" else await running(code)

    return Verification(checks, task.request, (), needs, refused, destination, judge, "", None)


async def _of_compiled(
    task: Task, destination: Destination, get_sandbox: GetSandbox, trusted: bool, permit: Permit
) -> Verification:
    """The same where the comment has no example: its compiler reads the code, if that is allowed."""
    reading = _reading(task, destination)
    if task.language not in CHECKERS:
        return reading
    _, sandbox, _ = await _sandbox(Destination(), (), get_sandbox, trusted, permit)
    if sandbox is None:
        return reading
    compiling = Compiling(task, destination, sandbox, _folders(destination))

    async def judge(code: str) -> Verdict:
        read = await reading.of(code)
        return read if read.status != "read" else await compiling(code, read)

    return replace(reading, _judge=judge, compiles=True)


def _folders(destination: Destination) -> list[Path]:
    """Where a project may have a compiler of its own."""
    return [destination.project.file.parent] if destination.project else []


async def _sandbox(
    destination: Destination, checks: Sequence[Check], get_sandbox: GetSandbox, trusted: bool, permit: Permit
) -> tuple[Needs, Sandbox | None, Message | None]:
    if not trusted:
        return "trust", None, None
    if not await permit(bool(checks)):
        return "permission", None, None
    packages = await asyncio.to_thread(destination.project.packages) if destination.project else []
    try:
        return "", await get_sandbox(packages), None
    except SandboxRefused as error:
        return "sandbox", None, error.message


def _of_a_test(task: Task) -> tuple[Check, ...]:
    """A test that is asked for must hold on what it tests; if it does not, one of both is wrong."""
    found = _TEST.match(task.announced)
    return (Check("value", f"{found[1]}()", f"{found[1]}()", "None"),) if found else ()


def _examples(found: FoundChecks, asked: Function | None) -> tuple[Check, ...]:
    return found.checks or (bare_examples(found.prose, asked.name, _wanted(asked)) if asked else ())


def _docstring(destination: Destination) -> str:
    stub = destination.site.stub if destination.site else None
    return stub.docstring if stub else ""


def _header(destination: Destination) -> Function | None:
    """The function whose body is asked for."""
    if destination.site is None or destination.site.kind != "stub":
        return None
    return _function(destination.site.task.signature.rpartition("\n")[2])


def _function(header: str) -> Function | None:
    tree = parses(f"{header}\n    pass\n") if header else None
    only = tree.body[0] if tree and len(tree.body) == 1 else None
    return only if isinstance(only, ast.FunctionDef | ast.AsyncFunctionDef) else None


def _wanted(node: Function) -> int:
    """How many values a call of the function must give; 0 for a method, which needs its object."""
    names = _parameters(node)
    given = names[: len(names) - len(node.args.defaults)]
    by_keyword = None in node.args.kw_defaults  # one that must be given by its name
    return 0 if by_keyword or given[:1] in (("self",), ("cls",)) else len(given)


def _parameters(node: Function) -> tuple[str, ...]:
    return tuple(arg.arg for arg in [*node.args.posonlyargs, *node.args.args])
