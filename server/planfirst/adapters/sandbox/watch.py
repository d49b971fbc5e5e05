"""Sees, from outside, what the processes of one PID namespace use, and ends them all. Linux only.

The resource limits of a process know nothing of other processes. So the sums over all of them (memory, processor time,
number of tasks) are looked at from here, several times a second.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from planfirst.adapters.sandbox.wire import SCRATCH
from planfirst.core.runs import LimitName, RunLimits

MOST_FILES = 10_000  # in the scratch folder: an empty file uses memory too, which no size limit counts
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class _Figures:
    """Of one process: threads, resident pages, ticks of processor time, and the same of its children that ended."""

    tasks: int
    pages: int
    ticks: int
    children: int


def possible() -> bool:
    """Whether this kernel tells which processes a process has started (CONFIG_PROC_CHILDREN)."""
    return (_PROC / "self" / "task" / str(os.getpid()) / "children").exists()


class Namespace:
    """The processes below a bubblewrap: its only child is the first of the namespace, all others come from that one."""

    def __init__(self, outer: int) -> None:
        self._outer = outer
        self._ticks, self._page = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")

    def over(self, limits: RunLimits) -> LimitName | None:
        """The limit that is exceeded at this moment, if one is."""
        for first in _children(self._outer):
            figures = {pid: found for pid in _below(first) if (found := _figures(pid))}
            if sum(each.tasks for each in figures.values()) > limits.processes:
                return "processes"
            ended = _figures(first)  # its own time is not the program's, that of its children is
            ticks = sum(each.ticks + each.children for each in figures.values()) + (ended.children if ended else 0)
            if ticks / self._ticks > limits.cpu:
                return "cpu"
            if self._memory(figures, limits.memory) > limits.memory:
                return "memory"
            if _files_used(first) > MOST_FILES:
                return "scratch"
        return None

    def _memory(self, figures: dict[int, _Figures], most: int) -> int:
        """Bytes that all hold together; the cheap sum counts what they share several times, so it comes first."""
        resident = {pid: each.pages * self._page for pid, each in figures.items()}
        total = sum(resident.values())
        return total if total <= most else sum(_held(pid, size) for pid, size in resident.items())

    def kill(self) -> None:
        """Kills the first process, with which the kernel ends the whole namespace; without one, bubblewrap itself."""
        firsts = list(_children(self._outer))
        for pid in firsts or [self._outer]:
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)


def _children(pid: int) -> Iterator[int]:
    with suppress(OSError):
        for thread in (_PROC / str(pid) / "task").iterdir():
            with suppress(OSError):
                yield from map(int, (thread / "children").read_text().split())


def _below(pid: int) -> Iterator[int]:
    for child in _children(pid):
        yield child
        yield from _below(child)


def _figures(pid: int) -> _Figures | None:
    with suppress(OSError, IndexError, ValueError):
        fields = (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
        user, kernel, children_user, children_kernel = map(int, fields[11:15])  # fields 14 to 17 of proc_pid_stat(5)
        return _Figures(int(fields[17]), int(fields[21]), user + kernel, children_user + children_kernel)
    return None


def _held(pid: int, resident: int) -> int:
    """Bytes that a process holds, each shared one divided among its holders; ``resident`` where that is secret."""
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except PermissionError:
        return resident
    except OSError:
        return 0  # it has just ended
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:")), 0)


def _files_used(first: int) -> int:
    with suppress(OSError):
        room = os.statvfs(f"/proc/{first}/root{SCRATCH}")
        return room.f_files - room.f_ffree
    return 0
