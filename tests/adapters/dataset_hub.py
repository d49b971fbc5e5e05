"""A look-alike of the hub's data sets: lists of files, and the files themselves, on loopback."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import unquote, urlsplit

from tests.adapters.loopback import served

COMMIT = "89abcdef0123456789abcdef0123456789abcdef"


@dataclass
class DatasetHub:
    """What it offers, and what it was asked.

    Attributes:
        files: contents by repository, revision and path.
        refusals: status and error code by repository.
        asked: the paths of all requests.
    """

    files: dict[tuple[str, str], dict[str, bytes]]
    refusals: dict[str, tuple[int, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    url: str = ""


@contextmanager
def serve(hub: DatasetHub) -> Iterator[DatasetHub]:
    """Runs the hub on a free port, and sets its ``url``."""
    with served(_handler(hub)) as hub.url:
        yield hub


def _handler(hub: DatasetHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self._answer(with_body=False)

        def do_GET(self) -> None:
            self._answer(with_body=True)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

        def _answer(self, *, with_body: bool) -> None:
            path = urlsplit(self.path).path
            hub.asked.append(path)
            listing = path.startswith("/api/datasets/")
            parts = path.removeprefix("/api").removeprefix("/datasets/").split("/")
            repository, revision = "/".join(parts[:2]), unquote(parts[3])
            if repository in hub.refusals:
                self._send(hub.refusals[repository][0], b"", {"X-Error-Code": hub.refusals[repository][1]})
                return
            files = hub.files.get((repository, revision))
            if files is None:
                code = "RevisionNotFound" if any(name == repository for name, _ in hub.files) else "RepoNotFound"
                self._send(404 if code == "RevisionNotFound" else 401, b"", {"X-Error-Code": code})
            elif listing:
                found = [
                    {"type": "file", "path": name, "size": len(data), "oid": _sha(data)[:40]}
                    for name, data in files.items()
                ]
                self._send(200, json.dumps(found).encode(), {"Content-Type": "application/json"})
            else:
                data = files[unquote("/".join(parts[4:]))]
                headers = {"ETag": f'"{_sha(data)}"', "X-Repo-Commit": COMMIT}
                self._send(200, data, headers, with_body=with_body)

        def _send(self, status: int, body: bytes, headers: dict[str, str], *, with_body: bool = True) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if with_body:
                self.wfile.write(body)

    return Handler


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
