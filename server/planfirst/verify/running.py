"""Runs checks on a file in the sandbox, and reads what came of it."""

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
from planfirst.core.types import RunLimits, RunResult
from planfirst.source.examples import Check

LIMITS = RunLimits(wall=20.0, cpu=5.0)  # a busy machine may be slow to start a program; a loop is ended sooner
WORK = "work"  # the folder of the workspace's files
_JUDGE = Path(__file__).with_name("judge.py")  # never imported here


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
    said: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Ran:
    """One run: why the file could not be loaded, if so, in a clause, and a result for each check that was begun."""

    load_error: str
    missing: str
    results: tuple[Result, ...]


async def run(
    sandbox: Sandbox, layout: Layout, checks: Sequence[Check], limits: RunLimits = LIMITS, exact: bool = False
) -> Ran:
    """Loads the file and runs the checks, all in one sandbox of its own.

    Args:
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
        "checks": [asdict(check) | {"file": f"{WORK}/{check.file}"} for check in checks],
    }
    given = f"{json.dumps(orders)}\n".encode("utf-8", "replace")
    done = await sandbox.run(_JUDGE.read_text(encoding="utf-8"), layout.files, limits, given)
    return _read(list(_steps(done.stdout, token)), done, limits)


def _steps(output: str, token: str) -> Iterator[dict[str, Any]]:
    for line in output.split("\n"):
        if line.startswith(token):
            with suppress(ValueError):
                yield json.loads(line.removeprefix(token))


def _read(steps: Sequence[Mapping[str, Any]], done: RunResult, limits: RunLimits) -> Ran:
    results: list[Result] = []
    load_error, missing, is_loaded, begun = "", "", False, False
    for step in steps:
        if step["step"] == "loaded":
            is_loaded, missing = True, str(step["missing"])
            load_error = f"loading it gave {step['error']}" if step["error"] else ""
        elif step["step"] == "check":
            begun = True
        elif step["step"] == "checked":
            begun = False
            results.append(Result(int(step["held"]), int(step["of"]), str(step["said"]), str(step["missing"])))
    if begun:  # it never came back
        results.append(Result(0, 1, _ending(done, limits)))
    if not is_loaded:
        load_error = _ending(done, limits)
    return Ran(load_error, missing, tuple(results))


def _ending(done: RunResult, limits: RunLimits) -> str:
    """Why there is no result."""
    if done.limit == "wall":
        return f"it did not end within {limits.wall:g} s"
    if done.limit == "cpu":
        return f"it took more than {limits.cpu:g} s of processor time"
    if done.limit is not None:
        return f"it was ended at its limit of {done.limit.replace('_', ' ')}"
    if done.signal is not None:
        with suppress(ValueError):
            return f"it was ended by {signal.Signals(done.signal).name}"
        return f"it was ended by signal {done.signal}"
    return f"it ended by itself with exit code {done.exit_code}"
