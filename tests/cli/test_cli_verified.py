"""``planfirst generate --verify``: a server on loopback writes the code, the real sandbox runs it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.adapters.completion_server import HEAD, Server, event, serving
from tests.adapters.sandbox_outside import why_not_here
from tests.cli.command_line import Done, answer, planfirst

REASON = why_not_here()
pytestmark = [pytest.mark.real, pytest.mark.skipif(bool(REASON), reason=REASON)]


def said(code: str) -> bytes:
    return HEAD + event(f"```python\n{code}\n```") + b"data: [DONE]\n\n"


async def generate(server: Server, quick: list[str], *more: str | Path) -> Done:
    chosen = [f"generator.endpoint=http://127.0.0.1:{server.port}/v1", "generator.endpointModel=coder"]
    options = [part for setting in [*chosen, "verify.attempts=2"] for part in ("--set", setting)]
    return await asyncio.to_thread(planfirst, "generate", *more, "--verify", *quick, *options)


async def test_a_code_that_fails_is_followed_by_one_that_holds(quick: list[str]) -> None:
    async with serving(said("def double(n):\n    return n + 2"), said("def twice(n):\n    return n * 2")) as server:
        done = await generate(server, quick, "double a number. double(3) -> 6", "--json")
    found = answer(done)
    assert found["code"] == "def double(n):\n    return n * 2"
    assert (found["verdict"]["status"], found["verdict"]["attempts"]) == ("passed", 2)
    assert "Attempt 1 fails: double(3) gave 5, not 6" in done.stderr
    assert "Attempt 2, without the plan" in done.stderr


async def test_in_a_file_with_its_tests(quick: list[str], tmp_path: Path) -> None:
    file = tmp_path / "stock.py"
    file.write_text('def double(n):\n    """Twice as much."""\n')
    (tmp_path / "test_stock.py").write_text("from stock import double\n\n\ndef test_it():\n    assert double(3) == 6\n")
    async with serving(said("def double(n):\n    return n + 2")) as server:
        done = await generate(server, quick, "--file", file, "--line", "1")
    assert done.returncode == 1
    assert done.stdout == "def double(n):\n    return n + 2\n"
    assert "Failed. 0 of 1 hold." in done.stderr
