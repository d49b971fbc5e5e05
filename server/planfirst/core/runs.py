"""What running a program that is not trusted may use, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LimitName = Literal["wall", "cpu", "memory", "processes", "file", "scratch", "open_files", "output"]


@dataclass(frozen=True, slots=True)
class RunLimits:
    """What one run may use. Sizes are in bytes, times in seconds."""

    wall: float = 10.0
    cpu: float = 10.0  # of all processes together
    memory: int = 512 << 20  # what all processes hold together, and the address space of each
    processes: int = 32  # and threads, counted together
    file: int = 16 << 20  # one file
    scratch: int = 64 << 20  # all files together
    output: int = 1 << 20  # each of the two streams
    open_files: int = 64  # of each process
    address: int = 0  # address space of each process, for run times that reserve more than they use; 0: as memory


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a program ended, after how many seconds, and what it wrote: bytes that are not UTF-8 stand as ``\\xNN``."""

    exit_code: int | None  # None when a signal ended it
    signal: int | None
    stdout: str
    stderr: str
    limit: LimitName | None  # the one that it hit, if any
    seconds: float
    cut: bool  # whether a part of what it wrote is missing, because it was too much
