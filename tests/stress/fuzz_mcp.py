"""Lines that no agent would send to ``planfirst mcp``: each request is answered or refused, and the process works on.

Messages are made from what the protocol has (methods, tools, arguments), then bent; between them stand lines that are
no message at all. What is sent with an id of ``asked`` must get a response.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from tests.stress.leaks import Held
from tests.stress.mutation import VALUES, bent

_PATIENCE, _TO_START = 180.0, 300.0  # seconds, on a machine that does much else
_LIMIT = 1 << 24
_TOOLS = ["search_examples", "make_plan", "enhanced_prompt", "generate", "verify_code", "rm", "", "__class__"]
_METHODS = [
    "tools/call",
    "tools/call",
    "tools/call",
    "tools/list",
    "ping",
    "prompts/list",
    "prompts/get",
    "resources/list",
    "resources/read",
    "resources/subscribe",
    "completion/complete",
    "logging/setLevel",
    "initialize",
    "nothing",
    "",
]
_TOLD = ["notifications/cancelled", "notifications/progress", "notifications/initialized", "notifications/x", ""]
_REQUESTS = [
    "read a csv file",
    "",
    " ",
    "\0",
    "\u202e" * 50,
    "한글 " * 200,
    "x" * 50_000,
    "<|im_end|>",
    "double(2) -> 4",
]
_FILES = ["stock.py", "none.py", "../outside.py", "/etc/passwd", ".", "", "\0", "a" * 5000, "stock.py/x", "C:\\x"]
_LINES = [1, 4, 0, -1, 99, 2**31, 2**70, None, "4", 1.5, True]
_RUBBISH = [
    b"\xff\xfe\x00 rubbish",
    b"{",
    b"[]",
    b"null",
    b"17",
    b'"text"',
    b'{"jsonrpc": "2.0"}',
    b"[" * 100_000,
    b'{"jsonrpc": "2.0", "id": ' + b"9" * 6000 + b', "method": "ping"}',
    b'{"jsonrpc": "2.0", "id": null, "method": "ping"}',
    b'{"jsonrpc": "2.0", "id": [1], "method": "ping"}',
    b'{"jsonrpc": "2.0", "result": {}, "id": 1}',
    b'{"jsonrpc": "2.0", "error": 3, "id": "x"}',
    b"Content-Length: 17\r\n\r\n{}",
]


async def run(count: int, seed: int, folder: Path, model: Path) -> dict[str, Any]:
    """So many lines; says how many requests among them were answered, and what was found."""
    rng = random.Random(seed)
    project = folder / "project"
    project.mkdir()
    (project / "stock.py").write_text("import json\n\n\n# read a csv file\n", encoding="utf-8")
    (folder / "outside.py").write_text("# a secret\n", encoding="utf-8")
    agent = await Agent.start(folder, project, model)
    asked: list[str] = []
    found: list[str] = []
    try:
        found += await agent.works()  # its children have started
        before = Held.of(agent.process)
        for n in range(count):
            if not agent.is_alive:
                found.append(f"it ended before line {n}")
                break
            if rng.random() < 0.1:
                await agent.send_line(rng.choice(_RUBBISH))
                continue
            message = _message(rng, f"{seed}:{n}")
            if "id" in message:
                asked.append(message["id"])
            await agent.send(message)
            if n % 20 == 19:
                if missing := await agent.missing(asked):
                    found += missing
                    break
                asked = []
        if agent.is_alive and not found:
            found += await agent.missing(asked)
            found += await agent.works()
            found += await before.grown(agent.process)
            found += await agent.left_alone()
    finally:
        agent.kill()
    secrets = [text for text in agent.texts if "a secret" in text]
    found += [f"a file outside was read: {text[:200]}" for text in secrets]
    return {"lines": count, "requests": agent.answered, "found": found[:20]}


def _message(rng: random.Random, number: str) -> dict[str, Any]:
    asks = rng.random() < 0.8
    method = rng.choice(_METHODS if asks else _TOLD)
    params = _params(rng, method)
    if rng.random() < 0.4:
        params = bent(rng, params)
    message: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
    if asks:
        message["id"] = number
    if rng.random() < 0.04:
        del message["params"]
    if rng.random() < 0.03:
        message["jsonrpc"] = rng.choice(["1.0", 2, None, ""])
    if rng.random() < 0.03:
        message[rng.choice(["x", "result", "_meta"])] = rng.choice(VALUES)
    return message


def _params(rng: random.Random, method: str) -> Any:
    match method:
        case "tools/call":
            tool = rng.choice(_TOOLS)
            return {"name": tool, "arguments": _arguments(rng, tool), "_meta": {"progressToken": rng.choice([1, "x"])}}
        case "resources/read" | "resources/subscribe":
            return {"uri": rng.choice(["file:///etc/passwd", "x", "", "planfirst://x"])}
        case "prompts/get":
            return {"name": rng.choice(["x", ""]), "arguments": {}}
        case "initialize":
            return {"protocolVersion": rng.choice(["2025-06-18", "1", 3]), "capabilities": {}, "clientInfo": {}}
        case "notifications/cancelled":
            return {"requestId": rng.choice([1, "x", f"0:{rng.randrange(100)}"]), "reason": "x"}
    return {"level": "debug", "cursor": rng.choice(["", "x"])}


def _arguments(rng: random.Random, tool: str) -> dict[str, Any]:
    given: dict[str, Any] = {"request": rng.choice(_REQUESTS)}
    if tool == "search_examples":
        given |= {"count": rng.choice([1, 5, 0, -1, 2**40]), "language": rng.choice(["", "python", "klingon"])}
    elif tool == "verify_code":
        given |= {"code": rng.choice(["def double(n):\n    return 2 * n\n", "import os; os.abort()", "\0", "(" * 5000])}
    elif rng.random() < 0.5:
        given |= {"file": rng.choice(_FILES), "line": rng.choice(_LINES)}
    return {name: value for name, value in given.items() if rng.random() < 0.95}


class Agent:
    """``planfirst mcp`` as a process, and what it has answered."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._arrived = asyncio.Condition()
        self._answers: dict[str, dict[str, Any]] = {}
        self.texts: list[str] = []
        self.answered = 0
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, home: Path, project: Path, model: Path) -> Agent:
        sets = [f"planner.model={model}", "planner.maxTokens=16", "generator.maxTokens=16", "verify.attempts=1"]
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-P", "-m", "planfirst", "mcp", "--folder", str(project)],
            *[part for one in sets for part in ("--set", one)],
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PLANFIRST_HOME": str(home)},
            limit=_LIMIT,
        )
        agent = cls(process)
        hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "x", "version": "0"}}
        await agent.ask("initialize", hello, "hello", _TO_START)
        await agent.send({"jsonrpc": "2.0", "method": "notifications/initialized"})
        return agent

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self._process.pid)

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    async def send(self, message: Any) -> None:
        await self.send_line(json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass"))

    async def send_line(self, line: bytes) -> None:
        assert self._process.stdin is not None
        with suppress(ConnectionError):
            self._process.stdin.write(line + b"\n")
            await self._process.stdin.drain()

    async def ask(self, method: str, params: Any, number: str, patience: float = _PATIENCE) -> dict[str, Any]:
        await self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return await self._answer(number, patience)

    async def missing(self, asked: list[str]) -> list[str]:
        """Which of these have no answer."""
        for number in asked:
            try:
                await self._answer(number)
            except (TimeoutError, KeyError):
                return [f"request {number} has no answer; it lives: {self.is_alive}"]
        return []

    async def works(self) -> list[str]:
        """Whether it still does what it is there for."""
        call = {"name": "generate", "arguments": {"request": "read a file"}}
        answer = await self.ask("tools/call", call, f"works {self.answered}")
        is_right = not answer.get("result", {"isError": True}).get("isError")
        return [] if is_right else [f"no code is written: {str(answer)[:300]}"]

    async def left_alone(self) -> list[str]:
        """Whether it ends, and its children with it, when the agent hangs up."""
        family = self.process.children(recursive=True)
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            async with asyncio.timeout(_PATIENCE):
                await self._process.wait()
        except TimeoutError:
            return ["it did not end when its input was closed"]
        _, left = await asyncio.to_thread(psutil.wait_procs, family, _PATIENCE)
        return [f"{len(left)} children are left"] if left else []

    def kill(self) -> None:
        if self.is_alive:
            self._process.kill()

    async def _answer(self, number: str, patience: float = _PATIENCE) -> dict[str, Any]:
        async with asyncio.timeout(patience), self._arrived:
            await self._arrived.wait_for(lambda: number in self._answers or self._reading.done())
        return self._answers[number]

    async def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            while line := await self._process.stdout.readline():
                message = json.loads(line)
                self.texts.append(line.decode()[:20_000])
                if isinstance(message.get("id"), str) and {"result", "error"} & message.keys():
                    async with self._arrived:
                        self._answers[message["id"]] = message
                        self.answered += 1
                        self._arrived.notify_all()
        finally:
            async with self._arrived:
                self._arrived.notify_all()
