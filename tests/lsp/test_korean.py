"""A real server that an editor in Korean talks to."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from planfirst.words import Message, Words
from tests.lsp.editor import Editor

pytestmark = pytest.mark.real
COMMENT = "# read a file 한글 😀\n"


async def test_menus_errors_and_notices(start: Any) -> None:
    editor: Editor = await start(locale="ko-KR")
    uri = editor.open(f"{COMMENT}\n\nx = 1\n")
    titles = [action.title for action in await editor.actions(uri, 0)]
    assert titles == ["주석에서 계획하고 생성", "계획", "보강된 프롬프트 보기", "계획을 주석으로 넣기"]
    with pytest.raises(JsonRpcException, match=r"선택 영역이 없습니다\. 코드가 할 일을"):
        await asyncio.wait_for(editor.ask("plan", uri, 3), 20)
    answer = await asyncio.wait_for(editor.ask("prompt", uri, 0, plan=["a step"]), 60)
    told = [event["notice"] for event in editor.events["t"] if event["kind"] == "notice"]
    assert answer["notices"] == told
    assert any(notice["code"] == "store-missing" and "예제 저장소가 없습니다" in notice["text"] for notice in told), (
        told
    )


async def test_an_editor_without_our_extension(start: Any, tmp_path: Path) -> None:
    missing = str(tmp_path / "none.gguf")
    editor: Editor = await start({"planner": {"model": missing}, "nothing": 1}, ours=False, locale="ko")
    unknown = await asyncio.wait_for(editor.messages.get(), 20)
    assert unknown.message == "Planfirst: " + Words("ko")(Message("setting-unknown", name="nothing"))
    uri = editor.open(COMMENT)
    plan = next(action for action in await editor.actions(uri, 0) if action.title == "계획")
    await editor.command(plan)
    said = await asyncio.wait_for(editor.messages.get(), 60)
    assert said.type == lsp.MessageType.Error
    assert said.message.startswith(f"Planfirst: {missing}에 모델 파일이 없습니다."), said.message


async def test_english_where_the_language_is_not_known(start: Any) -> None:
    editor: Editor = await start(locale="de")
    uri = editor.open(COMMENT)
    assert (await editor.actions(uri, 0))[0].title == "Plan and generate from comment"
