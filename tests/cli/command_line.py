"""Runs ``planfirst``: in a process of its own, as a person at a terminal does, or faster in this one."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from planfirst.cli import run

COMMAND = [sys.executable, "-m", "planfirst"]
Done = subprocess.CompletedProcess[str]


def planfirst(*arguments: str | bytes | Path, home: Path | None = None, timeout: float = 150, **variables: str) -> Done:
    """Runs one command to its end; ``home`` takes the place of the test's own data folder."""
    return subprocess.run(
        [*COMMAND, *arguments],
        env=environment(home, variables),
        capture_output=True,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )


def in_process(*arguments: str | Path) -> Done:
    """The same without the second that a process needs to start, for a command that starts no other one."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run([str(argument) for argument in arguments])
    return Done(arguments, code, out.getvalue(), err.getvalue())


def environment(home: Path | None, variables: dict[str, str]) -> dict[str, str]:
    """The environment of a command; a terminal's settings do not reach it."""
    inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "FORCE_COLOR")}
    return inherited | ({"PLANFIRST_HOME": str(home)} if home else {}) | variables


def complaint(done: Done, code: int) -> str:
    """The one line on standard error with which a command failed; nothing stands on standard output."""
    assert done.returncode == code, done
    assert done.stdout == ""
    return last_line(done, 1)


def last_line(done: Done, lines: int) -> str:
    """The error after ``lines - 1`` lines that only inform."""
    said = done.stderr.splitlines()
    assert len(said) == lines, done.stderr
    assert said[-1].startswith("planfirst: ")
    assert said[-1].endswith(".")
    assert not re.search(r"\.\.( |$)", said[-1])
    return said[-1].removeprefix("planfirst: ")


def answer(done: Done) -> Any:
    """What a command printed with ``--json``."""
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
