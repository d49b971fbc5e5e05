"""Children that are killed, stopped and starved at random moments: the server says so, and answers the next request.

The last part kills the server itself, as an editor that crashes does with it: no child may outlive it by two seconds.
"""

from __future__ import annotations

import asyncio
import random
import signal
from pathlib import Path
from typing import Any

import psutil

from tests.stress.raw_server import RawServer

_SIGNALS = [signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV, signal.SIGABRT]
_TEXT = "# read a file\n"
_ORPHANED = 2.0  # seconds


async def run(count: int, seed: int, folder: Path, model: Path) -> dict[str, Any]:
    """So many accidents; says how many requests they cost, and what was found."""
    rng = random.Random(seed)
    server = await _started(folder, model)
    failed = 0
    found: list[str] = []
    try:
        for n in range(count):
            asking = asyncio.create_task(_ask(server, f"{seed}:{n}"))
            await asyncio.sleep(rng.random() * rng.choice([0.01, 0.1, 0.5]))
            _harm(rng, server)
            try:
                answer = await asking
            except (TimeoutError, KeyError):
                found.append(f"{seed}:{n} has no answer; the server lives: {server.is_alive}")
                break
            failed += "error" in answer
            if "error" in answer and not answer["error"]["message"].strip():
                found.append(f"{seed}:{n}: {answer['error']}")
            if n % 3 == 2:  # five in a row without an answer would end the restarts
                found += await _recovered(server, f"{seed}:{n}")
        found += await _alone(server)
    finally:
        server.kill()
    return {"accidents": count, "requests lost": failed, "found": found[:20]}


async def _started(folder: Path, model: Path) -> RawServer:
    settings = {"planner": {"model": str(model), "maxTokens": 16}, "generator": {"maxTokens": 16}}
    server = await RawServer.start(str(folder), verify={"attempts": 1}, **settings)
    item = {"uri": "file:///chaos.py", "languageId": "python", "version": 1, "text": _TEXT}
    await server.tell("textDocument/didOpen", {"textDocument": item})
    await _ask(server, "first")
    return server


async def _ask(server: RawServer, number: str) -> dict[str, Any]:
    place = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 1}}
    where = {"textDocument": {"uri": "file:///chaos.py", "version": 1}, "range": place, "fresh": True}
    return await server.ask("planfirst/generate", where, number)


def _harm(rng: random.Random, server: RawServer) -> None:
    """Ends a child in one of several ways, or stops it for a while."""
    children = server.process.children(recursive=True)
    if not children:
        return
    child = rng.choice(children)
    try:
        if rng.random() < 0.15:
            child.suspend()
            asyncio.get_running_loop().call_later(rng.random() * 0.3, _resume, child)
        else:
            child.send_signal(rng.choice(_SIGNALS))
    except psutil.NoSuchProcess:
        return


def _resume(child: psutil.Process) -> None:
    try:
        child.resume()
    except psutil.NoSuchProcess:
        return


async def _recovered(server: RawServer, number: str) -> list[str]:
    """Whether code is written again when nothing is harmed; a child that was stopped may need a moment."""
    for again in range(3):
        answer = await _ask(server, f"{number} after {again}")
        if "result" in answer:
            return []
    return [f"{number}: afterwards {answer['error']}"]


async def _alone(server: RawServer) -> list[str]:
    """Whether the children end with a server that is killed."""
    children = server.process.children(recursive=True)
    server.kill()
    await server.ended()
    _, left = await asyncio.to_thread(psutil.wait_procs, children, _ORPHANED)
    for child in left:
        child.kill()
    return [f"{len(left)} of {len(children)} children outlived the server"] if left else []
