"""The sandbox of Linux: bubblewrap's namespaces, a seccomp filter, resource limits, and a watcher from outside.

What the program has: the interpreter and its standard library, the system's programs and libraries, all read-only; a
scratch folder in memory that is gone afterwards (``/tmp`` and ``/dev/shm`` lead there too); a ``/proc`` that shows its
own processes only; a loopback interface of its own.

How the limits are kept:

- bytes of address space (``address``, else ``memory``), processor time,
  file size, open files: by the kernel, for each process (``setrlimit``).
- processes and threads: RLIMIT_NPROC counts the processes of a user. From Linux 5.14 on the count is that of the user
  namespace, which is the run's own. When Planfirst runs as root there is no user namespace, and the program gets a user
  number that is drawn for the run. Before 5.14 it is the watcher alone that counts.
- memory, processor time and tasks of all processes together: by the watcher, 40 times a second. Control groups would be
  exact, but may be used only where an administrator or a systemd session has allowed it; they are not used.
- scratch: the size of the tmpfs. It lies in memory and comes on top of ``memory``. The number of files: by the watcher.
- time on the wall, output: from outside. The first process is killed, and with it the kernel ends its whole namespace.

What this does not stop:

- faults of the kernel, and of the processor (side channels, timing).
- use of processor, memory and scratch up to the limits, by each run. For some milliseconds, until the watcher sees it,
  several processes together can hold more than ``memory``; each of them can not.
- memory that the kernel holds for a process, in the buffers of its sockets and pipes; open files x processes bounds it.
- reading what anyone may read of ``/usr/bin``, ``/usr/lib`` and the interpreter's folders, whose path can hold the
  user's name, and what ``/proc`` tells of the machine: its processor, memory, load, kernel.
- processor time of children that a program lets the kernel reap: the wall bounds it, times the number of processes.
- telling lies: a program says itself what it prints and how it exits, and a limit that shows as an error of Python is
  read from the end of its traceback. Who wants a verdict must not let the judged program write it.
"""

from __future__ import annotations

import os
import platform
import random
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from planfirst.adapters.sandbox import seccomp
from planfirst.adapters.sandbox.files import laid_out
from planfirst.adapters.sandbox.process import run
from planfirst.adapters.sandbox.python import Python
from planfirst.adapters.sandbox.result import result
from planfirst.adapters.sandbox.watch import Namespace
from planfirst.adapters.sandbox.wire import INSIDE, SCRATCH, Orders
from planfirst.core.runs import RunLimits, RunResult

_SYSTEM = ("/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/share/zoneinfo", "/nix/store")
_TOP = ("/bin", "/lib", "/lib32", "/lib64")  # links into /usr on most systems, folders on others
_DEVICES = ("null", "zero", "full", "random", "urandom")
_LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2", "shm": SCRATCH}
_KEYS = "/proc/keys"
_TEMPORARY = "/tmp"  # noqa: S108
_HOSTS = b"127.0.0.1 localhost\n::1 localhost\n"
_NOBODY = 65534
_DRAWN = range(61184, 65520)  # what systemd gives to services for the time they run, and within most containers' range
_COUNTS_BY_NAMESPACE = (5, 14)  # Linux


class Bubblewrap:
    """Runs programs in bubblewrap.

    Args:
        bwrap: path of the program.
        python: the interpreter to run them with.
        packages: folders with packages that they may import, shown read-only.
    """

    name = "bubblewrap"

    def __init__(self, bwrap: str, python: Python, packages: Sequence[Path] = ()) -> None:
        self._bwrap, self._python = bwrap, python
        self._packages = {str(folder.resolve()): f"/packages/{n}" for n, folder in enumerate(packages)}
        self._root = os.geteuid() == 0

    def showing(self, packages: Sequence[Path]) -> Bubblewrap:
        """The same with other packages."""
        return Bubblewrap(self._bwrap, self._python, packages)

    async def run(
        self,
        program: str,
        files: Mapping[str, bytes],
        limits: RunLimits,
        stdin: bytes = b"",
        shown: Sequence[str] = (),
    ) -> RunResult:
        """Runs one program; see the port."""
        orders = Orders(
            laid_out(program, files, limits.scratch),
            limits,
            user=random.choice(_DRAWN) if self._root else 0,  # noqa: S311 (it need not be secret)
            count_tasks=self._root or _kernel() >= _COUNTS_BY_NAMESPACE,
            packages=tuple(self._packages.values()),
        )
        with ExitStack() as open_files:
            given = [open_files.enter_context(_in_memory(content)) for content in (_HOSTS, seccomp.program())]
            command = self.command(limits, given[0].fileno(), given[1].fileno(), shown)
            descriptors = [each.fileno() for each in given]
            ran = await run(command, orders.text, stdin, limits, Namespace, descriptors=descriptors)
        return result(ran, limits)

    def command(self, limits: RunLimits, hosts: int, filter_: int, shown: Sequence[str] = ()) -> list[str]:
        """The whole command line; ``hosts`` and ``filter_`` are open file descriptors."""
        own = ["--unshare-user", "--uid", f"{_NOBODY}", "--gid", f"{_NOBODY}"]
        # Root needs no user namespace, and could not drop to another user within one. Only the first process has these.
        dropped = ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
        command = [self._bwrap, *(dropped if self._root else own), "--unshare-ipc", "--unshare-pid", "--unshare-net"]
        command += ["--unshare-uts", "--unshare-cgroup-try", "--hostname", "sandbox"]
        command += ["--die-with-parent", "--new-session", "--as-pid-1", *self._system(shown), "--proc", "/proc"]
        if Path(_KEYS).exists():
            command += ["--dev-bind", "/dev/null", _KEYS]  # the names of the user's keys
        for device in _DEVICES:
            command += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
        for name, target in _LINKS.items():
            command += ["--symlink", target, f"/dev/{name}"]
        command += [
            "--perms",
            "644",
            "--ro-bind-data",
            str(hosts),
            "/etc/hosts",
            "--ro-bind-try",
            "/etc/ld.so.cache",
            "/etc/ld.so.cache",
        ]
        command += ["--perms", "1777", "--size", str(limits.scratch), "--tmpfs", SCRATCH]
        if not any(Path(path).is_relative_to(_TEMPORARY) for path in shown):  # else that folder is seen instead
            command += ["--symlink", SCRATCH, _TEMPORARY]
        command += ["--remount-ro", "/", "--chdir", "/", "--seccomp", str(filter_)]
        return [*command, "--", self._python.executable, "-I", "-S", "-c", INSIDE.read_text(encoding="utf-8")]

    def _system(self, more: Sequence[str]) -> list[str]:
        tops = [top for top in map(Path, _TOP) if top.is_dir()]
        shown = [folder for folder in _SYSTEM if Path(folder).is_dir()] + self._python.folders()
        shown += [str(top) for top in tops if not top.is_symlink()]
        shown += [path for path in more if not any(Path(path).is_relative_to(folder) for folder in shown)]
        inside = {folder: folder for folder in shown} | self._packages
        above = {str(parent) for path in [*inside.values(), "/dev/x", "/etc/x"] for parent in Path(path).parents[:-1]}
        command = [
            part for parent in sorted(above) for part in ("--perms", "755", "--dir", parent)
        ]  # else root's alone
        for folder, path in inside.items():
            command += ["--ro-bind", folder, path]
        for top in tops:
            if top.is_symlink():
                command += ["--symlink", str(top.readlink()), str(top)]
        return command


def _kernel() -> tuple[int, int]:
    major, minor = platform.release().split(".")[:2]
    return int(major), int("".join(char for char in minor if char.isdigit()) or 0)


def _in_memory(content: bytes) -> BinaryIO:
    """A file that has no name and is gone when it is closed."""
    file = os.fdopen(os.memfd_create("planfirst"), "w+b")
    file.write(content)
    file.seek(0)
    return file
