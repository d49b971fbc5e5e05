"""Requests that no browser would send to ``planfirst chat --web``: each is answered or refused, and the page works on.

Half of them are HTTP from a browser that was let in, with paths, bodies and headers bent; the others are bytes that are
hardly HTTP, or come from one that was not let in, which may learn nothing.
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
from urllib.parse import quote, urlsplit

import psutil

from tests.stress.leaks import Held
from tests.stress.mutation import VALUES, bent

_PATIENCE = 180.0  # seconds, on a machine that does much else
_SECRET = "swordfish"
_PATHS = [
    "/",
    "/page.js",
    "/api/state",
    "/api/conversations",
    "/api/conversations?search={text}",
    "/api/ask",
    "/api/conversations/{id}",
    "/api/conversations/{id}/ask",
    "/api/conversations/{id}/edit",
    "/api/conversations/{id}/retry",
    "/api/conversations/{id}/stop",
    "/api/conversations/{id}/undo",
    "/api/conversations/{id}/export?format=json",
    "/api/../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/page.js%00",
    "//evil.example/",
    "/{text}",
]
_TEXTS = [
    "",
    "a",
    "%00",
    "%ff",
    "../..",
    "*" * 50,
    '"',
    "near(",
    "\u202e",
    "a" * 5000,
    "' OR 1=1 --",
    "{{7*7}}",
    "한글",
]
_METHODS = ["GET", "POST", "POST", "POST", "DELETE", "PUT", "HEAD", "OPTIONS", "TRACE", "PATCH", "X"]
_BODY = {"message": "read a file", "temperature": 0.5, "topP": 0.9, "maxTokens": 32, "system": ""}
_HEADERS = [
    ("Content-Length", "-1"),
    ("Content-Length", "9" * 5000),
    ("Content-Length", "many"),
    ("Transfer-Encoding", "chunked"),
    ("Transfer-Encoding", "gzip, chunked"),
    ("Host", "evil.example"),
    ("Origin", "http://evil.example"),
    ("Cookie", "x=\udcff;" * 200),
    ("Accept-Language", "ko;q=" + "9" * 500 + ",x;q=nan"),
    ("Expect", "100-continue"),
    ("Upgrade", "websocket"),
    ("X", "a" * 70_000),
    ("X\0", "a"),
]


async def run(count: int, seed: int, folder: Path, model: Path) -> dict[str, Any]:
    """So many requests; says how many had an answer in HTTP, and what was found."""
    rng = random.Random(seed)
    page = await Page.start(folder, model)
    answered = 0
    found: list[str] = []
    try:
        found += await page.works()
        before = Held.of(page.process)
        for n in range(count):
            known = rng.random() < 0.6
            data, is_whole = _request(rng, page, known) if rng.random() < 0.8 else (_bytes(rng), False)
            try:
                answer = await page.send(data, hangs_up=not is_whole or rng.random() < 0.1)
            except TimeoutError:
                found.append(f"{seed}:{n} {data[:200]!r} has no answer; it lives: {page.is_alive}")
                break
            except ConnectionError:
                answer = b""
            answered += bool(answer)
            status = answer[9:12]
            if status == b"500" or (answer and not answer.startswith(b"HTTP/1.1 ")):
                found.append(f"{seed}:{n} {data[:300]!r}: {answer[:300]!r}")
            if not known and _SECRET.encode() in answer:
                found.append(f"{seed}:{n} told a stranger: {data[:300]!r}")
        found += await page.works()
        found += await before.grown(page.process)
    finally:
        found += await page.stop()
    return {"requests": count, "answered": answered, "found": found[:20]}


def _request(rng: random.Random, page: Page, known: bool) -> tuple[bytes, bool]:
    """A request, and whether it is whole: of others the server may wait for the rest until they hang up."""
    path = rng.choice(_PATHS).format(id=rng.choice([page.id, page.id, "0", *_TEXTS]), text=rng.choice(_TEXTS))
    if rng.random() < 0.8:
        path = quote(path, safe="/?=&%.")
    body = bent(rng, _BODY) if rng.random() < 0.6 else rng.choice([_BODY, {}, VALUES])
    raw = json.dumps(body).encode("utf-8", "surrogatepass") if rng.random() < 0.9 else rng.randbytes(50)
    if rng.random() < 0.02:
        raw = b'{"message": "' + b"a" * 3_000_000
    method = rng.choice(_METHODS)
    headers = [("Host", page.host), ("Connection", "close")]
    headers += [("Cookie", page.cookie)] if known else []
    headers += [("Content-Length", str(len(raw)))] if method not in ("GET", "HEAD") else []
    is_whole = rng.random() > 0.2
    if not is_whole:
        headers.insert(rng.randint(0, len(headers)), rng.choice(_HEADERS))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", ""]
    head = "\r\n".join(lines).encode("utf-8", "surrogateescape")
    return head + (raw if method not in ("GET", "HEAD") else b""), is_whole


def _bytes(rng: random.Random) -> bytes:
    return rng.choice(
        [
            b"",
            b"\r\n\r\n",
            rng.randbytes(500),
            b"GET / HTTP/9.9\r\n\r\n",
            b"GET / HTTP/1.1\r\n\r\n",
            b"GET /" + b"a" * 100_000,
            b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: a\r\n" * 5000 + b"\r\n",
            b"POST /api/ask HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
            b"POST /api/ask HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
            b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        ]
    )


class Page:
    """The command as a process, and a browser that was let in. ``id`` is that of a conversation."""

    def __init__(self, process: asyncio.subprocess.Process, address: str) -> None:
        self._process = process
        split = urlsplit(address)
        self._port = split.port or 0
        self._query = split.query
        self.host = f"127.0.0.1:{self._port}"
        self.cookie = ""
        self.id = ""

    @classmethod
    async def start(cls, home: Path, model: Path) -> Page:
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-P", "-m", "planfirst", "chat", "--web", "--no-open", "--set", f"planner.model={model}"],
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "PLANFIRST_HOME": str(home)},
        )
        assert process.stdout is not None
        page = cls(process, (await process.stdout.readline()).decode().strip())
        answer = await page.send(
            f"GET /?{page._query} HTTP/1.1\r\nHost: {page.host}\r\nConnection: close\r\n\r\n".encode()
        )
        lines = answer.decode("latin-1").split("\r\n")
        (cookie,) = (line.partition(": ")[2] for line in lines if line.lower().startswith("set-cookie"))
        page.cookie = cookie.partition(";")[0]
        return page

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self._process.pid)

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    async def send(self, data: bytes, hangs_up: bool = False) -> bytes:
        """All that comes back until the connection is closed.

        Raises:
            TimeoutError: it stays open.
            ConnectionError: it was cut, as the server may do with one that sends what nobody reads.
        """
        async with asyncio.timeout(_PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            try:
                writer.write(data)
                await writer.drain()
                if hangs_up:
                    with suppress(OSError):  # it has closed the connection already
                        writer.write_eof()
                return await reader.read(-1)
            finally:
                writer.close()

    async def works(self) -> list[str]:
        """Whether a question is answered, from a browser that was let in."""
        body = json.dumps({**_BODY, "message": _SECRET}).encode()
        head = f"POST /api/ask HTTP/1.1\r\nHost: {self.host}\r\nCookie: {self.cookie}\r\nConnection: close\r\n"
        answer = await self.send(head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        rows = [json.loads(line) for line in answer.split(b"\r\n") if line.startswith(b'{"')]
        self.id = next((row["id"] for row in rows if "id" in row), self.id)
        is_right = answer.startswith(b"HTTP/1.1 200") and any("conversation" in row for row in rows)
        return [] if is_right else [f"a question has no answer: {answer[:500]!r}"]

    async def stop(self) -> list[str]:
        """Ends it as Ctrl-C does; what is left of it."""
        if not self.is_alive:
            return [f"it ended with {self._process.returncode}"]
        family = self.process.children(recursive=True)
        self._process.send_signal(2)
        try:
            async with asyncio.timeout(_PATIENCE):
                code = await self._process.wait()
        except TimeoutError:
            self._process.kill()
            return ["it did not end when it was interrupted"]
        _, left = await asyncio.to_thread(psutil.wait_procs, family, _PATIENCE)
        return ([f"it ended with {code}"] if code else []) + ([f"{len(left)} children are left"] if left else [])
