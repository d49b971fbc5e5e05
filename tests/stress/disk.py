"""A disk that is full, a data folder that is read-only, and a clock that jumps: the server says so and works on.

The data folder is a small file system of its own, in memory, where this may be mounted; else there is nothing to run.
While requests run, it is filled up, emptied, made read-only and writable again, at random. The clock is the server's
own: it is moved by hours and days, forwards and back.
"""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

from planfirst.chat.conversations import Conversations
from planfirst.chat.turns import Conversation, Turn
from planfirst.core.errors import PlanfirstError
from planfirst.core.types import Pair
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.store import build, read
from tests.stress.raw_server import RawServer

_SIZE = 8 << 20  # bytes
_TEXT = "# read a file\n"
_JUMPS = [1, 60, 3600, 86_400, 400 * 86_400, -1, -3600, -86_400, -400 * 86_400]  # seconds


def why_not_here() -> str:
    """Why this machine cannot run it; empty if it can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root on Linux may mount a small disk"
    done = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    return "" if done.returncode == 0 else "nothing may be mounted here"


async def run(count: int, seed: int, folder: Path, model: Path) -> dict[str, Any]:
    """So many requests with something wrong; says how many were refused, and what was found."""
    rng = random.Random(seed)
    if reason := why_not_here():
        return {"requests": 0, "refused": 0, "changes refused": 0, "found": [reason]}
    home, clock = folder / "small", folder / "clock"
    clock.write_text("0", encoding="ascii")
    sums = {"requests": 0, "refused": 0, "changes refused": 0}
    found: list[str] = []
    with _mounted(home) as disk:
        server = await _started(home, clock, model)
        kept, store = Conversations(home / "conversations.sqlite3"), home / "store"
        try:
            for n in range(count):
                number = f"{seed}:{n}"
                rng.choice([disk.fill, disk.fill, disk.lock, disk.heal])(rng)
                clock.write_text(str(rng.choice(_JUMPS)), encoding="ascii")
                answer = await _ask(server, number)
                sums["requests"] += 1
                sums["refused"] += "error" in answer
                if "error" in answer and not answer["error"]["message"].strip():
                    found.append(f"{number}: {answer}")
                sums["changes refused"] += _changes(kept, store, number, found)
                if n % 5 == 4:
                    disk.heal(rng)
                    answer = await _ask(server, f"{number} after")
                    if "result" not in answer:
                        found.append(f"{number}: afterwards {answer}")
                    found += _whole(kept, store, number)
            disk.heal(rng)
            if (code := await server.stop()) != 0:
                found.append(f"the server ended with {code}")
        except (TimeoutError, KeyError) as error:
            found.append(f"{number}: {error!r}; the server lives: {server.is_alive}")
        finally:
            kept.close()
            server.kill()
    return {**sums, "found": found[:20]}


def _changes(kept: Conversations, store: Path, number: str, found: list[str]) -> int:
    """Adds to a conversation and to a store; how many of these were refused."""
    refused = 0
    pairs = [Pair(number, f"question {number}", "x = 1\n" * 200, "x", "MIT", number)]

    def add() -> None:
        kept.add(Conversation("0a0a0a0a"), Turn(f"question {number}", "answer " * 500))

    def update() -> None:
        build.update(store, lambda now: {number.replace(":", "-"): build.Given(pairs)}, HashedEmbedder(32))

    for change in (add, update):
        try:
            change()
        except PlanfirstError as error:
            refused += 1
            if not error.what.strip() or not error.next_step.strip():
                found.append(f"{number}: {error!r} says nothing")
        except Exception as error:  # it is what is looked for
            found.append(f"{number}: {change.__name__}: {error!r}")
    return refused


def _whole(kept: Conversations, store: Path, number: str) -> list[str]:
    """Whether all that is kept can be read, once the disk is well."""
    try:
        turns = kept.turns("0a0a0a0a")
        numbers = [turn.number for turn in turns]
        if (store / "CURRENT").exists():
            read.load(store, HashedEmbedder(32).identity)
    except PlanfirstError as error:
        return [f"{number}: {error}"]
    return [] if numbers == list(range(1, len(numbers) + 1)) else [f"{number}: turns are {numbers}"]


class _Disk:
    """A small file system."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fill(self, rng: random.Random) -> None:
        """Leaves room for nothing, or hardly anything."""
        self.heal(rng)
        stats = os.statvfs(self._folder)
        room = stats.f_bavail * stats.f_frsize - rng.choice([0, 0, 4096, 20_000])
        with (self._folder / "ballast").open("wb") as file, contextlib.suppress(OSError):
            file.write(b"\0" * max(0, room))

    def lock(self, rng: random.Random) -> None:
        """Makes it read-only; it stays as it is while something is open for writing there."""
        self.heal(rng)
        self._mount("ro")

    def heal(self, _: random.Random) -> None:
        """All is well again."""
        self._mount("rw")
        (self._folder / "ballast").unlink(missing_ok=True)

    def _mount(self, how: str) -> None:
        command = ["mount", "-o", f"remount,{how},size={_SIZE}", str(self._folder)]
        subprocess.run(command, capture_output=True, check=False)


@contextlib.contextmanager
def _mounted(folder: Path) -> Any:
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "planfirst", str(folder)], check=True)
    try:
        yield _Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)


async def _started(home: Path, clock: Path, model: Path) -> RawServer:
    settings = {"planner": {"model": str(model), "maxTokens": 16}, "generator": {"maxTokens": 16}}
    server = await RawServer.start(str(home), clock=clock, verify={"attempts": 1}, **settings)
    item = {"uri": "file:///disk.py", "languageId": "python", "version": 1, "text": _TEXT}
    await server.tell("textDocument/didOpen", {"textDocument": item})
    await _ask(server, "first")
    return server


async def _ask(server: RawServer, number: str) -> dict[str, Any]:
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
    where = {"textDocument": {"uri": "file:///disk.py", "version": 1}, "range": place, "fresh": True}
    return await server.ask("planfirst/generate", where, number)
