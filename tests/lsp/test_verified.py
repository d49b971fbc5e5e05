"""Verified generation through the real server: a server on loopback writes the code, the real sandbox runs it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import psutil
import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from planfirst.lsp.messages import QUERIES
from planfirst.lsp.protocol import plain
from tests.adapters.completion_server import HEAD, Server, event, serving
from tests.adapters.sandbox_outside import why_not_here
from tests.lsp.editor import Editor

REASON = why_not_here()
real = pytest.mark.skipif(bool(REASON), reason=REASON)
pytestmark = pytest.mark.real

TEXT = "# double a number\n# >>> double(2)\n# 4\n# >>> double(3)\n# 6\n"
WRONG, RIGHT = "def double(n):\n    return n + 2", "def double(n):\n    return n * 2"
ALLOWED = {"trusted": True, "mayRun": True}


def said(code: str) -> bytes:
    return HEAD + event(f"```python\n{code}\n```") + b"data: [DONE]\n\n"


def options(server: Server, **verify: Any) -> dict[str, Any]:
    endpoint = {"endpoint": f"http://127.0.0.1:{server.port}/v1", "endpointModel": "coder", "maxTokens": 99}
    return {"generator": endpoint, "verify": {"attempts": 4, "seconds": 120.0, **verify}}


@real
async def test_the_first_code_that_passes_is_offered(start: Any) -> None:
    async with serving(said(WRONG), said(RIGHT)) as server:
        editor: Editor = await start(options(server))
        answer = await editor.ask("generate", editor.open(TEXT), 0, **ALLOWED)
    verdict = answer["verdict"]
    assert (verdict["status"], verdict["held"], verdict["of"], verdict["ran"]) == ("passed", 2, 2, True)
    assert (verdict["attempts"], verdict["how"], verdict["needs"]) == (
        2,
        "drawn at random",
        "",
    )  # its plan only says what the first code did
    assert ">>> double(3)" in verdict["check"]
    assert "return n * 2" in editor.apply(answer["edit"])
    assert answer["request"].startswith("double a number\n>>>")
    tried = [(e["doing"], e["number"]) for e in editor.events["t"] if e["kind"] == "attempt"]
    assert tried == [("write", 1), ("check", 1), ("failed", 1), ("write", 2), ("check", 2)]
    assert [e["output"] for e in editor.events["t"] if e.get("doing") == "failed"] == ["double(3) gave 5, not 6"]
    assert len(server.requests) == 2


@real
async def test_code_that_fails_is_offered_with_its_failing_check(start: Any) -> None:
    async with serving(said(WRONG)) as server:
        editor: Editor = await start(options(server, run="on", attempts=2))
        answer = await editor.ask("generate", editor.open(TEXT), 0, trusted=True)
    assert answer["code"] == WRONG
    assert answer["verdict"]["status"] == "failed"
    assert answer["verdict"]["output"] == "double(3) gave 5, not 6"
    assert (answer["verdict"]["held"], answer["verdict"]["of"]) == (1, 2)


@pytest.mark.parametrize(
    ("asked", "verify", "needs"),
    [
        ({"trusted": True}, {}, "permission"),
        ({"mayRun": True}, {}, "trust"),
        ({}, {"run": "on"}, "trust"),
        (ALLOWED, {"run": "off"}, ""),
    ],
)
async def test_nothing_is_run_without_leave(start: Any, asked: Any, verify: Any, needs: str) -> None:
    async with serving(said(WRONG)) as server:
        editor: Editor = await start(options(server, **verify))
        answer = await editor.ask("generate", editor.open(TEXT), 0, **asked)
    verdict = answer["verdict"]
    assert (verdict["status"], verdict["ran"], verdict["needs"]) == ("not checked", False, needs)
    assert verdict["output"]
    assert ">>> double(2)" in verdict["check"]
    assert answer["code"] == WRONG
    assert len(server.requests) == 1


async def test_code_is_read_even_where_nothing_may_be_run(start: Any) -> None:
    async with serving(said("def double(n):\n    return m"), said(RIGHT)) as server:
        editor: Editor = await start(options(server))
        answer = await editor.ask("generate", editor.open("# double a number\n"), 0)
    assert answer["code"] == RIGHT
    verdict = answer["verdict"]
    assert (verdict["status"], verdict["ran"], verdict["attempts"], verdict["needs"]) == ("read", False, 2, "")
    assert "names" in verdict["check"]


async def test_without_a_sandbox_it_is_said_once_how_to_get_one(
    start: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    async with serving(said(WRONG)) as server:
        editor: Editor = await start(options(server))
        uri = editor.open(TEXT)
        answers = [await editor.ask("generate", uri, 0, **ALLOWED) for _ in range(2)]
    for answer in answers:
        assert (answer["verdict"]["status"], answer["verdict"]["needs"]) == ("not checked", "sandbox")
        assert answer["code"] == WRONG
    told = [editor.messages.get_nowait().message for _ in range(editor.messages.qsize())]
    assert len([text for text in told if "No sandbox works on this machine" in text]) == 1


async def test_another_language_is_read_and_not_run(start: Any) -> None:
    async with serving(said("let x = 1;")) as server:
        editor: Editor = await start(options(server))
        uri = editor.open("// double a number\n", "a.js", "javascript")
        answer = await editor.ask("generate", uri, 0, **ALLOWED)
    assert (answer["verdict"]["status"], answer["verdict"]["ran"]) == ("read", False)
    assert answer["verdict"]["check"] == "It parses."
    assert answer["edit"] is not None


async def test_code_in_the_wrong_language_is_no_edit_and_the_next_attempt_is_made(start: Any) -> None:
    async with serving(said("def double(n):\n    return 2 * n"), said("const double = (n) => 2 * n;")) as server:
        editor: Editor = await start(options(server))
        uri = editor.open("// double a number\n", "a.js", "javascript")
        answer = await editor.ask("generate", uri, 0, **ALLOWED)
        assert (answer["code"], answer["verdict"]["attempts"]) == ("const double = (n) => 2 * n;", 2)
        lines = {"start": {"line": 0}, "end": {"line": 0}}
        ask = {"textDocument": {"uri": uri}, "range": lines, "code": "def double(n):\n    return 2 * n"}
        wrong = plain(await editor.client.protocol.send_request_async(QUERIES["place"], ask))
    assert wrong["edit"] is None
    assert wrong["refused"].startswith("The model wrote Python, but the file is JavaScript.")


async def test_a_plan_has_no_verdict(start: Any) -> None:
    editor: Editor = await start()
    assert (await editor.ask("plan", editor.open(TEXT), 0, **ALLOWED))["verdict"] is None


@real
async def test_cancelling_ends_a_check_that_is_being_run(start: Any) -> None:
    async with serving(said("def double(n):\n    while True:\n        pass")) as server:
        editor: Editor = await start(options(server))
        uri = editor.open(TEXT)
        params = {
            "textDocument": {"uri": uri},
            "range": {"start": {"line": 0}, "end": {"line": 0}},
            "partialResultToken": "t",
            **ALLOWED,
        }
        asked = editor.client.protocol.send_request("planfirst/generate", params, msg_id="cancel-me")
        while not any(e["kind"] == "attempt" and e["doing"] == "check" for e in editor.events.get("t", [])):
            await asyncio.sleep(0.01)
        (child,) = (one for one in psutil.Process().children() if "planfirst.lsp" in one.cmdline())
        while not any("bwrap" in one.name() for one in child.children(recursive=True)):
            await asyncio.sleep(0.01)
        editor.client.cancel_request(lsp.CancelParams("cancel-me"))
        with pytest.raises(JsonRpcException) as caught:
            await asyncio.wrap_future(asked)
        assert caught.value.code == lsp.LSPErrorCodes.RequestCancelled
        while any("bwrap" in one.name() for one in child.children(recursive=True)):
            await asyncio.sleep(0.01)
        assert (await editor.ask("plan", uri, 0))["plan"]


@real
@pytest.mark.parametrize("leave", [True, False])
async def test_another_editor_is_asked_once(start: Any, leave: bool) -> None:
    async with serving(said(RIGHT)) as server:
        editor: Editor = await start(options(server), ours=False)
        questions: list[str] = []

        def answer(params: lsp.ShowMessageRequestParams) -> lsp.MessageActionItem | None:
            questions.append(params.message)
            return params.actions[0] if leave and params.actions else None

        editor.client.feature(lsp.WINDOW_SHOW_MESSAGE_REQUEST)(answer)
        for n in range(2):
            uri = editor.open(TEXT, f"{n}.py")
            (action, *_) = await editor.actions(uri, 0)
            await editor.command(action)
            await editor.applied.get()
            assert "return n * 2" in editor.texts[uri]
        told = [editor.messages.get_nowait().message for _ in range(editor.messages.qsize())]
    assert len(questions) == 1
    assert "sandbox" in questions[0]
    wanted = "passes its checks (2 of 2)" if leave else "was not checked. You have not allowed Planfirst to run it."
    assert len([text for text in told if wanted in text]) == 2


@real
async def test_the_modules_of_the_workspace_are_there_and_its_tests_are_run(start: Any, tmp_path: Path) -> None:
    (tmp_path / "rates.py").write_text("RATE = 2\n")
    (tmp_path / "test_prices.py").write_text(
        "from prices import double\n\n\ndef test_double():\n    assert double(4) == 8\n"
    )
    text = 'from rates import RATE\n\n\ndef double(n):\n    """Use the rate."""\n'
    (tmp_path / "prices.py").write_text(text)
    async with serving(
        said("def double(n):\n    return n + RATE"), said("def double(n):\n    return n * RATE")
    ) as server:
        editor: Editor = await start(options(server))
        uri = editor.open(text, str(tmp_path / "prices.py"))
        answer = await editor.ask("generate", uri, 3, **ALLOWED)
    assert answer["verdict"]["check"] == "test_prices.py: test_double"
    assert (answer["verdict"]["status"], answer["verdict"]["attempts"]) == ("passed", 2)


async def test_malformed_fields_are_no_leave(start: Any) -> None:
    async with serving(said(RIGHT)) as server:
        editor: Editor = await start(options(server))
        answer = await editor.ask("generate", editor.open(TEXT), 0, trusted="yes", mayRun=1)
        assert answer["verdict"]["needs"] == "trust"
        with pytest.raises(JsonRpcException):
            await editor.ask("generate", "file:///nowhere.py", 0, **ALLOWED)
