"""Runs checks on a file in the sandbox, and reads their results."""

from __future__ import annotations

import json
import secrets
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from planfirst.core.ports import Sandbox
from planfirst.core.runs import RunLimits, RunResult
from planfirst.source.examples import Check
from planfirst.words import Message, Value

LIMITS = RunLimits(wall=20.0, cpu=5.0)  # a busy machine may be slow to start a program; a loop is ended sooner
WORK = "work"  # the folder of the project's files
# What the program in the sandbox says of a check; it cannot import our messages.
_SAID = {"check-gave", "check-raised-nothing", "check-does-not-hold", "check-does-not-hold-since", "check-error"}
_PROGRAM = Path(__file__).with_name("check_program.py")  # never imported here


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of one run.

    Attributes:
        files: by path below the scratch folder, all of them below `WORK`.
        file: the path of the one with the generated code.
        module: its dotted name; empty where it has none.
        path: the folders that imports are looked for in.
    """

    files: Mapping[str, bytes]
    file: str
    module: str = ""
    path: tuple[str, ...] = (WORK,)


@dataclass(frozen=True, slots=True)
class Result:
    """What one check gave: how many of its examples held, and what the first that did not gave.

    ``missing`` is the module without which it could not be run.
    """

    held: int
    of: int
    said: Value = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Ran:
    """One run: why the file could not be loaded, if so, and a result for each check that was begun."""

    load_error: Message | None
    missing: str
    results: tuple[Result, ...]


async def run(
    sandbox: Sandbox,
    layout: Layout,
    checks: Sequence[Check],
    limits: RunLimits = LIMITS,
    exact: bool = False,
    program: bool = False,
) -> Ran:
    """Loads the file and runs the checks, all in one sandbox of its own.

    Args:
        program: the file is run as a program, without checks, and not loaded as a module.
        exact: whether a doctest's result must be what stands there to the letter; else an equal literal will do.

    Raises:
        SandboxRefused: no sandbox can be set up; nothing was run.
    """
    token = secrets.token_hex(16)
    orders = {
        "token": token,
        "file": layout.file,
        "module": layout.module,
        "path": layout.path,
        "exact": exact,
        "program": program,
        "checks": [asdict(check) | {"file": f"{WORK}/{check.file}"} for check in checks],
    }
    given = f"{json.dumps(orders)}\n".encode("utf-8", "replace")
    done = await sandbox.run(_PROGRAM.read_text(encoding="utf-8"), layout.files, limits, given)
    return _read(list(_steps(done.stdout, token)), done, limits)


def _steps(output: str, token: str) -> Iterator[dict[str, Any]]:
    for line in output.split("\n"):
        if line.startswith(token):
            with suppress(ValueError):
                yield json.loads(line.removeprefix(token))


def _read(steps: Sequence[Mapping[str, Any]], done: RunResult, limits: RunLimits) -> Ran:
    results: list[Result] = []
    load_error: Message | None = None
    missing, is_loaded, begun = "", False, False
    for step in steps:
        if step["step"] == "loaded":
            is_loaded, missing = True, str(step["missing"])
            load_error = Message("program-load-error", error=str(step["error"])) if step["error"] else None
        elif step["step"] == "check":
            begun = True
        elif step["step"] == "checked":
            begun = False
            results.append(Result(int(step["held"]), int(step["of"]), _said(step["said"]), str(step["missing"])))
    if begun:  # it never came back
        results.append(Result(0, 1, ending(done, limits)))
    if not is_loaded:
        load_error = ending(done, limits)
    return Ran(load_error, missing, tuple(results))


def _said(data: Any) -> Value:
    """What a check gave, as a message of that program or a text; the code can have put anything there."""
    if isinstance(data, dict) and data.get("code") in _SAID and isinstance(data.get("args"), dict):
        return Message(data["code"], **{str(name): str(value) for name, value in data["args"].items()})
    return str(data)


def ending(done: RunResult, limits: RunLimits) -> Message:
    """Why there is no result; ``limits`` are those that the program was to keep."""
    return limit_reached(done, limits) or ended(done.exit_code, done.signal)


def limit_reached(done: RunResult, limits: RunLimits) -> Message | None:
    """The limit that ended a run, if one did."""
    if done.limit == "wall":
        return Message("program-too-long", seconds=limits.wall)
    if done.limit == "cpu":
        return Message("program-too-much-time", seconds=limits.cpu)
    return Message("program-limit", limit=done.limit.replace("_", " ")) if done.limit is not None else None


def ended(exit_code: int | None, signal_number: int | None) -> Message:
    """That a program ended, or was ended, before it was done."""
    if signal_number is None:
        return Message("program-exit-code", status=-1 if exit_code is None else exit_code)
    name = str(signal_number)
    with suppress(ValueError):
        name = signal.Signals(signal_number).name
    return Message("program-signal", signal=name)
