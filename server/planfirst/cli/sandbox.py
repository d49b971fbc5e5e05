"""``planfirst sandbox``: runs one program that is not trusted, and says how it ended.

Its exit status is the program's; 128 + n when signal n ended it; 124 when a limit did; 125 when there is no sandbox.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from planfirst.adapters.sandbox.packages import installed
from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.cli.console import fail
from planfirst.core.errors import BadRequest, SandboxRefused
from planfirst.core.regular_file import read_regular
from planfirst.core.runs import LimitName, RunLimits, RunResult

_LIMIT, _NO_SANDBOX, _SIGNAL = 124, 125, 128
_LARGEST = 8 << 20  # bytes of a program


def sandbox(
    file: Annotated[Path, typer.Argument(metavar="FILE.py", help="The Python program to run.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    stdin: Annotated[bool, typer.Option("--stdin", help="Give the program what comes in on standard input.")] = False,
    seconds: Annotated[
        float, typer.Option("--seconds", min=0.1, max=3600, help="Time on the wall, and of processor.")
    ] = 10,
    packages: Annotated[
        list[str] | None,
        typer.Option("--package", metavar="NAME", help="Install a package first, over the network. Can be repeated."),
    ] = None,
    memory: Annotated[int, typer.Option("--memory", min=64, max=1 << 20, help="Memory, in MB.")] = 512,
) -> None:
    limits = RunLimits(wall=seconds, cpu=seconds, memory=memory << 20)
    program = _program(file)
    given = sys.stdin.buffer.read() if stdin else b""
    try:
        found, done = asyncio.run(_run(program, limits, given, packages or []))
    except SandboxRefused as error:
        raise SystemExit(fail(str(error), _NO_SANDBOX)) from None
    if as_json:
        sys.stdout.write(json.dumps({"sandbox": found} | asdict(done), indent=2) + "\n")
    else:
        for stream, text in ((sys.stdout, done.stdout), (sys.stderr, done.stderr)):
            stream.write(_harmless(text) if stream.isatty() else text)
            stream.flush()
        print(f"planfirst: {_ending(done, limits)}, after {done.seconds:.2f} s in {found}.", file=sys.stderr)
    # Not through typer, which takes the status 130 for its own.
    raise SystemExit(_LIMIT if _was_ended(done) else done.exit_code if done.signal is None else _SIGNAL + done.signal)


async def _run(program: str, limits: RunLimits, stdin: bytes, packages: list[str]) -> tuple[str, RunResult]:
    await find_sandbox()  # before anything is fetched
    async with installed(packages) as folders:
        found = await find_sandbox(folders)
        return found.name, await found.run(program, {}, limits, stdin)


def _program(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST:
            raise BadRequest("program-too-large", file=file, most=_LARGEST >> 20)
        return read_regular(file, _LARGEST).decode("utf-8")
    except OSError as error:
        raise BadRequest("file-unreadable", file=file, reason=error.strerror) from error
    except UnicodeDecodeError as error:
        raise BadRequest("file-not-utf8", file=file) from error


def _harmless(text: str) -> str:
    """For a terminal, which a program could otherwise command: control characters as ``\\xNN``."""
    kept = (char if char.isprintable() or char in "\n\t" else char.encode("unicode_escape").decode() for char in text)
    return "".join(kept)


def _was_ended(done: RunResult) -> bool:
    """A program that saw an error at a limit, and ended by itself, has an exit code of its own."""
    return done.limit is not None and done.exit_code is None


def _ending(done: RunResult, limits: RunLimits) -> str:
    ending = f"exit code {done.exit_code}" if done.signal is None else f"ended by signal {done.signal}"
    return f"{ending}, at the limit of {_named(done.limit, limits)}" if done.limit else ending


def _named(limit: LimitName, limits: RunLimits) -> str:
    return {
        "wall": f"time ({limits.wall:g} s)",
        "cpu": f"processor time ({limits.cpu:g} s)",
        "memory": f"memory ({limits.memory >> 20} MB)",
        "processes": f"processes and threads ({limits.processes})",
        "file": f"a file's size ({limits.file >> 20} MB)",
        "scratch": f"the scratch folder ({limits.scratch >> 20} MB)",
        "open_files": f"open files ({limits.open_files})",
        "output": f"output ({limits.output >> 20} MB)",
    }[limit]
