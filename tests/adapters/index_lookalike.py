"""A package index of small wheels, in a folder or on loopback, that can go wrong in the ways a real one does."""

from __future__ import annotations

import hashlib
import os
import socket
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from tests.adapters import loopback
from tests.small_gguf import small_gguf

WHOLE = small_gguf(data=4096)
CUT = 2000
PIECES = [WHOLE[:CUT], WHOLE[CUT : 2 * CUT], WHOLE[2 * CUT :]]


@dataclass(frozen=True)
class Part:
    package: str
    version: str
    member: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Entry:
    name: str
    file: str
    size: int
    sha256: str
    parts: tuple[Part, ...]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


PARTS = tuple(
    Part(f"odd-part{n}", "0.9.0", f"odd_part{n}/data/part{n}.bin", len(piece), digest(piece))
    for n, piece in enumerate(PIECES, 1)
)
ENTRY = Entry("small", "small.gguf", len(WHOLE), digest(WHOLE), PARTS)


def write_wheel(folder: Path, number: int, data: bytes, version: str = "0.9.0", times: int = 1) -> Path:
    name = f"odd_part{number}"
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}/__init__.py", "raise SystemExit('run')")
        for _ in range(times):
            archive.writestr(f"{name}/data/part{number}.bin", data)
        archive.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Dist: nonsense\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def write_wheels(folder: Path) -> Path:
    """Every part of `ENTRY`, as it should be."""
    for number, piece in enumerate(PIECES, 1):
        write_wheel(folder, number, piece)
    return folder


def ask_only(index: Path | str, patch: pytest.MonkeyPatch) -> None:
    """Makes a folder of wheels, or the address of an index, all that pip asks, whatever this machine is set to."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        patch.delenv(name)
    patch.setenv("PIP_CONFIG_FILE", os.devnull)
    patch.setenv("NO_PROXY", "*")
    if isinstance(index, Path):
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("PIP_FIND_LINKS", str(index))
    else:
        patch.setenv("PIP_INDEX_URL", index)
        patch.setenv("PIP_RETRIES", "0")


@dataclass
class Index:
    """An index on loopback.

    Attributes:
        folder: its wheels, looked at anew for every request.
        statuses: what is answered instead, by the beginning of a path: ``/simple/`` for pages, ``/files/`` for wheels.
        promised: the SHA-256 that its pages give for every wheel; empty for none.
        cut: whether a wheel's bytes end in the middle.
        hangs: whether they stop coming there until whoever asked is gone.
        halfway: set once the first half of such a wheel was sent.
        left: set once whoever asked for it is gone.
    """

    folder: Path
    url: str = ""
    statuses: dict[str, int] = field(default_factory=dict)
    promised: str = ""
    cut: bool = False
    hangs: bool = False
    halfway: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        name = handler.path.strip("/").split("/")[-1]
        page = handler.path.startswith("/simple/")
        found = sorted(self.folder.glob(f"{name.replace('-', '_')}-*.whl") if page else self.folder.glob(name))
        given = [status for beginning, status in self.statuses.items() if handler.path.startswith(beginning)]
        if given or not found:
            handler.send_response(given[0] if given else 404)
            handler.send_header("WWW-Authenticate", 'Basic realm="index"')
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        mark = f"#sha256={self.promised}" if self.promised else ""
        links = "".join(f'<a href="/files/{each.name}{mark}">{each.name}</a>' for each in found)
        data = links.encode() if page else found[0].read_bytes()
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html" if page else "application/octet-stream")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data[: len(data) // 2] if not page and (self.cut or self.hangs) else data)
        if not page and self.hangs:
            handler.wfile.flush()
            self.halfway.set()
            self._wait_for_the_end(handler.connection)

    def _wait_for_the_end(self, connection: socket.socket) -> None:
        connection.settimeout(0.05)
        while not self.over.is_set():
            try:
                gone = not connection.recv(1)
            except TimeoutError:
                continue
            except OSError:
                gone = True
            if gone:
                self.left.set()
                return


@contextmanager
def served(folder: Path) -> Iterator[Index]:
    """An index of the wheels in a folder."""
    index = Index(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            index.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    with loopback.served(Handler, index.over.set) as address:
        index.url = f"{address}/simple/"
        yield index
