"""``planfirst generate`` with a server that writes the code: one that answers, one that is down, one not allowed."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from tests.adapters.completion_server import GOOD, serving
from tests.cli.command_line import Done, answer, complaint, in_process, last_line, planfirst

REQUEST = "read a csv file into a list of dicts"


async def generate(url: str, quick: list[str], *settings: str) -> Done:
    """Runs beside a server in this process; there is no store, which is said in the first line."""
    chosen = [f"generator.endpoint={url}", "generator.endpointModel=coder", *settings]
    options = [part for setting in chosen for part in ("--set", setting)]
    return await asyncio.to_thread(planfirst, "generate", REQUEST, "--json", *quick, *options)


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.mark.real
async def test_a_server_writes_the_code(quick: list[str]) -> None:
    async with serving(GOOD) as server:
        found = answer(await generate(f"http://127.0.0.1:{server.port}/v1", quick))
    assert found["code"] == "def add"
    assert found["model"] == "coder at 127.0.0.1"
    (_, _, body) = server.requests[0]
    assert body["model"] == "coder"
    assert body["max_tokens"] == 30
    assert [message["role"] for message in body["messages"]] == ["user"]  # its own words for a system are its makers'
    assert body["messages"][0]["content"] == found["prompt"]


@pytest.mark.real
async def test_a_server_hears_no_secret_of_the_file(quick: list[str], tmp_path: Path) -> None:
    file = tmp_path / "shop.py"
    file.write_text(
        'API_KEY = "sk-proj-abcdefghij1234567890ABCDEFGHIJ12345678"\n\n\n# the total\ndef total(x):\n    pass\n'
    )
    place = ["--file", str(file), "--line", "4"]
    async with serving(GOOD) as server:
        url = f"http://127.0.0.1:{server.port}/v1"
        chosen = [f"generator.endpoint={url}", "generator.endpointModel=coder"]
        options = [part for setting in chosen for part in ("--set", setting)]
        found = answer(await asyncio.to_thread(planfirst, "generate", *place, "--json", *quick, *options))
    assert server.requests
    assert all("sk-proj" not in str(body) for _, _, body in server.requests)
    assert 'API_KEY = "REDACTED"' in found["prompt"]
    assert any("replaced by REDACTED" in notice for notice in found["notices"])


@pytest.mark.real
async def test_a_server_that_is_down(quick: list[str], closed_port: int) -> None:
    done = await generate(f"http://127.0.0.1:{closed_port}/v1", quick)
    assert (done.returncode, done.stdout) == (1, "")
    line = last_line(done, 2)
    assert line.startswith("The server at 127.0.0.1 cannot be reached: ")
    assert line.endswith("Check that it runs, and that generator.endpoint is right.")


@pytest.mark.real
async def test_a_host_that_is_not_allowed_hears_nothing(quick: list[str]) -> None:
    async with serving(GOOD) as server:
        url = f"http://127.0.0.1:{server.port}/v1"
        done = await generate(url, quick, 'generator.allowedHosts=["example.org"]')
    assert (done.returncode, done.stdout) == (1, "")
    assert last_line(done, 1).startswith(
        "Nothing was sent to 127.0.0.1, because your settings do not allow that host. "
    )
    assert server.connections == 0


def test_a_server_without_a_model(random_llama: Path, quick: list[str]) -> None:
    line = complaint(in_process("plan", REQUEST, *quick, "--set", "generator.endpoint=http://127.0.0.1:9/v1"), 2)
    assert line.startswith("No model is named for the server 127.0.0.1. ")
