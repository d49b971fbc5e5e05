"""What the tests of the sandbox see from outside: runs as ourselves and as nobody, and what a run left behind.

As a script, it runs one program in bubblewrap for a user who has no virtual environment: orders as JSON on standard
input, the result as JSON on standard output.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import planfirst
from planfirst.adapters.sandbox.bubblewrap import Bubblewrap
from planfirst.adapters.sandbox.python import Python, this_python
from planfirst.core.errors import SandboxRefused
from planfirst.core.runs import RunLimits, RunResult

NOBODY = 65534
SYSTEM_PYTHON = "/usr/bin/python3"
# Bears the mark of the test in name and environment, as does all that it starts, so that it can be found from outside.
PREAMBLE = """
import ctypes, errno, os, signal, socket, subprocess, sys, threading, time
MARK = {mark!r}
libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(15, MARK.encode(), 0, 0, 0)
os.environ["MARK"] = MARK
def syscall(*arguments):
    ctypes.set_errno(0)
    libc.syscall.restype = ctypes.c_long
    answer = libc.syscall(*(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments))
    return errno.errorcode.get(ctypes.get_errno(), "?") if answer == -1 else "done"
def attempt(what, *arguments, **named):
    try:
        what(*arguments, **named)
    except (OSError, ValueError) as error:
        return errno.errorcode.get(getattr(error, "errno", None), type(error).__name__)
    return "done"
"""


def why_not_here() -> str:
    """Why bubblewrap cannot be used here; empty when it can.

    Raises:
        RuntimeError: it cannot, but ``PLANFIRST_NEED_SANDBOX`` says that it must; so no suite is skipped unnoticed.
    """
    from planfirst.adapters.sandbox.probe import find_sandbox  # imports psutil, which the system's Python may not have

    try:
        found = asyncio.run(find_sandbox())
        reason = "" if found.name == "bubblewrap" else f"the sandbox here is {found.name}"
    except SandboxRefused as error:
        reason = str(error)
    if reason and os.environ.get("PLANFIRST_NEED_SANDBOX"):
        raise RuntimeError(f"these tests must be run here, and cannot: {reason}")
    return reason


def here(order: dict[str, Any]) -> dict[str, Any]:
    """Runs one program as the user that we are; the order is what ``json`` makes of itself."""
    python = this_python() if order["user"] == "ourselves" else Python(SYSTEM_PYTHON, "/usr")
    sandbox = Bubblewrap(shutil.which("bwrap") or "bwrap", python)
    files = {path: text.encode() for path, text in order["files"].items()}
    limits = RunLimits(**order["limits"])
    return asdict(asyncio.run(sandbox.run(order["program"], files, limits, order["stdin"].encode())))


def as_nobody(order: dict[str, Any], code: Path) -> dict[str, Any]:
    """The same as nobody, with the system's Python; ``code`` is a copy of what is needed that anyone may read."""
    process = started("nobody", code)
    written, _ = process.communicate(json.dumps(order).encode(), timeout=120)
    assert process.returncode == 0
    answer: dict[str, Any] = json.loads(written)
    return answer


def started(user: str, code: Path) -> subprocess.Popen[bytes]:
    """This file as a script, in a process of its own."""
    other: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if user == "nobody" else {}
    return subprocess.Popen(
        [SYSTEM_PYTHON if user == "nobody" else sys.executable, "-B", str(code / "outside.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(code)},
        cwd="/",
        **other,
    )


@contextmanager
def readable_code() -> Iterator[Path]:
    """A copy of the sandbox's code that every user may read; a checkout may lie in somebody's home."""
    source = Path(planfirst.__file__).parent
    with tempfile.TemporaryDirectory(prefix="planfirst-code-") as name:
        folder = Path(name)
        for part in ("__init__.py", "core", "words", "adapters/__init__.py", "adapters/sandbox"):
            target = folder / "planfirst" / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if (source / part).is_dir():
                shutil.copytree(source / part, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source / part, target)
        shutil.copy(__file__, folder / "outside.py")
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
        yield folder


def why_not_nobody() -> str:
    """Why nothing can be run as nobody; empty when it can."""
    if os.geteuid() != 0:
        return "only root can become nobody"
    if not Path(SYSTEM_PYTHON).exists():
        return f"there is no {SYSTEM_PYTHON}"
    version = subprocess.run(
        [SYSTEM_PYTHON, "-c", "import sys; print(sys.version_info >= (3, 11))"], capture_output=True
    )
    return "" if version.stdout == b"True\n" else f"{SYSTEM_PYTHON} is older than 3.11"


def to_result(answer: dict[str, Any]) -> RunResult:
    return RunResult(**answer)


def marked(mark: str) -> list[str]:
    """All processes of this machine that bear a mark in their name, command line or environment."""
    found = []
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            for file in ("comm", "cmdline", "environ"):
                with suppress(OSError):
                    if mark.encode() in (process / file).read_bytes():
                        found.append(f"{process.name} {(process / 'comm').read_text().strip()}")
                        break
    return found


if __name__ == "__main__":
    json.dump(here(json.load(sys.stdin)), sys.stdout)
