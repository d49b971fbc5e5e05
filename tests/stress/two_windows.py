"""Two windows on one file: two server processes, a document in each, one file on the disk, and Accept in both.

The windows are like an editor's: each types and saves, one that has not typed since takes over what the other has
saved, and one that has refuses to save over it. A result is accepted when it comes, or later, by ``planfirst/place``
for the document as it is then. In the end the file must hold every line that was saved, and each accepted code once,
whole.
"""

from __future__ import annotations

import asyncio
import random
import string
from pathlib import Path
from typing import Any

from tests.lsp.editor import apply_text_edits
from tests.stress.raw_server import RawServer

_FILE = "import os\n\n\n# read a file\n\n# count its lines\n\n\ndef last():\n    return 1\n"


async def run(count: int, seed: int, folder: Path, model: Path) -> dict[str, Any]:
    """So many files; says how many results were accepted in which way, and what was found."""
    rng = random.Random(seed)
    settings = {"planner": {"model": str(model), "maxTokens": 16}, "generator": {"maxTokens": 24}}
    servers = [
        await RawServer.start(str(folder), client="planfirst-vscode", verify={"attempts": 1}, **settings)
        for _ in range(2)
    ]
    sums = {"files": count, "accepted": 0, "placed later": 0, "not accepted": 0, "saves refused": 0}
    found: list[str] = []
    try:
        for n in range(count):
            file = folder / f"shared{n % 5}.py"
            file.write_text(_FILE, encoding="utf-8")
            windows = [
                _Window(server, file, random.Random(rng.random()), f"{n}{name}")
                for server, name in zip(servers, "ab", strict=True)
            ]
            for window in windows:
                await window.open()
            results = await asyncio.gather(*(window.works() for window in windows), return_exceptions=True)
            for window, result in zip(windows, results, strict=True):
                if isinstance(result, BaseException):
                    found.append(f"{seed}:{n}: {result!r}")
                else:
                    sums[result] += 1
                sums["saves refused"] += window.refused
            for window in windows:  # one after the other, as a person closes them
                await window.leaves()
            found += [f"{seed}:{n}: {said}" for window in windows for said in window.found]
            found += [f"{seed}:{n}: {said}" for said in _lost(file.read_text(encoding="utf-8"), windows)]
        for server in servers:
            if (code := await server.stop()) != 0:
                found.append(f"a server ended with {code}")
    finally:
        for server in servers:
            server.kill()
    return {**sums, "found": found[:20]}


def _lost(text: str, windows: list[_Window]) -> list[str]:
    """Lines that were saved and are gone, and accepted code that does not stand there whole."""
    there = [line.strip() for line in text.splitlines()]
    wanted = [line.strip() for line in _FILE.splitlines() if line.strip()]
    wanted += [line for window in windows for line in window.typed]
    found = [f"{line!r} is lost in {text!r}" for line in wanted if line not in there]
    for window in windows:
        if window.code and window.code not in text:
            found.append(f"accepted, and not whole: {window.code!r} in {text!r}")
    return found


class _Window:
    """An editor's window on the file, with a server of its own.

    Attributes:
        typed: lines that were typed here and saved.
        code: what was accepted here; ``refused`` counts saves that would have overwritten the other window's.
    """

    def __init__(self, server: RawServer, file: Path, rng: random.Random, name: str) -> None:
        self._server, self._file, self._rng, self._name = server, file, rng, name
        self._text, self._base, self._version = "", "", 0
        self.typed: list[str] = []
        self.code = ""
        self.refused = 0
        self.found: list[str] = []

    async def open(self) -> None:
        self._text = self._base = self._file.read_text(encoding="utf-8")
        self._version = 1
        item = {"uri": self._file.as_uri(), "languageId": "python", "version": 1, "text": self._text}
        await self._server.tell("textDocument/didOpen", {"textDocument": item})

    async def works(self) -> str:
        """Asks, types and saves meanwhile, and accepts; in which way."""
        asked = self._rng.choice(["# read a file", "# count its lines"])
        line = self._text.split("\n").index(asked)
        number = f"{self._name} asked"
        params = {**self._place(line), "fresh": True}
        await self._server.send({"jsonrpc": "2.0", "id": number, "method": "planfirst/generate", "params": params})
        typing = asyncio.create_task(self._types(self._rng.choice([0, 1, 4])))
        answer = await self._server.answer(number)
        await typing
        result = answer.get("result") or {}
        if not result.get("code"):
            return "not accepted"
        await self._take_over()
        if (edit := result.get("edit")) and await self._apply(edit):
            return "accepted"
        for _ in range(3):  # the other window may have saved in between
            await self._take_over()
            if asked not in (lines := self._text.split("\n")):
                return "not accepted"
            more = {**self._place(lines.index(asked)), "code": result["code"]}
            placed = await self._server.ask("planfirst/place", more, f"{self._name} placed {self._version}")
            if (edit := (placed.get("result") or {}).get("edit")) and await self._apply(edit):
                return "placed later"
        return "not accepted"

    async def leaves(self) -> None:
        await self._take_over()
        await self._save()
        await self._server.tell("textDocument/didClose", {"textDocument": {"uri": self._file.as_uri()}})

    async def _types(self, times: int) -> None:
        for n in range(times):
            await asyncio.sleep(self._rng.random() * 0.02)
            await self._take_over()
            line = f"typed_{self._name}{''.join(self._rng.choices(string.ascii_lowercase, k=6))}{n} = 1"
            lines = self._text.split("\n")
            at = self._rng.choice([0, 2, len(lines) - 1])
            await self._change("\n".join([*lines[:at], line, *lines[at:]]))
            if await self._save():
                self.typed.append(line)
            else:
                await self._change(self._base)

    async def _apply(self, edit: dict[str, Any]) -> bool:
        """Applies an edit that is for this version, and saves; whether it is on the disk."""
        (change,) = edit["documentChanges"]
        if change["textDocument"]["version"] != self._version:
            return False
        before = self._text
        await self._change(apply_text_edits(before, change["edits"]))
        left = iter(line.strip() for line in self._text.splitlines())
        lost = [line for line in map(str.strip, before.splitlines()) if line and line not in left]
        if lost:
            self.found.append(f"an edit took {lost!r} away: {before!r}, {self._text!r}")
        if not await self._save():
            await self._change(self._base)
            return False
        edits = [one["newText"].strip() for one in change["edits"]]
        self.code = max(edits, key=len)
        return True

    async def _take_over(self) -> None:
        """Takes over what is on the disk, where nothing is typed here that is not saved."""
        on_disk = self._file.read_text(encoding="utf-8")
        if self._text == self._base and on_disk != self._base:
            self._base = on_disk
            await self._change(on_disk)

    async def _save(self) -> bool:
        """Writes the file if nobody else has since it was read; no other window comes in between."""
        if self._text == self._base:
            return True
        if self._file.read_text(encoding="utf-8") != self._base:
            self.refused += 1
            self._base = self._file.read_text(encoding="utf-8")
            return False
        self._file.write_text(self._text, encoding="utf-8")
        self._base = self._text
        await self._server.tell("textDocument/didSave", {"textDocument": {"uri": self._file.as_uri()}})
        return True

    async def _change(self, text: str) -> None:
        self._text = text
        self._version += 1
        document = {"uri": self._file.as_uri(), "version": self._version}
        await self._server.tell(
            "textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]}
        )

    def _place(self, line: int) -> dict[str, Any]:
        place = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 1}}
        return {"textDocument": {"uri": self._file.as_uri(), "version": self._version}, "range": place}
