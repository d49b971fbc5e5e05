"""What is said between us and the first process inside (``inside.py``): orders one way, start and end the other."""

from __future__ import annotations

import base64
import json
import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from planfirst.adapters.sandbox.files import PROGRAM
from planfirst.core.runs import RunLimits

INSIDE = Path(__file__).with_name("inside.py")
SCRATCH = "/scratch"
_STACK = 8 << 20
_LATE = 10  # seconds after the limit on the wall, when the first process gives up by itself
# All that the program finds in its environment. More threads or arenas would only use up its memory.
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}


@dataclass(frozen=True, slots=True)
class Orders:
    """What the first process is to do.

    Attributes:
        laid: the files, by relative path.
        scratch: where they go; the program starts there.
        user: the number of the user and group to become; 0 to stay what it is.
        count_tasks: whether the kernel's count of a user's processes is the program's alone, so that it can be limited.
        own_group: whether the program becomes a process group, since there is no namespace that ends with it.
        packages: folders to import from, as they are named inside.
    """

    laid: Mapping[str, bytes]
    limits: RunLimits
    scratch: str = SCRATCH
    user: int = 0
    count_tasks: bool = True
    own_group: bool = False
    packages: tuple[str, ...] = ()

    def text(self, token: str) -> bytes:
        """The orders as they are written to its standard input."""
        environment = _ENVIRONMENT | {"HOME": self.scratch, "TMPDIR": self.scratch}
        if self.packages:
            environment["PYTHONPATH"] = ":".join(self.packages)
        orders = {
            "token": token,
            "user": self.user,
            "scratch": self.scratch,
            "program": f"{self.scratch}/{PROGRAM}",
            "files": {path: base64.b64encode(content).decode() for path, content in self.laid.items()},
            "environment": environment,
            "seconds": self.limits.wall + _LATE,
            "own_group": self.own_group,
            "rlimits": self._rlimits(),
        }
        text = json.dumps(orders).encode()
        return b"%d\n%b" % (len(text), text)

    def _rlimits(self) -> dict[str, int]:
        limits = self.limits
        values = {
            "RLIMIT_AS": limits.address or limits.memory,
            "RLIMIT_CPU": math.ceil(limits.cpu),
            "RLIMIT_FSIZE": limits.file,
            "RLIMIT_NOFILE": limits.open_files,
            "RLIMIT_STACK": _STACK,
            "RLIMIT_CORE": 0,
            "RLIMIT_MEMLOCK": 0,
        }
        return values | ({"RLIMIT_NPROC": limits.processes} if self.count_tasks else {})


@dataclass(frozen=True, slots=True)
class Told:
    """What the first process said on standard error, and what the program did.

    Attributes:
        started: whether the program was started.
        failure: why it could not be, if so.
        status: its wait status; None when the first process was ended before it could say.
        seconds, cpu: on the wall and of processor time; 0 without a status.
        stderr: what else was written there.
    """

    started: bool
    failure: str
    status: int | None
    seconds: float
    cpu: float
    stderr: bytes


def new_token() -> str:
    """What the program cannot guess."""
    return secrets.token_hex(16)


def has_started(token: str, stderr: bytes) -> bool:
    """Whether the first process has said that the program starts."""
    return _start(token) in stderr


def told(token: str, stderr: bytes) -> Told:
    """Takes what the first process said out of a standard error stream."""
    before, started, rest = stderr.partition(_start(token))
    if not started:
        return Told(False, "", None, 0.0, 0.0, before)
    written, ended, said = rest.rpartition(token.encode() + b" ")
    if not ended or not said.endswith(b"\n"):
        return Told(True, "", None, 0.0, 0.0, rest)
    ending = json.loads(said)
    if "failure" in ending:
        return Told(False, ending["failure"], None, 0.0, 0.0, written)
    return Told(True, "", ending["status"], ending["seconds"], ending["cpu"], written)


def _start(token: str) -> bytes:
    return f"{token} started\n".encode()
