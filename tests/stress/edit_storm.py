"""A document that is edited while its code is written: an edit lands whole on the version it was made for, or not.

A model of an editor types, deletes, undoes, closes and opens at random, while requests run in the real server with a
real (random) model. An answer's edit may be applied only if the document is still at the version that the edit names;
then the text must be as it was but for what was added, and the request must still stand there.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

from tests.lsp.editor import apply_text_edits
from tests.stress.raw_server import RawServer

_FILES = [
    "import os\n\n# read a file\n\nx = 1\n",
    'def f(a, b):\n    """Add a and b."""\n\n\ny = f(1, 2)\n',
    "class A:\n    def g(self):\n        # count calls\n        pass\n\n    def h(self):\n        return 2\n",
    "# 😀 한글 request\r\nz = 3\r\n",
    "\tif True:\n\t\tpass\n# last line without an end",
]
_TYPED = ["x", "\n", "# read a file\n", "    ", "😀", "def k():\n    pass\n", '"""', "\r\n"]


async def run(count: int, seed: int, folder: Path, model: Path) -> dict[str, Any]:
    """So many requests; says how many edits were applied and how many came too late, and what was found."""
    rng = random.Random(seed)
    server = await RawServer.start(
        str(folder),
        client="planfirst-vscode",
        planner={"model": str(model), "maxTokens": 24},
        generator={"maxTokens": 24},
        verify={"attempts": 1},
    )
    applied = late = refused = 0
    found: list[str] = []
    try:
        for n in range(count):
            document = _Document(server, f"file:///storm{n % 7}.py", rng)
            await document.open(rng.choice(_FILES))
            line = rng.choice(document.requests)
            place = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 1}}
            where = {"textDocument": {"uri": document.uri, "version": document.version}, "range": place}
            number = f"{seed}:{n}"
            asked_at = document.version
            goal = rng.choice(["generate", "generate", "plan"])
            await server.send({"jsonrpc": "2.0", "id": number, "method": f"planfirst/{goal}", "params": where})
            storm = asyncio.create_task(document.storm(rng.choice([0, 0, 1, 3, 8])))
            answer = await server.answer(number)
            await storm
            if "error" in answer:
                refused += 1
            elif (edit := answer["result"].get("edit")) is None:
                late += 1
            else:
                said = document.check(edit, asked_at)
                if said:
                    found.append(f"{number}: {said}")
                applied += edit["documentChanges"][0]["textDocument"]["version"] == document.version
            await document.close()
        if (code := await server.stop()) != 0:
            found.append(f"the server ended with {code}")
    finally:
        server.kill()
    return {"requests": count, "applied": applied, "without edit": late, "refused": refused, "found": found[:20]}


class _Document:
    """What an editor has open, with its history."""

    def __init__(self, server: RawServer, uri: str, rng: random.Random) -> None:
        self._server, self._rng = server, rng
        self.uri, self.text, self.version = uri, "", 0
        self._past: list[str] = []
        self.is_open = False

    @property
    def requests(self) -> list[int]:
        """Lines that may hold a request."""
        return [n for n, line in enumerate(self.text.split("\n")) if "#" in line or '"""' in line] or [0]

    async def open(self, text: str) -> None:
        self.text, self.is_open = text, True
        self.version += 1
        item = {"uri": self.uri, "languageId": "python", "version": self.version, "text": text}
        await self._server.tell("textDocument/didOpen", {"textDocument": item})

    async def close(self) -> None:
        if self.is_open:
            self.is_open = False
            await self._server.tell("textDocument/didClose", {"textDocument": {"uri": self.uri}})

    async def storm(self, edits: int) -> None:
        """Some edits, and now and then an undo, a close or another opening."""
        for _ in range(edits):
            await asyncio.sleep(self._rng.random() * 0.01)
            match self._rng.randrange(8):
                case 0 if self._past:
                    await self._change(self._past.pop())
                case 1:
                    text = self.text
                    await self.close()
                    await self.open(text)
                case _:
                    self._past.append(self.text)
                    at = self._rng.randint(0, len(self.text))
                    until = min(len(self.text), at + self._rng.choice([0, 0, 1, 5]))
                    await self._change(self.text[:at] + self._rng.choice(_TYPED) + self.text[until:])

    async def _change(self, text: str) -> None:
        self.text = text
        self.version += 1
        document = {"uri": self.uri, "version": self.version}
        await self._server.tell(
            "textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]}
        )

    def check(self, edit: dict[str, Any], asked_at: int) -> str:
        """What is wrong with an edit; empty for nothing. One for an older version is what an editor refuses."""
        (change,) = edit["documentChanges"]
        made_for = change["textDocument"]["version"]
        if change["textDocument"]["uri"] != self.uri:
            return f"it is for another document: {change['textDocument']}"
        if made_for != asked_at:
            return f"asked at version {asked_at}, it is for {made_for}"
        if made_for != self.version:
            return ""
        before, after = self.text, apply_text_edits(self.text, change["edits"])
        kept = [line.strip() for line in before.splitlines() if line.strip() and line.strip() != "pass"]
        rest = iter(line.strip() for line in after.splitlines())
        lost = [line for line in kept if line not in rest]
        return f"lines are lost: {lost!r} of {before!r} in {after!r}" if lost else ""
