"""The sandbox of macOS: ``sandbox-exec`` with a profile that denies everything but what a Python needs.

It is weaker than the others. There are no namespaces: a process that leaves its process group is found only while it
is a descendant, so one that a program sets adrift can outlive the run, though not leave the profile. macOS does not
enforce a limit of address space, so memory is what the watcher sees, several times a second. The scratch folder lies on
the disk; its size and the number of processes are looked at by the watcher too. Apple calls ``sandbox-exec`` deprecated
and ships it still.

What else this does not stop: faults of the kernel, side channels, use up to the limits, reading of the system's folders
and the interpreter's, and lies.
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from planfirst.adapters.sandbox.files import laid_out
from planfirst.adapters.sandbox.process import run
from planfirst.adapters.sandbox.python import Python
from planfirst.adapters.sandbox.result import result
from planfirst.adapters.sandbox.wire import INSIDE, Orders
from planfirst.core.runs import LimitName, RunLimits, RunResult

SANDBOX_EXEC = "/usr/bin/sandbox-exec"
_SYSTEM = (
    "/usr/lib",
    "/usr/bin",
    "/bin",
    "/usr/share/zoneinfo",
    "/System",
    "/Library/Apple",
    "/private/var/db/timezone",
)
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")


class SandboxExec:
    """Runs programs with ``sandbox-exec``.

    Args:
        python: the interpreter to run them with.
        packages: folders with packages that they may import, readable only.
    """

    name = "sandbox-exec"

    def __init__(self, python: Python, packages: Sequence[Path] = ()) -> None:
        self._python = python
        self._packages = tuple(str(folder.resolve()) for folder in packages)

    def showing(self, packages: Sequence[Path]) -> SandboxExec:
        """The same with other packages."""
        return SandboxExec(self._python, packages)

    async def run(
        self,
        program: str,
        files: Mapping[str, bytes],
        limits: RunLimits,
        stdin: bytes = b"",
        shown: Sequence[str] = (),
    ) -> RunResult:
        """Runs one program; see the port."""
        laid = laid_out(program, files, limits.scratch)
        with tempfile.TemporaryDirectory(prefix="planfirst-run-", ignore_cleanup_errors=True) as folder:
            scratch = os.path.realpath(folder)  # noqa: ASYNC240 (the profile knows no links, and /var is one)
            orders = Orders(laid, limits, scratch, count_tasks=False, own_group=True, packages=self._packages)
            command = self.command(scratch, shown)
            ran = await run(command, orders.text, stdin, limits, lambda pid: Descendants(pid, scratch))
        return result(ran, limits)

    def command(self, scratch: str, shown: Sequence[str] = ()) -> list[str]:
        """The whole command line."""
        inside = INSIDE.read_text(encoding="utf-8")
        return [SANDBOX_EXEC, "-p", self.profile(scratch, shown), self._python.executable, "-I", "-S", "-c", inside]

    def profile(self, scratch: str, shown: Sequence[str] = ()) -> str:
        """The profile, in the sandbox's own language. The network is denied by not being named."""
        readable = [*_SYSTEM, self._python.prefix, *self._packages, *shown]
        run = [
            "/usr/bin",
            "/bin",
            self._python.prefix,
            *([*shown, scratch] if shown else []),
        ]  # a compiler's output, too
        return "\n".join(
            [
                "(version 1)",
                "(deny default)",
                "(allow process-fork)",
                "(allow process-info* (target self))",
                "(allow signal (target same-sandbox))",
                "(allow sysctl-read)",
                "(allow file-read-metadata)",
                f"(allow process-exec {_paths('subpath', run)})",
                f"(allow file-read* {_paths('subpath', readable)} {_paths('literal', ['/', *_DEVICES])})",
                f"(allow file-write-data {_paths('literal', ['/dev/null', '/dev/zero'])})",
                f"(allow file-read* file-write* {_paths('subpath', [scratch])})",
            ]
        )


class Descendants:
    """The processes that descend from one, as long as they do."""

    def __init__(self, outer: int, scratch: str) -> None:
        self._outer, self._scratch = outer, Path(scratch)

    def over(self, limits: RunLimits) -> LimitName | None:
        """The limit that is exceeded at this moment, if one is."""
        memory, cpu, tasks = 0, 0.0, 0
        for process in self._inside():
            with suppress(psutil.Error):
                memory += process.memory_info().rss
                times = process.cpu_times()
                cpu += times.user + times.system
                tasks += process.num_threads()
        if tasks > limits.processes:
            return "processes"
        if cpu > limits.cpu:
            return "cpu"
        if memory > limits.memory:
            return "memory"
        return "scratch" if _size(self._scratch) > limits.scratch else None

    def kill(self) -> None:
        """Kills the process groups of all descendants, and the first process's own."""
        for process in [*self._inside(), *self._first()]:
            with suppress(psutil.Error, OSError):
                os.killpg(os.getpgid(process.pid), signal.SIGKILL)
                process.kill()

    def _first(self) -> list[psutil.Process]:
        with suppress(psutil.Error):
            return [psutil.Process(self._outer)]
        return []

    def _inside(self) -> list[psutil.Process]:
        found: list[psutil.Process] = []
        for first in self._first():
            with suppress(psutil.Error):
                found += first.children(recursive=True)
        return found


def _paths(kind: str, paths: Sequence[str]) -> str:
    return " ".join(f"({kind} {json.dumps(path, ensure_ascii=False)})" for path in paths)


def _size(folder: Path) -> int:
    """Bytes of all files in a folder, as they lie on the disk; a sparse file counts with what it really takes."""
    total = 0
    for inner, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += (Path(inner) / name).lstat().st_blocks * 512
    return total
