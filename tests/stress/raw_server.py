"""The real server process, spoken to in bytes: what it is sent need not be a message at all."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

PATIENCE = 180.0  # seconds for an answer, on a machine that does much else

_WRONG_CLOCK = """
import runpy, sys, time
from pathlib import Path
right, wrong = time.time, Path(sys.argv.pop())
time.time = lambda: right() + float(wrong.read_text() or 0)
runpy.run_module("planfirst.lsp", run_name="__main__")
"""  # datetime has a clock of its own, which is not moved


class RawServer:
    """One server process.

    Attributes:
        answers: responses by the id of their request.
        strays: responses to no request that was sent.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._arrived = asyncio.Condition()
        self.answers: dict[Any, dict[str, Any]] = {}
        self.strays: list[dict[str, Any]] = []
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(
        cls, home: str, *, clock: Path | None = None, folder: Path | None = None, **options: Any
    ) -> RawServer:
        """A server that keeps its data in ``home`` and is initialized.

        Args:
            folder: that is opened in the editor.
            clock: a file with the seconds by which its clock is wrong, read again whenever it looks at the time.
        """
        begun = ["-m", "planfirst.lsp"] if clock is None else ["-c", _WRONG_CLOCK, str(clock)]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            *begun,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PLANFIRST_HOME": home},
        )
        server = cls(process)
        editor = {"warmUp": False}
        able = {"workspace": {"workspaceEdit": {"documentChanges": True}}}
        opened = [{"uri": folder.as_uri(), "name": folder.name}] if folder else None
        options = {"editor": editor, **options}
        params = {"processId": None, "rootUri": None, "workspaceFolders": opened, "capabilities": able}
        params["initializationOptions"] = options
        await server.ask("initialize", params)
        await server.tell("initialized", {})
        return server

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self._process.pid)

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    async def send(self, message: Any) -> None:
        """Sends anything that is JSON, with the right header."""
        body = json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")
        await self.send_bytes(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    async def send_bytes(self, data: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        await self._process.stdin.drain()

    async def tell(self, method: str, params: Any) -> None:
        await self.send({"jsonrpc": "2.0", "method": method, "params": params})

    async def ask(self, method: str, params: Any, number: Any = None) -> dict[str, Any]:
        """The response to a request.

        Raises:
            TimeoutError: there was none.
        """
        number = f"ask {len(self.answers)}" if number is None else number
        await self.send({"jsonrpc": "2.0", "id": number, "method": method, "params": params})
        return await self.answer(number)

    async def answer(self, number: Any) -> dict[str, Any]:
        """The response to a request that was sent already."""
        async with asyncio.timeout(PATIENCE), self._arrived:
            await self._arrived.wait_for(lambda: number in self.answers or self._reading.done())
        return self.answers[number]

    async def stop(self) -> int:
        """Closes its input, as an editor that is gone does; how it ended."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        async with asyncio.timeout(PATIENCE):
            code = await self._process.wait()
            await self._reading
        return code

    async def ended(self) -> int:
        """How it ended, once it has."""
        async with asyncio.timeout(PATIENCE):
            return await self._process.wait()

    def kill(self) -> None:
        if self.is_alive:
            self._process.kill()

    async def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            while True:
                length = 0
                while (line := await self._process.stdout.readline()).strip():
                    name, _, value = line.partition(b":")
                    if name.lower() == b"content-length":
                        length = int(value)
                if not line:
                    return
                await self._take(json.loads(await self._process.stdout.readexactly(length)))
        finally:
            async with self._arrived:
                self._arrived.notify_all()

    async def _take(self, message: Mapping[str, Any]) -> None:
        if "method" in message:
            if "id" in message:  # the server asks its editor something; this one knows nothing
                await self.send({"jsonrpc": "2.0", "id": message["id"], "result": None})
            return
        async with self._arrived:
            number = message.get("id")
            if isinstance(number, str | int):
                self.answers[number] = dict(message)
            else:
                self.strays.append(dict(message))
            self._arrived.notify_all()
