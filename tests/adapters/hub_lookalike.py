"""A server on loopback that speaks as much of the hub's protocol as a download needs."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from tests.adapters.loopback import served

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """What the server offers, and what it was asked.

    Attributes:
        files: contents by ``repository/file``.
        refusals: status and the hub's error code, which may be empty, by repository.
        redirect: the server that has the files, as the real hub's storage does; empty for this one.
        claimed_size: said to be the file's size, if not 0.
        break_after: bytes after which the next answers stop, one entry an answer.
        stall: whether such an answer then waits for ``released`` before the connection is closed.
        ranges: the Range header of each GET, empty if there was none.
        tokens: the Authorization header of each request.
    """

    files: dict[str, bytes]
    refusals: dict[str, tuple[int, str]] = field(default_factory=dict)
    redirect: str = ""
    claimed_size: int = 0
    break_after: list[int] = field(default_factory=list)
    stall: bool = False
    released: threading.Event = field(default_factory=threading.Event)
    ranges: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    requests: int = 0
    url: str = ""


@contextmanager
def serve(hub: Hub) -> Iterator[Hub]:
    """Runs the hub on a free port, and sets its ``url``."""
    with served(_handler(hub), hub.released.set) as hub.url:
        yield hub


def _handler(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            hub.ranges.append(self.headers.get("Range", ""))
            self._answer(with_body=True)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

        def _answer(self, *, with_body: bool) -> None:
            hub.requests += 1
            hub.tokens.append(self.headers.get("Authorization", ""))
            repository, _, rest = self.path.lstrip("/").partition("/resolve/")
            content = hub.files.get(f"{repository}/{rest.partition('/')[2]}")
            if repository in hub.refusals or content is None:
                self._refuse(*hub.refusals.get(repository, (404, "EntryNotFound")))
                return
            start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-")) if "Range" in self.headers else 0
            self.send_response(302 if hub.redirect else 206 if start else 200)
            self.send_header("X-Repo-Commit", COMMIT)
            digest = hashlib.sha256(content).hexdigest()
            self.send_header("ETag", f'"{digest}"')
            self.send_header("X-Linked-Etag", f'"{digest}"')
            self.send_header("X-Linked-Size", str(hub.claimed_size or len(content)))
            if hub.redirect:
                self.send_header("Location", hub.redirect + self.path)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_header("Content-Length", str(len(content) - start))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            self.end_headers()
            if with_body:
                self._send(content[start:])

        def _send(self, body: bytes) -> None:
            if not hub.break_after:
                self.wfile.write(body)
                return
            self.wfile.write(body[: hub.break_after.pop(0)])
            self.wfile.flush()
            if hub.stall:
                hub.released.wait(30)
            self.close_connection = True

        def _refuse(self, status: int, error: str) -> None:
            self.send_response(status)
            if error:
                self.send_header("X-Error-Code", error)
            self.send_header("Content-Length", "0")
            self.end_headers()

    return Handler
