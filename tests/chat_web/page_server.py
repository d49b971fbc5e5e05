"""The page's server in a process of its own, and a browser that was let in."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.cli.command_line import COMMAND, environment


class Server:
    """``planfirst chat --web``, which listens."""

    def __init__(self, model: Path | str, *options: str) -> None:
        settings = ["--set", f"planner.model={model}"]
        self.process = subprocess.Popen(
            [*COMMAND, "chat", "--web", "--no-open", *settings, *options],
            env=environment(None, {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        assert self.address.startswith("http://127.0.0.1:"), self.process.communicate(timeout=30)
        self.base = f"http://127.0.0.1:{urlsplit(self.address).port}"

    def stopped(self, number: int = signal.SIGINT) -> tuple[int, str]:
        """Its exit code after Ctrl-C, and what it wrote to standard error."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        _, said = self.process.communicate(timeout=60)
        return self.process.returncode, said


@contextmanager
def served(model: Path | str, *options: str) -> Iterator[Server]:
    server = Server(model, *options)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.process.kill()
        server.process.communicate(timeout=30)


@contextmanager
def browser(server: Server) -> Iterator[httpx.Client]:
    """One that has opened the address and has the cookie."""
    with httpx.Client(base_url=server.base, timeout=100, trust_env=False) as client:
        response = client.get(server.address)
        assert response.status_code == 303, response.text
        yield client


def rows(client: httpx.Client, path: str, **data: Any) -> list[dict[str, Any]]:
    """All that comes of an answer."""
    response = client.post(path, json=data)
    assert response.status_code == 200, response.text
    return [json.loads(line) for line in response.text.splitlines()]


def first_words(lines: Iterator[str]) -> str:
    """Reads until something of the answer is there; the conversation's id."""
    id = ""
    for line in lines:
        row = json.loads(line)
        id = row.get("id", id)
        if row.get("answer"):
            return id
    raise AssertionError("there is no answer")


IS_WINDOWS = sys.platform == "win32"
