"""Messages that no editor would send, and sequences of them: each is answered or refused, and the server lives on.

Grammar and mutation both: a message is made from what the protocol has (methods, places, documents), then bent in its
types, its fields, its numbers. What is asked for by name in ``SENT`` always has an id, and must get a response.
"""

from __future__ import annotations

import random
import string
from pathlib import Path
from typing import Any

from planfirst.lsp.messages import METHODS, QUERIES
from tests.stress.raw_server import RawServer

TEXTS = [
    "# read a file\n",
    'def f(x):\n    """Double x."""\n',
    "",
    "\x00\ufeff# a\r\n\r",
    "x" * 5000,
    "# 한글 😀\n" * 20,
    "{",
    "\ud800",
]
DOCUMENTS = [f"file:///fuzz{n}.{end}" for n, end in enumerate(["py", "ts", "go", "rs", "java", "c", "txt", "py"])]
LANGUAGES = ["python", "typescript", "go", "rust", "java", "c", "plaintext", "", "klingon"]
SENT = [
    "textDocument/codeAction",
    "textDocument/hover",
    "textDocument/codeLens",
    "codeAction/resolve",
    "workspace/executeCommand",
    "workspace/symbol",
    "completionItem/resolve",
    "textDocument/definition",
    "planfirst/nothing",
    "shutdow",
    "",
    *QUERIES.values(),
    *METHODS.values(),
]
TOLD = [
    "textDocument/didOpen",
    "textDocument/didChange",
    "textDocument/didClose",
    "textDocument/didSave",
    "workspace/didChangeConfiguration",
    "workspace/didChangeWatchedFiles",
    "workspace/didChangeWorkspaceFolders",
    "$/cancelRequest",
    "$/setTrace",
    "$/unknown",
    "exi",
]
ODD: list[Any] = [
    None,
    True,
    -1,
    0,
    1,
    2**31,
    2**63,
    -(2**70),
    10**400,
    1.5,
    1e308,
    "",
    "a",
    "\u202e",
    [],
    {},
    [[]],
    {"a": None},
    "9" * 300,
]


async def run(count: int, seed: int, folder: Path) -> dict[str, Any]:
    """Sends so many messages; says how many requests among them were answered, and what was found."""
    rng = random.Random(seed)
    server = await RawServer.start(str(folder))
    found: list[str] = []
    asked: list[str] = []
    try:
        before = server.process.memory_info().rss
        for n in range(count):
            if not server.is_alive:
                found.append(f"the server ended with {await server.ended()} before message {n}")
                break
            message = _message(rng, f"{seed}:{n}")
            if "id" in message:
                asked.append(message["id"])
            await server.send(message)
            if n % 100 == 99:
                found += await _settled(server, asked)
        if server.is_alive:
            found += await _settled(server, asked)
            found += await _works(server)
            grown = server.process.memory_info().rss - before
            if grown > 200_000_000:
                found.append(f"it grew by {grown} bytes")
            if (code := await server.stop()) != 0:
                found.append(f"it ended with {code} when its input was closed")
    finally:
        server.kill()
    return {"messages": count, "requests": len(asked), "found": found[:20]}


async def _settled(server: RawServer, asked: list[str]) -> list[str]:
    """What is wrong with the answers so far."""
    try:
        for number in asked:
            await server.answer(number)
    except TimeoutError:
        return [f"request {number} has no answer"]
    except KeyError:
        return []  # it ended, which is found elsewhere
    return [
        f"request {number} has an answer with neither result nor error"
        for number in asked
        if not {"result", "error"} & server.answers[number].keys()
    ]


async def _works(server: RawServer) -> list[str]:
    """Whether it still does what it is there for."""
    uri = "file:///after.py"
    await server.tell(
        "textDocument/didOpen",
        {"textDocument": {"uri": uri, "languageId": "python", "version": 1, "text": "# read a file\n"}},
    )
    here = {"start": {"line": 0, "character": 2}, "end": {"line": 0, "character": 2}}
    params = {"textDocument": {"uri": uri}, "range": here, "context": {"diagnostics": []}}
    answer = await server.ask("textDocument/codeAction", params)
    return [] if answer.get("result") else [f"afterwards no code action is offered: {answer}"]


def _message(rng: random.Random, number: str) -> dict[str, Any]:
    sends = rng.random() < 0.6
    method = rng.choice(SENT if sends else TOLD)
    params = _params(rng, method)
    if rng.random() < 0.5:
        params = _bent(rng, params)
    message: dict[str, Any] = {"jsonrpc": "2.0", "method": method, "params": params}
    if sends:
        message["id"] = number
    if rng.random() < 0.05:
        del message["params"]
    if rng.random() < 0.03:
        message[_word(rng)] = rng.choice(ODD)
    return message


def _params(rng: random.Random, method: str) -> Any:
    uri, version = rng.choice(DOCUMENTS), rng.randint(-2, 9)
    line = rng.choice([0, 1, 3, -1, 2**31, 10**9])
    here = {"start": {"line": line, "character": rng.choice([0, 4, 2**31])}, "end": {"line": line + 1, "character": 0}}
    document = {"uri": uri, "version": version}
    match method:
        case "textDocument/didOpen":
            return {"textDocument": {**document, "languageId": rng.choice(LANGUAGES), "text": rng.choice(TEXTS)}}
        case "textDocument/didChange":
            return {"textDocument": document, "contentChanges": [{"text": rng.choice(TEXTS)}]}
        case "workspace/executeCommand":
            name = rng.choice(["planfirst.server.generate", "planfirst.server.plan", "rm", ""])
            return {"command": name, "arguments": rng.choice([[], [{**document, "range": here}], [None], "x"])}
        case "workspace/didChangeConfiguration":
            return {"settings": {"planfirst": {"verify": {"attempts": rng.choice(ODD)}, _word(rng): rng.choice(ODD)}}}
        case "workspace/didChangeWorkspaceFolders":
            return {"event": {"added": [{"uri": uri, "name": "f"}], "removed": []}}
        case "workspace/didChangeWatchedFiles":
            return {"changes": [{"uri": uri, "type": rng.choice([1, 2, 3, 9])}]}
        case "$/cancelRequest":
            return {"id": rng.choice([1, "x", f"{rng.random()}"])}
        case "codeAction/resolve":
            return {"title": "x", "data": {**document, "range": here}}
    context = {"context": {"diagnostics": [], "only": rng.choice([None, [], ["refactor"], ["x.y"]])}}
    return {"textDocument": document, "range": here, "position": here["start"], **context}


def _bent(rng: random.Random, value: Any) -> Any:
    """The same with something in it put in the place of something else, left out, or added."""
    if isinstance(value, dict) and value and rng.random() < 0.85:
        key = rng.choice(list(value))
        match rng.randrange(4):
            case 0:
                return {name: one for name, one in value.items() if name != key}
            case 1:
                return {**value, _word(rng): rng.choice(ODD)}
            case _:
                return {**value, key: _bent(rng, value[key])}
    if isinstance(value, list) and value and rng.random() < 0.5:
        return [_bent(rng, one) for one in value] * rng.choice([1, 2, 50])
    return rng.choice(ODD)


def _word(rng: random.Random) -> str:
    return "".join(rng.choices(string.ascii_letters + "._$", k=rng.randint(1, 8)))
