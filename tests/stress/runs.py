"""The long runs by name: how many in one round, how many in all, and what does them."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.random_llama import LONG_NAME, write_random_llama
from tests.stress import (
    chaos,
    connections,
    disk,
    edit_storm,
    fuzz_bytes,
    fuzz_mcp,
    fuzz_page,
    fuzz_protocol,
    hostile_files,
    hostile_programs,
    long_lines,
    shared_store,
    soak,
    two_windows,
)


@dataclass(frozen=True)
class Long:
    """A run that is done in rounds.

    Attributes:
        run: is given a count, a seed and an empty folder, and a model if it has an argument of that name: one with
            random weights unless another is named. What it returns are numbers, and a list of what was ``found``.
    """

    run: Callable[..., Awaitable[dict[str, Any]]]
    a_round: int
    in_all: int

    @property
    def has_model(self) -> bool:
        """Whether a model answers in it."""
        return "model" in inspect.signature(self.run).parameters

    async def round(self, seed: int, folder: Path, model: Path | None = None) -> dict[str, Any]:
        """What came of one round."""
        given = []
        if self.has_model:
            given.append(model or write_random_llama(folder / "random.gguf", writes=LONG_NAME))
        return await self.run(self.a_round, seed, folder, *given)


RUNS = {
    "protocol": Long(fuzz_protocol.run, 1000, 20_000),
    "bytes": Long(fuzz_bytes.run, 15, 300),
    "mcp": Long(fuzz_mcp.run, 500, 5000),
    "page": Long(fuzz_page.run, 500, 5000),
    "files": Long(hostile_files.run, 250, 2000),
    "lines": Long(long_lines.run, 67, 603),
    "programs": Long(hostile_programs.run, 50, 1000),
    "edits": Long(edit_storm.run, 100, 5000),
    "windows": Long(two_windows.run, 50, 1000),
    "chaos": Long(chaos.run, 25, 500),
    "soak": Long(soak.run, 3600, 3600),
    "disk": Long(disk.run, 25, 500),
    "store": Long(shared_store.run, 25, 500),
    "connections": Long(connections.run, 14, 140),
}
