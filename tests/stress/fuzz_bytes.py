"""Bytes that are no message: the server goes on, or ends; it never hangs, or takes memory without bound."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from tests.stress.raw_server import RawServer

_GROWTH = 150_000_000  # bytes
KINDS = (
    "no utf-8",
    "no json",
    "a list",
    "a number",
    "deep nesting",
    "a huge number",
    "a length that is too short",
    "a negative length",
    "a length that is none",
    "two lengths",
    "an enormous length",
    "a header that never ends",
    "no header",
    "line ends of another kind",
    "random bytes",
)


async def run(count: int, seed: int, folder: Path) -> dict[str, Any]:
    """So many broken inputs; ``lived`` counts those after which the same server answered."""
    rng = random.Random(seed)
    found: list[str] = []
    lived = 0
    server: RawServer | None = None
    try:
        for n in range(count):
            kind = KINDS[n % len(KINDS)]
            server = server or await RawServer.start(str(folder))
            before = server.process.memory_info().rss
            try:
                if is_whole := await _send(server, kind, rng):
                    answer = await server.ask("textDocument/hover", {}, f"after {n}")
                    lived += 1
                    if not {"result", "error"} & answer.keys():
                        found.append(f"{kind}: {answer}")
                if server.is_alive and (grown := server.process.memory_info().rss - before) > _GROWTH:
                    found.append(f"{kind}: it grew by {grown} bytes")
                if not is_whole:
                    await server.stop()
                    server = None
            except ConnectionError:
                await server.ended()  # it has given up its input, so it must end
                server = None
    except (TimeoutError, KeyError) as error:
        found.append(f"{kind}: {error!r}, alive: {server is not None and server.is_alive}")
    finally:
        if server is not None:
            server.kill()
    return {"inputs": count, "lived": lived, "found": found[:20]}


def _framed(body: bytes, length: int | None = None) -> bytes:
    return b"Content-Length: %d\r\n\r\n" % (len(body) if length is None else length) + body


async def _send(server: RawServer, kind: str, rng: random.Random) -> bool:
    """Sends one broken input; whether the next message can be told from it, so that it must be answered."""
    match kind:
        case "no utf-8":
            data = _framed(b'{"jsonrpc": "2.0", "id": 1, "method": "\xff\xfe\x80"}')
        case "no json":
            data = _framed(b"{" * rng.randint(1, 900))
        case "a list":
            data = _framed(b'[{"jsonrpc": "2.0", "id": 1, "method": "x"}]')
        case "a number":
            data = _framed(b"17")
        case "deep nesting":
            data = _framed(b"[" * 200_000 + b"]" * 200_000)
        case "a huge number":
            data = _framed(b'{"jsonrpc": "2.0", "id": ' + b"9" * 6000 + b', "method": "x"}')
        case "no header" | "line ends of another kind" | "random bytes" | "a length that is too short":
            body = b'{"jsonrpc": "2.0", "id": 1, "method": "x"}'
            short = _framed(body, rng.randint(1, len(body) - 1))
            random_bytes = rng.randbytes(rng.randint(1, 5000))
            data = {"no header": body, "line ends of another kind": b"Content-Length: 42\n\n" + body}.get(
                kind, short if kind.startswith("a length") else random_bytes
            )
            await server.send_bytes(data)
            return False
        case "a negative length":
            data = b"Content-Length: -5\r\n\r\n"
        case "a length that is none":
            data = b"Content-Length: many\r\n\r\n"
        case "two lengths":
            data = b"Content-Length: 2\r\nContent-Length: 99999\r\n\r\n{}"
        case "an enormous length":
            await server.send_bytes(b"Content-Length: 99999999999999\r\n\r\n" + b" " * 1_000_000)
            return False
        case _:
            await server.send_bytes(b"X-Header: " + b"a" * 300_000)
            return False
    await server.send_bytes(data)
    return True
