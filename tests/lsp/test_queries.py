"""The requests that answer without a model, and the speed test, against the real server process."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from pygls.exceptions import JsonRpcException

from planfirst.lsp.messages import QUERIES, plain
from tests.lsp.conftest import shares_editor
from tests.lsp.editor import Editor

pytestmark = pytest.mark.real
COMMENT = "import os\n\n# read a file 한글 😀\n"
PLANNED = "# read a file\n# Plan:\n# 1. open it\n# 2. read it\n"


async def query(editor: Editor, name: Any, params: Any) -> Any:
    return plain(await asyncio.wait_for(editor.client.protocol.send_request_async(QUERIES[name], params), 60))


def at(uri: str, line: int, **more: Any) -> dict[str, Any]:
    return {"textDocument": {"uri": uri}, "range": {"start": {"line": line}, "end": {"line": line}}, **more}


async def test_a_site_says_what_stands_there_and_what_is_known(start: Any) -> None:
    editor: Editor = await start()
    uri = editor.open(COMMENT)
    assert await query(editor, "site", at(uri, 0)) is None
    site = await query(editor, "site", at(uri, 2))
    assert site == {
        "kind": "comment",
        "first": 2,
        "last": 2,
        "requestLast": 2,
        "request": "read a file 한글 😀",
        "plan": None,
        "known": None,
    }
    answer = await editor.ask("plan", uri, 2)
    known = (await query(editor, "site", at(uri, 2)))["known"]
    assert known["steps"] == answer["plan"]
    assert known["planner"] == "random"
    editor.change(uri, PLANNED)
    site = await query(editor, "site", at(uri, 0))
    assert (site["first"], site["last"], site["requestLast"]) == (0, 3, 0)
    assert site["plan"] == ["open it", "read it"]
    assert await query(editor, "site", at("file:///not-open.py", 0)) is None


@shares_editor
async def test_a_folder_with_spaces_hangul_and_an_emoji(editor: Editor) -> None:
    uri = editor.open(COMMENT, "my stock 재고 📦/a.py")
    assert "%" in uri
    assert (await query(editor, "site", at(uri, 2)))["request"] == "read a file 한글 😀"
    assert await editor.actions(uri, 2)
    assert "command:" in await editor.hover(uri, 2)
    assert (await editor.ask("generate", uri, 2))["request"] == "read a file 한글 😀"
    placed = await query(editor, "place", at(uri, 2, code="x = 1"))
    assert editor.apply(placed["edit"]) == f"{COMMENT}x = 1\n"


@shares_editor
async def test_a_changed_plan_is_remembered_as_the_users(editor: Editor) -> None:
    uri = editor.open(COMMENT.replace("read", "write"))
    await editor.ask("prompt", uri, 2, plan=["my own step"])
    known = (await query(editor, "site", at(uri, 2)))["known"]
    assert known["steps"] == ["my own step"]
    assert known["planner"] == ""
    answer = await editor.ask("prompt", uri, 2)
    assert answer["plan"] == ["my own step"]


@shares_editor
async def test_code_and_plan_are_placed_in_the_text_as_it_is_now(editor: Editor) -> None:
    uri = editor.open(COMMENT)
    editor.change(uri, "# moved\n\n" + COMMENT)
    placed = await query(editor, "place", at(uri, 4, code="import re\nx = re.compile('a')\n"))
    edited = editor.apply(placed["edit"])
    assert edited == "# moved\n\nimport os\nimport re\n\n# read a file 한글 😀\nx = re.compile('a')\n"
    editor.change(uri, COMMENT)
    placed = await query(editor, "place", at(uri, 2, plan=["open it", "read it"]))
    assert editor.apply(placed["edit"]) == COMMENT + "# Plan:\n# 1. open it\n# 2. read it\n"
    broken = await query(editor, "place", at(uri, 2, code="def f(:"))
    assert broken["edit"] is None
    assert "no longer parse" in broken["refused"]


@pytest.mark.parametrize("more", [{}, {"code": 5}, {"plan": []}])
@shares_editor
async def test_a_malformed_place_gets_an_answer(editor: Editor, more: dict[str, Any]) -> None:
    with pytest.raises(JsonRpcException):
        await query(editor, "place", at(editor.open(COMMENT), 2, **more))


@shares_editor
async def test_another_attempt_writes_something_else(editor: Editor) -> None:
    uri = editor.open(PLANNED)
    raw = []
    for attempt in (0, 0, 1, 2):
        editor.events["t"] = []
        await editor.ask("generate", uri, 0, attempt=attempt)
        raw.append("".join(e["text"] for e in editor.events["t"] if e["kind"] == "text" and e["stage"] == "generate"))
    assert raw[0] == raw[1]
    assert len(set(raw)) > 1  # the random model is very sure of itself
    with pytest.raises(JsonRpcException, match="attempt"):
        await editor.ask("generate", uri, 0, attempt=-1)


@shares_editor
async def test_the_speed_is_measured(editor: Editor) -> None:
    speed = await query(editor, "speed", None)
    assert speed["model"] == "random"
    assert speed["tokens"] > 1
    assert speed["seconds"] > 0
