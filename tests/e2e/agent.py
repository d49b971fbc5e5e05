"""A session of an agent with ``planfirst mcp``, by the SDK's own client. Usage: python agent.py OUT

Writes what was asked and answered to OUT/session.txt. Needs $PLANFIRST_HOME with a store of the cookbook in it.
E2E_MODEL names another model than the starter.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters

REQUEST = "split a list into chunks of equal size"
EXAMPLE = "chunks([1, 2, 3], 2) -> [[1, 2], [3]]"
FILE = f'"""Lists of the warehouse."""\n\n\n# chunks(items, size): {REQUEST}\n# {EXAMPLE}\n'
LINE = 4
WRONG = "def chunks(items, size):\n    return [items[n : n + size] for n in range(0, len(items), size - 1)]\n"


class Session:
    """Calls tools, and writes down each call, its progress and its answer."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._begun = time.monotonic()
        self.written: list[str] = []
        self.failed: list[str] = []

    async def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The structured answer; what went wrong stands in ``error``."""
        self._begun = time.monotonic()
        self.written.append(f"\n{tool} {json.dumps(arguments)}")
        result = await self._client.call_tool(tool, arguments, progress_callback=self._hear)
        answer = result.structured_content or {}
        if result.is_error:
            answer = {"error": str(getattr(result.content[0], "text", ""))}
        self.written.append(json.dumps(answer, indent=2, ensure_ascii=False))
        return answer

    async def _hear(self, progress: float, total: float | None, message: str | None) -> None:
        self.written.append(f"# {message}")

    def step(self, name: str, is_right: bool, said: object) -> None:
        """Says whether an answer is what it should be."""
        if not is_right:
            self.failed.append(name)
        took = 1000 * (time.monotonic() - self._begun)
        print(f"{'ok  ' if is_right else 'FAIL'} {took:6.0f} ms  agent: {name}  {json.dumps(said)[:300]}", flush=True)


async def talk(session: Session, file: Path) -> None:
    """Searches, asks for a plan, a prompt and code, has code checked, and asks for what is not there."""
    found = await session.call("search_examples", request=REQUEST, count=2)
    examples = found.get("examples", [])
    session.step("search", len(examples) == 2 and examples[0]["score"] > 0.8, [one["question"] for one in examples])

    plan = await session.call("make_plan", file=file.name, line=LINE)
    session.step("plan", 1 <= len(plan.get("steps", [])) <= 6, plan.get("steps"))

    prompt = await session.call("enhanced_prompt", file=file.name, line=LINE)
    session.step("prompt", REQUEST in prompt.get("user", ""), prompt.get("sections"))

    code = await session.call("generate", file=file.name, line=LINE, run=True)
    verdict = code.get("verdict", {})
    is_right = bool(verdict.get("ran")) and file.read_text(encoding="utf-8") == FILE
    session.step("generate, and run it", is_right, verdict)

    checked = await session.call("verify_code", code=WRONG, request=EXAMPLE)
    session.step("wrong code fails", checked.get("verdict", {}).get("status") == "failed", checked.get("verdict"))

    missing = await session.call("generate", file=file.name, line=40)
    session.step("a line that is not there", "has no line 40" in missing.get("error", ""), missing)


async def main(out: Path) -> int:
    """Gives the exit code."""
    shutil.rmtree(out, ignore_errors=True)
    folder = out / "project"
    folder.mkdir(parents=True)
    file = folder / "stock.py"
    file.write_text(FILE, encoding="utf-8")
    model = os.environ.get("E2E_MODEL") or "starter"
    server = StdioServerParameters(
        command=str(Path(sys.executable).with_name("planfirst")),
        args=["mcp", "--folder", str(folder), "--may-run", "--set", f"planner.model={model}"],
        env=dict(os.environ),
        cwd=folder,
    )
    async with Client(server) as client:
        session = Session(client)
        tools = [tool.name for tool in (await client.list_tools()).tools]
        session.written.append(f"tools: {', '.join(tools)}")
        await talk(session, file)
    (out / "session.txt").write_text("\n".join(session.written) + "\n", encoding="utf-8")
    print(f"agent: {6 - len(session.failed)} of 6 steps passed; the session is in {out / 'session.txt'}")
    return 1 if session.failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(Path(sys.argv[1]).resolve())))
