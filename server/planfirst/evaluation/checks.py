"""Runs generated code against its doctest or its assert lines, in a process of its own with limits.

What this does not stop: reading files that the user can read, writing files (of a limited size each), the network,
starting processes (those of its own process group are killed with it; one that leaves the group is not), and code that
sets out to forge the verdict, which is made in the same process. Where the platform has no resource limits (Windows)
only the time on the wall is limited, and only the process itself is killed. It keeps an endless loop, endless output or
a memory hog from harming the run that measures; it is no sandbox.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from planfirst.evaluation.calls import parses, top_names

_INSIDE = Path(__file__).with_name("inside.py")  # never imported here: it is what the child runs
_OUTPUT = "output"
_READ = 64 << 10  # bytes of output that can hold the verdict
_KEPT = ("PATH", "SYSTEMROOT", "LANG", "LC_ALL")


@dataclass(frozen=True, slots=True)
class Check:
    """How to tell whether a code is right: ``text`` is a doctest, or assert lines."""

    kind: Literal["doctest", "asserts"]
    text: str


@dataclass(frozen=True, slots=True)
class Caps:
    """What one check may use.

    Attributes:
        seconds: on the wall; ``cpu``: of processor time.
        memory: bytes of address space; ``file``: bytes of one file, the output too.
    """

    seconds: float = 20.0
    cpu: int = 10
    memory: int = 2 << 30
    file: int = 16 << 20


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a code passed, and if not, why, in one line."""

    passed: bool
    error: str = ""


def check(code: str, by: Check, caps: Caps | None = None) -> Verdict:
    """Runs the code and then its check.

    A pass needs every example or assert line to hold, and at least one of them. Code that does not parse is not run.
    """
    caps = caps or Caps()
    if not parses(code):
        return Verdict(False, "it does not parse" if code.strip() else "there is no code")
    token = secrets.token_hex(16)  # so that code which merely ends, or prints, does not count
    given = {"code": code, "check": asdict(by), "token": token, "caps": asdict(caps)}
    with tempfile.TemporaryDirectory(prefix="planfirst-check-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder) / "scratch"
        scratch.mkdir()
        output = Path(folder) / _OUTPUT
        code_of_exit = _run(json.dumps(given), scratch, output, caps.seconds)
        said = _tail(output)
    if code_of_exit is None:
        return Verdict(False, f"it did not end within {caps.seconds:g} s")
    _, found, verdict = said.rpartition(token)
    if found:
        with suppress(ValueError, KeyError, TypeError):
            read = json.loads(verdict)
            return Verdict(read["passed"] is True, str(read["error"])[:300])
    return Verdict(False, _ending(code_of_exit))


def under_its_own_name(code: str, reference: str) -> str | None:
    """The code with its only definition made known by the name that the reference's only definition has.

    None when that does not apply: one of them defines several things or nothing, or the name is right already.
    """
    names, wanted = top_names(code), top_names(reference)
    if len(names) != 1 or len(wanted) != 1 or names == wanted:
        return None
    return f"{code}\n\n{wanted[0]} = {names[0]}\n"


def _run(given: str, scratch: Path, output: Path, seconds: float) -> int | None:
    """The exit code; None when the time was up. Nothing of the process group is left running."""
    places = {name: str(scratch) for name in ("HOME", "TMPDIR", "TEMP", "TMP")}
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    with output.open("wb") as file:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, and running the code is the purpose
            [sys.executable, "-I", "-X", "utf8", str(_INSIDE)],
            stdin=subprocess.PIPE,
            stdout=file,
            stderr=subprocess.STDOUT,
            cwd=scratch,
            env={**kept, **places, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
            start_new_session=True,
        )
        try:
            process.communicate(given.encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:
            _kill(process)
    return process.returncode


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and, where there are process groups, what it started."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)  # the group bears the leader's number, also after its death
        else:
            process.kill()
    process.wait()


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _READ))
        return file.read().decode("utf-8", "replace")


def _ending(code: int) -> str:
    if code >= 0:
        return f"it ended by itself with exit code {code}"
    with suppress(ValueError):
        return f"it was ended by {signal.Signals(-code).name}"
    return f"it was ended by signal {-code}"
