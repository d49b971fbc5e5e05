"""Files that were tampered with: each is opened or refused in words; none hangs, and none takes memory without bound.

Each kind has a process of its own that opens them as the product does. Where native code reads the file, that process
may crash, as the product's child may: the next file gets a new one.
"""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import sys
from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Any

from tests.stress.made_files import KINDS, Kind

_PATIENCE = 60.0  # seconds for one file, on a machine that does much else
_TO_LOAD = 300.0  # seconds for the first one, with all libraries
_GROWTH = 1 << 30  # bytes over what the sound file took
_LONGEST = 1 << 16


async def run(count: int, seed: int, folder: Path, names: Collection[str] = KINDS) -> dict[str, Any]:
    """So many files, shared out among the kinds; says how many were opened, refused, and crashed a process."""
    said: Counter[str] = Counter()
    found: list[str] = []
    for name, kind in ((name, KINDS[name]) for name in names):
        rng = random.Random(f"{seed} {name}")
        share = round(count * kind.share / 100) or 1
        await _tried(name, kind, share, rng, folder / name, said, found)
    sums = {outcome: said[outcome] for outcome in ("files", "opened", "refused", "crashed")}
    return {**sums, "found": found[:40]}


async def _tried(
    name: str, kind: Kind, count: int, rng: random.Random, folder: Path, said: Counter[str], found: list[str]
) -> None:
    now, sound = folder / "now", folder / "sound"
    now.mkdir(parents=True)
    kind.make(now)
    shutil.copytree(now, sound, symlinks=True)

    def restore() -> None:
        shutil.rmtree(now)
        shutil.copytree(sound, now, symlinks=True)

    opener: _Opener | None = None
    try:
        for n in range(count):
            restore()
            if opener is None:
                opener = await _Opener.start(name, now)
                restore()
            kind.spoil(rng, now)
            answer = await opener.open(now)
            said["files"] += 1
            said[answer["said"]] += 1
            if answer["said"] == "crashed" and kind.is_native:
                opener = None
            elif answer["said"] not in ("opened", "refused"):
                found.append(f"{name} {n}: {answer['said']} {answer['detail']}")
                _kept(now, folder.parent / "found" / f"{name}-{n}")
            elif answer["peak"] - opener.peak > _GROWTH:
                found.append(f"{name} {n}: it took {answer['peak'] - opener.peak} bytes")
                opener.peak = answer["peak"]
            if opener is not None and not opener.is_alive:
                opener = None
    finally:
        if opener is not None:
            await opener.end()


def _kept(now: Path, place: Path) -> None:
    """What was found, for whoever looks for its cause; pipes are not copied."""
    pipes = [path.name for path in now.rglob("*") if path.is_fifo()]
    shutil.copytree(now, place, symlinks=True, ignore=lambda _, names: set(names) & set(pipes))


class _Opener:
    """A process that opens files of one kind. ``peak`` is what the sound one took."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.peak = 0

    @classmethod
    async def start(cls, kind: str, folder: Path) -> _Opener:
        """One that has opened the sound file in a folder."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.stress.opener",
            kind,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=_LONGEST,
        )
        opener = cls(process)
        answer = await opener.open(folder, _TO_LOAD)
        assert answer["said"] == "opened", f"{kind}: a sound file is not opened: {answer}"
        opener.peak = answer["peak"]
        return opener

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    async def open(self, path: Path, patience: float = _PATIENCE) -> dict[str, Any]:
        """What came of a file; ``hung`` and ``crashed`` end the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{path}\n".encode())
        try:
            async with asyncio.timeout(patience):
                line = await self._process.stdout.readline()
        except TimeoutError:
            await self.end()
            return {"said": "hung", "detail": f"after {patience:.0f} s", "peak": 0}
        if not line:
            return {"said": "crashed", "detail": str(await self._process.wait()), "peak": 0}
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def end(self) -> None:
        """Ends it, whatever it is at."""
        if self.is_alive:
            self._process.kill()
        await self._process.wait()
