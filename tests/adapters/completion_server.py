"""A server on loopback that answers chat completions, well or badly, and what asks it."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from planfirst.adapters.openai import Endpoint, OpenAIWriter
from planfirst.core.errors import EndpointError
from planfirst.core.types import Decoding, Prompt

PROMPT = Prompt("Be brief.", "Add two numbers.")
DECODING = Decoding(64, temperature=0.2, seed=7, grammar='root ::= "x"')
KEY = "sk-very-secret"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class Server:
    """A server that answers the nth request with the nth answer, and the rest with the last."""

    answers: list[Answer | bytes]
    port: int = 0
    requests: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    connections: int = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
            body = json.loads(await reader.readexactly(int(headers["content-length"])))
            self.requests.append((head[0], headers, body))
            answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(*answers: Answer | bytes, tls: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    server = Server(list(answers))
    listener = await asyncio.start_server(server.handle, "127.0.0.1", 0, ssl=tls)
    server.port = listener.sockets[0].getsockname()[1]
    async with listener:
        yield server


def event(text: str, **choice: Any) -> bytes:
    return b"data: " + json.dumps({"choices": [{"delta": {"content": text}, **choice}]}).encode() + b"\n\n"


def status(code: int, body: bytes = b"", headers: str = "") -> bytes:
    return f"HTTP/1.1 {code} Status\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


GOOD = HEAD + event("def ") + event("add") + b"data: [DONE]\n\n"


def endpoint(server: Server, **changes: Any) -> Endpoint:
    return Endpoint(**{"url": f"http://127.0.0.1:{server.port}/v1", "model": "coder", "read_timeout": 5.0} | changes)


async def ask(chosen: Endpoint) -> list[str]:
    writer = OpenAIWriter(chosen, backoff=lambda tried: 0.0)
    try:
        return [piece async for piece in writer.stream(PROMPT, DECODING)]
    finally:
        await writer.close()


async def failure(chosen: Endpoint) -> EndpointError:
    with pytest.raises(EndpointError) as caught:
        await ask(chosen)
    assert caught.value.what.endswith(".")
    assert caught.value.next_step.endswith(".")
    assert KEY not in str(caught.value)
    return caught.value
