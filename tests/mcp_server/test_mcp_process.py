"""The real process over standard input and output, driven by the SDK's own client, a real store and the starter."""

from __future__ import annotations

import ast
import asyncio
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from mcp import Client, StdioServerParameters

from tests.adapters.sandbox_outside import why_not_here
from tests.mcp_server.small_store import READ_CSV

pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]
_NO_SANDBOX = why_not_here()
SLIDING = "overlapping groups of consecutive elements. list(windows('abc', 2)) -> [('a', 'b'), ('b', 'c')]"


def process(home: Path, folder: Path, *options: str) -> StdioServerParameters:
    """The command, and an environment in which no test touches what the user has."""
    arguments = ["-m", "planfirst", "mcp", "--folder", str(folder), *options]
    return StdioServerParameters(
        command=sys.executable, args=arguments, env=dict(os.environ) | {"PLANFIRST_HOME": str(home)}, cwd=folder
    )


async def data(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return result.structured_content


async def error(client: Client, tool: str, **arguments: Any) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    return str(getattr(result.content[0], "text", ""))


async def test_the_whole_way_with_the_starter(stocked_home: Path, project: Path) -> None:
    before = (project / "stock.py").read_bytes()
    told: list[str] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append(message or "")

    async with Client(process(stocked_home, project, "--may-run", "--set", "planner.model=starter")) as client:
        tools = (await client.list_tools()).tools
        assert [tool.name for tool in tools] == [
            "search_examples",
            "make_plan",
            "enhanced_prompt",
            "generate",
            "verify_code",
        ]
        assert all(tool.description and tool.output_schema for tool in tools)
        assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)

        # two at once, of one client
        found, plan = await asyncio.gather(
            data(client, "search_examples", request="read a csv file into dicts", count=3),
            data(client, "make_plan", file="stock.py", line=4),
        )
        assert found["examples"][0]["code"].strip() == READ_CSV.strip()
        assert found["examples"][0]["source"] == "answers"
        assert len(found["examples"]) == 3
        assert 1 <= len(plan["steps"]) <= 6
        assert plan["model"] == "starter"
        assert plan["example"]["score"] > 0.6

        prompt = await data(client, "enhanced_prompt", file="stock.py", line=4)
        assert plan["example"]["code"].strip() in prompt["user"]
        assert sum(section["tokens"] for section in prompt["sections"]) > 20

        answer = await client.call_tool("generate", {"file": "stock.py", "line": 4}, progress_callback=hear)
        made = answer.structured_content or {}
        assert "csv" in made["code"]
        assert made["verdict"]["status"] == "read"
        assert told[0] == "Looking for a similar question"
        assert "Writing the code" in told
        assert (project / "stock.py").read_bytes() == before
        subprocess.run(["git", "apply", "-"], input=made["edit"]["diff"].encode(), cwd=project, check=True)
        after = (project / "stock.py").read_text(encoding="utf-8")
        ast.parse(after)
        assert before.decode().splitlines()[-1] in after
        assert "import csv" in after.splitlines()

        if not _NO_SANDBOX:
            right = "def double(n):\n    return 2 * n\n"
            verified = await data(client, "verify_code", code=right, request="double(2) -> 4")
            assert (verified["verdict"]["status"], verified["verdict"]["held"]) == ("passed", 1)
            wrong = await data(client, "verify_code", code=right.replace("2 *", "3 *"), request="double(2) -> 4")
            assert wrong["verdict"]["status"] == "failed"
            assert "6" in wrong["verdict"]["output"]
            made = await data(client, "generate", request=SLIDING, run=True)
            assert made["verdict"]["ran"]

        assert "empty" in await error(client, "generate")
        assert "no line 99" in await error(client, "generate", file="stock.py", line=99)
        assert "There is no file" in await error(client, "make_plan", file="none.py", line=1)
        assert "line" in await error(client, "make_plan", file="stock.py", line="first")
        assert "pydantic.dev" not in await error(client, "search_examples", request="x", count=1000)
        long = await data(client, "enhanced_prompt", request=("sort the names, " * 12_500)[:200_000])
        assert any("prompt.requestTokens" in notice for notice in long["notices"])


async def test_a_cancelled_call_stops_the_model(slow_llama: Path, own_data_folder: Path, project: Path) -> None:
    options = [f"planner.model={slow_llama}", "planner.threads=1", "generator.maxTokens=8192", "planner.context=8192"]
    begun = asyncio.Event()

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        if message and message.startswith("Writing"):
            begun.set()

    sets = [part for option in options for part in ("--set", option)]
    async with Client(process(own_data_folder, project, *sets)) as client:
        call = asyncio.create_task(client.call_tool("generate", {"request": "sort"}, progress_callback=hear))
        await asyncio.wait_for(begun.wait(), 120)
        (model,) = (one for one in children(psutil.Process()) if one.cmdline()[-1:] == ["model"])
        call.cancel()
        with suppress(asyncio.CancelledError):
            await call
        # The model's process lives on, and rests.
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            used = sum(model.cpu_times()[:2])
            await asyncio.sleep(0.5)
            if sum(model.cpu_times()[:2]) - used < 0.05:
                break
        else:
            pytest.fail("the model works on")
        assert model.is_running()


async def test_a_client_that_hangs_up_takes_every_process_with_it(
    slow_llama: Path, own_data_folder: Path, project: Path
) -> None:
    """Rubbish before it does no harm; what stands on standard output is the protocol and nothing else."""
    parameters = process(own_data_folder, project, "--set", f"planner.model={slow_llama}")
    server = await asyncio.create_subprocess_exec(
        parameters.command,
        *parameters.args,
        env=parameters.env,
        cwd=project,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    assert server.stderr is not None
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "0"}}
    call = {"name": "generate", "arguments": {"request": "sort"}, "_meta": {"progressToken": 7}}
    rubbish = b"\xff\xfe\x00 rubbish\n{\n[]\n\n" + b'{"jsonrpc": "2.0"}\n' + b"[" * 100_000 + b"\n"
    server.stdin.write(rubbish + line("initialize", hello, 1))
    while (answer := json.loads(await server.stdout.readline())).get("id") != 1:
        assert answer["jsonrpc"] == "2.0"
    assert answer["result"]["serverInfo"]["name"] == "planfirst"
    server.stdin.write(line("notifications/initialized", {}) + line("tools/call", call, 2))
    while "Writing" not in str((answer := json.loads(await server.stdout.readline())).get("params")):
        assert answer["jsonrpc"] == "2.0"
    family = children(psutil.Process(server.pid))
    assert family
    server.stdin.close()
    await asyncio.wait_for(server.wait(), 30)
    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []
    assert b"Traceback" not in await server.stderr.read()


def line(method: str, params: dict[str, Any], number: int | None = None) -> bytes:
    message = {"jsonrpc": "2.0", "method": method, "params": params} | ({"id": number} if number else {})
    return json.dumps(message).encode() + b"\n"


def children(process: psutil.Process) -> list[psutil.Process]:
    return process.children(recursive=True)
