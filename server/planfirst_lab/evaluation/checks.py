"""Runs generated code against its doctest, its assert lines or its test script: in the sandbox, or not at all.

What runs in the sandbox is what runs there for your own examples (``verify/check_program.py``), save that a doctest's
results must match to the letter. Each check gets a sandbox of its own, with a process, a namespace and files that end
with it, so nothing leaks from one answer into the next. What this does not stop: what the sandbox does not
(``adapters/sandbox``), and code that sets out to forge its verdict, since tests that call a function run in one process
with it. Code that merely ends, prints or closes its streams does not pass: what is said of a check follows a token that
is drawn for each run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.core.ports import Sandbox
from planfirst.core.runs import RunLimits
from planfirst.source import examples
from planfirst.verify.running import WORK, Layout, Ran, run
from planfirst_lab.evaluation import programs, script_runner
from planfirst_lab.evaluation.calls import top_names
from planfirst_lab.parsing import parses

LIMITS = RunLimits(wall=30.0, cpu=10.0, memory=1 << 30, output=16 << 20)
_ANSWER = f"{WORK}/answer.py"
_SCRIPT = f"{WORK}/{script_runner.SCRIPT}"
_RUNNER = Path(script_runner.__file__).read_text(encoding="utf-8")
_LONGEST = 300  # characters of an error


@dataclass(frozen=True, slots=True)
class Check:
    """How to tell whether a code is right.

    Attributes:
        kind: a doctest, assert lines, a script that raises otherwise, a script that runs the code as one
            (``script_runner.py``), or what makes the code a program that ends well.
        language: the editor's language id; another than Python's has programs only.
        files: paths and texts of what stands beside the code, to be imported.
    """

    kind: Literal["doctest", "asserts", "script", "run", "program"]
    text: str
    language: str = "python"
    files: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a code passed, and if not, why, in one line."""

    passed: bool
    error: str = ""


Checker = Callable[[str, Check], Verdict]


def checker(sandbox: Sandbox, limits: RunLimits = LIMITS) -> Checker:
    """Checks in this sandbox; may be called from several threads, none of which runs an event loop."""
    return lambda code, by: check(code, by, sandbox, limits)


def check(code: str, by: Check, sandbox: Sandbox | None = None, limits: RunLimits = LIMITS) -> Verdict:
    """Runs the code and then its check.

    A pass needs every example or assert line to hold, and at least one of them; a script must come to its end. Code
    that does not parse is not run.

    Args:
        sandbox: None for the one that works here.

    Raises:
        SandboxRefused: no sandbox works here; nothing was run.
    """
    if by.kind == "program" and code.strip():
        error = asyncio.run(_program_error(code, by, sandbox, limits))
        return Verdict(not error, error)
    if not parses(code):
        return Verdict(False, "it does not parse" if code.strip() else "there is no code")
    return asyncio.run(_judged(code, by, sandbox, limits))


def under_its_own_name(code: str, reference: str) -> str | None:
    """The code with its only definition made known by the name that the reference's only definition has.

    None when that does not apply: one of them defines several things or nothing, or the name is right already.
    """
    names, wanted = top_names(code), top_names(reference)
    if len(names) != 1 or len(wanted) != 1 or names == wanted:
        return None
    return f"{code}\n\n{wanted[0]} = {names[0]}\n"


async def _program_error(code: str, by: Check, sandbox: Sandbox | None, limits: RunLimits) -> str:
    return await programs.failure(code, by.text, by.language, sandbox or await find_sandbox(), limits)


async def _judged(code: str, by: Check, sandbox: Sandbox | None, limits: RunLimits) -> Verdict:
    texts = {f"{WORK}/{path}": text for path, text in by.files} | {_ANSWER: code}
    if by.kind == "run":
        texts |= {_ANSWER: _RUNNER, _SCRIPT: code}
    layout = Layout({path: text.encode("utf-8", "replace") for path, text in texts.items()}, _ANSWER)
    kind: examples.Kind = "doctest" if by.kind == "doctest" else "assert"
    given = [examples.Check(kind, by.text)]
    error = _error(await run(sandbox or await find_sandbox(), layout, given, limits, exact=True))
    if not error and by.kind == "asserts" and not any(line.startswith("assert") for line in by.text.splitlines()):
        error = "no assert was run"
    return Verdict(not error, " ".join(error.split())[:_LONGEST])


def _error(ran: Ran) -> str:
    if ran.load_error or not ran.results:
        return str(ran.load_error or "it ended before its check was run")
    (result,) = ran.results
    if result.held < result.of:
        return str(result.said or "its check does not hold")
    return "" if result.of else "no example was run"
