"""What a process holds: memory, open files, threads and children; whether it holds more than before."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import psutil

_GROWTH = 200_000_000  # bytes, of a process with all its children
_SPARE_FILES = 8
_SPARE_THREADS = 8
_PATIENCE = 30.0  # seconds in which what has just been used is given back


@dataclass(frozen=True)
class Held:
    """At one moment, by a process; of memory and children, by all that it has started, too."""

    memory: int
    files: int
    threads: int
    children: int

    @classmethod
    def of(cls, process: psutil.Process) -> Held:
        """What it holds now."""
        children = process.children(recursive=True)
        memory = process.memory_info().rss
        for child in children:
            try:
                memory += child.memory_info().rss
            except psutil.NoSuchProcess:
                continue
        return cls(memory, process.num_fds(), process.num_threads(), len(children))

    def more(self, now: Held) -> list[str]:
        """What is held now and should not be."""
        found = []
        if now.memory - self.memory > _GROWTH:
            found.append(f"memory grew by {now.memory - self.memory} bytes")
        if now.files - self.files > _SPARE_FILES:
            found.append(f"{now.files} files are open, and there were {self.files}")
        if now.threads - self.threads > _SPARE_THREADS:
            found.append(f"{now.threads} threads run, and there were {self.threads}")
        if now.children > self.children:
            found.append(f"there are {now.children} children, and there were {self.children}")
        return found

    async def grown(self, process: psutil.Process) -> list[str]:
        """As `more`, once what was in use is given back."""
        deadline = time.monotonic() + _PATIENCE
        while (found := self.more(Held.of(process))) and time.monotonic() < deadline:
            await asyncio.sleep(0.5)
        return found
