"""Runs generated code against its doctest, its assert lines or its test script: in the sandbox, or not at all.

Each check is a sandbox of its own, with a process, a namespace and files that end with it, so nothing leaks from one
answer into the next. What this does not stop: what the sandbox does not (``adapters/sandbox``), and code that sets out
to forge its verdict, since tests that call a function run in one process with it. Code that merely ends, prints or
closes its streams does not pass: the verdict follows a token that is drawn for each check.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.core.ports import Sandbox
from planfirst.core.types import RunLimits, RunResult
from planfirst.evaluation.calls import parses, top_names

_JUDGE = Path(__file__).with_name("judge.py")  # never imported here: it is what the sandbox runs
LIMITS = RunLimits(wall=30.0, cpu=10.0, memory=1 << 30, output=16 << 20)


@dataclass(frozen=True, slots=True)
class Check:
    """How to tell whether a code is right: ``text`` is a doctest, assert lines, or a script that raises otherwise."""

    kind: Literal["doctest", "asserts", "script"]
    text: str


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


async def _judged(code: str, by: Check, sandbox: Sandbox | None, limits: RunLimits) -> Verdict:
    sandbox = sandbox or await find_sandbox()
    token = secrets.token_hex(16)
    given = json.dumps({"code": code, "check": asdict(by), "token": token}).encode()
    done = await sandbox.run(_JUDGE.read_text(encoding="utf-8"), {}, limits, given)
    _, found, verdict = done.stdout.rpartition(token)
    if found:
        with suppress(ValueError, KeyError, TypeError):
            read = json.loads(verdict)
            return Verdict(read["passed"] is True, str(read["error"])[:300])
    return Verdict(False, _ending(done, limits))


def _ending(done: RunResult, limits: RunLimits) -> str:
    if done.limit == "wall":
        return f"it did not end within {limits.wall:g} s"
    if done.limit is not None and done.exit_code is None:
        return f"it was ended at its limit ({done.limit})"
    if done.signal is None:
        return f"it ended by itself with exit code {done.exit_code}"
    with suppress(ValueError):
        return f"it was ended by {signal.Signals(done.signal).name}"
    return f"it was ended by signal {done.signal}"
