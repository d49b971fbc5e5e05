"""Eight simulated editors on one machine for an hour: mixed use, what is held and how long is waited, minute by minute.

Each editor has a server of its own, with a real model process; all share one data folder. ``python -m tests.stress.soak
JOURNAL PICTURE`` draws what a run has kept.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.stress.leaks import Held
from tests.stress.raw_server import RawServer

_EDITORS = 8
_TEXT = "import os\n\n\n# read a file\n\n\ndef double(n):\n    # double(2) -> 4\n    return 2 * n\n"
_USES = ("plan", "generate", "generate", "hover", "hover", "actions", "chat", "cancel", "close")
_GROWTH = 1.5  # of all processes' memory, from the end of the first quarter to the end
_TOKENS = 64  # of an answer, at most
_SPARE_FILES = 8 * _EDITORS
_PAUSE = 2.0  # seconds between two things that a person does, on average


@dataclass
class _Minute:
    """What happened in it: seconds waited by use, and requests without an answer or with an error."""

    waits: dict[str, list[float]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)


async def run(count: int, seed: int, folder: Path, model: Path) -> dict[str, Any]:
    """So many seconds; ``minutes`` has the figures of each."""
    servers = [await _started(folder, model) for _ in range(_EDITORS)]
    minutes: list[dict[str, Any]] = []
    found: list[str] = []
    now = _Minute()
    ends = time.monotonic() + count
    editors = [_Editor(server, random.Random(f"{seed} {n}"), n) for n, server in enumerate(servers)]
    using = [asyncio.create_task(editor.use(ends, lambda: now)) for editor in editors]
    answered = lost = 0
    try:
        while time.monotonic() < ends and not all(task.done() for task in using):
            await asyncio.sleep(min(60.0, max(1.0, ends - time.monotonic())))
            past, now = now, _Minute()
            minutes.append(_figures(past, servers))
            answered += sum(map(len, past.waits.values()))
            lost += len(past.lost)
            found += past.lost
        await asyncio.gather(*using)
        answered += sum(map(len, now.waits.values()))
        found += now.lost
        found += [f"editor {n} had {editor.done} answers" for n, editor in enumerate(editors) if not editor.done]
        found += _grown(minutes)
        children = [child for server in servers for child in server.process.children(recursive=True)]
        for server in servers:
            if (code := await server.stop()) != 0:
                found.append(f"a server ended with {code}")
        _, left = await asyncio.to_thread(psutil.wait_procs, children, 10)
        found += [f"{len(left)} children are left"] if left else []
    finally:
        for task in using:
            task.cancel()
        for server in servers:
            server.kill()
    return {"seconds of use": count, "answers": answered, "lost": lost, "minutes": minutes, "found": found[:20]}


async def _started(home: Path, model: Path) -> RawServer:
    settings = {"planner": {"model": str(model), "maxTokens": _TOKENS}, "generator": {"maxTokens": _TOKENS}}
    return await RawServer.start(str(home), verify={"attempts": 1}, chat={"maxTokens": _TOKENS}, **settings)


class _Editor:
    """A person at an editor. ``done`` counts answers."""

    def __init__(self, server: RawServer, rng: random.Random, number: int) -> None:
        self._server, self._rng = server, rng
        self._uri = f"file:///soak{number}.py"
        self._version = 0
        self._asked = 0
        self.done = 0

    async def use(self, ends: float, now: Any) -> None:
        """Does one thing after another until the time is over."""
        await self._open()
        while time.monotonic() < ends:
            use = self._rng.choice(_USES)
            began = time.monotonic()
            try:
                answer = await self._do(use)
            except (TimeoutError, KeyError, ConnectionError) as error:
                now().lost.append(f"{self._uri} {use}: {error!r}")
                return
            if use not in ("cancel", "close") and "error" in answer:
                now().lost.append(f"{self._uri} {use}: {answer['error']['message'][:200]}")
            now().waits.setdefault(use, []).append(time.monotonic() - began)
            self.done += 1
            await asyncio.sleep(self._rng.expovariate(1 / _PAUSE))

    async def _do(self, use: str) -> dict[str, Any]:
        place = {"start": {"line": 3, "character": 0}, "end": {"line": 3, "character": 1}}
        where = {"textDocument": {"uri": self._uri, "version": self._version}, "range": place}
        match use:
            case "plan" | "generate":
                return await self._ask(f"planfirst/{use}", {**where, "fresh": self._rng.random() < 0.5})
            case "hover":
                return await self._ask("textDocument/hover", {**where, "position": place["start"]})
            case "actions":
                return await self._ask("textDocument/codeAction", {**where, "context": {"diagnostics": []}})
            case "chat":
                return await self._ask("planfirst/chat", {"messages": [{"role": "user", "text": "read a file"}]})
            case "cancel":
                number = self._number()
                request = {"jsonrpc": "2.0", "id": number, "method": "planfirst/generate"}
                await self._server.send({**request, "params": {**where, "fresh": True}})
                await asyncio.sleep(self._rng.random() * 0.3)
                await self._server.tell("$/cancelRequest", {"id": number})
                return await self._server.answer(number)
        await self._server.tell("textDocument/didClose", {"textDocument": {"uri": self._uri}})
        await self._open()
        return {}

    async def _open(self) -> None:
        self._version += 1
        item = {"uri": self._uri, "languageId": "python", "version": self._version, "text": _TEXT}
        await self._server.tell("textDocument/didOpen", {"textDocument": item})

    async def _ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        return await self._server.ask(method, params, self._number())

    def _number(self) -> str:
        self._asked += 1
        return f"{self._uri} {self._asked}"


def _figures(past: _Minute, servers: list[RawServer]) -> dict[str, Any]:
    held = [Held.of(server.process) for server in servers if server.is_alive]
    waits = {
        use: [round(statistics.median(times), 3), round(max(times), 3), len(times)] for use, times in past.waits.items()
    }
    return {
        "memory": sum(one.memory for one in held) >> 20,
        "files": sum(one.files for one in held),
        "children": sum(one.children for one in held),
        "waits": waits,
        "lost": len(past.lost),
    }


def _grown(minutes: list[dict[str, Any]]) -> list[str]:
    """What is more at the end than when all had been used once."""
    if len(minutes) < 4:
        return []
    before, after = minutes[len(minutes) // 4], minutes[-1]
    found = []
    if after["memory"] > before["memory"] * _GROWTH:
        found.append(f"memory grew from {before['memory']} to {after['memory']} MB")
    if after["files"] > before["files"] + _SPARE_FILES:
        found.append(f"open files grew from {before['files']} to {after['files']}")
    if after["children"] > before["children"]:
        found.append(f"children grew from {before['children']} to {after['children']}")
    return found


def draw(minutes: list[dict[str, Any]], out: Path) -> None:
    """Memory, open files, waiting times and lost requests, a minute each."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    at = range(1, len(minutes) + 1)
    figure, axes = plt.subplots(4, 1, figsize=(7, 8), sharex=True, layout="constrained")
    axes[0].plot(at, [one["memory"] for one in minutes], marker=".")
    axes[0].set_ylabel("memory, MB")
    axes[1].plot(at, [one["files"] for one in minutes], marker=".", color="#6b7280")
    axes[1].set_ylabel("open files")
    for use in ("generate", "plan", "chat", "hover"):
        axes[2].plot(at, [one["waits"].get(use, [None])[0] for one in minutes], marker=".", label=use)
    axes[2].set_ylabel("median wait, s")
    axes[2].legend(ncols=4, fontsize=8)
    axes[3].plot(at, [one["lost"] for one in minutes], marker=".", color="#b91c1c")
    axes[3].set_ylabel("lost requests")
    axes[3].set_xlabel("minute")
    for axis in axes:
        axis.set_ylim(0, 1.05 * axis.get_ylim()[1])  # a flat line would lie on the edge
        axis.grid(alpha=0.3)
    figure.savefig(out, dpi=110)


if __name__ == "__main__":
    rows = [json.loads(line) for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
    draw([minute for row in rows for minute in row["minutes"]], Path(sys.argv[2]))
