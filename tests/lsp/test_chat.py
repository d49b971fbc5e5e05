"""Conversations that the editor keeps, against the real server process and a real GGUF."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import psutil
import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from planfirst.lsp.messages import QUERIES
from planfirst.lsp.protocol import plain
from planfirst.models import models_folder
from tests.lsp.conftest import shares_editor
from tests.lsp.editor import Editor

pytestmark = pytest.mark.real
HI = {"role": "user", "text": "hi"}


async def query(editor: Editor, name: Any, params: Any) -> Any:
    return plain(await editor.client.protocol.send_request_async(QUERIES[name], params))


def said(editor: Editor, token: str = "t") -> str:
    return "".join(event["text"] for event in editor.events.get(token, []) if event["kind"] == "text")


def model_processes(editor: Editor) -> list[psutil.Process]:
    children = psutil.Process(editor.client._server.pid).children(recursive=True)  # type: ignore[union-attr]
    return [child for child in children if child.cmdline()[-2:] == ["planfirst.workers.child", "model"]]


async def first_word(editor: Editor, token: str) -> None:
    """Waits until the model writes."""
    while token not in editor.events:
        editor.heard.clear()
        await asyncio.wait_for(editor.heard.wait(), 120)


async def test_an_answer_is_streamed_and_counted(start: Any) -> None:
    editor: Editor = await start({"chat": {"maxTokens": 20}})
    answer = await query(editor, "chat", {"messages": [HI], "partialResultToken": "t"})
    assert answer["text"] == said(editor) != ""
    assert answer["sent"] == "hi"
    assert answer["model"] == "random"
    assert 1 < answer["tokens"] <= 20
    assert answer["promptTokens"] > 1
    assert [notice["code"] for notice in answer["notices"]] == ["chat-answer-cut"]
    counted = await query(editor, "count", {"texts": [answer["text"], ""]})
    assert counted["tokens"] == [answer["tokens"], 0]


async def test_one_model_process_answers_everything(start: Any) -> None:
    editor: Editor = await start({"chat": {"maxTokens": 20}})
    uri = editor.open("# read a file\n")
    await editor.ask("plan", uri, 0)
    await query(editor, "chat", {"messages": [HI]})
    (model,) = await query(editor, "models", None)
    await query(editor, "chat", {"messages": [HI], "model": model["id"]})
    assert len(model_processes(editor)) == 1


async def test_the_models_that_can_be_chosen(start: Any, random_llama: Path, own_data_folder: Path) -> None:
    other = models_folder() / "other.gguf"
    other.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(random_llama, other)
    editor: Editor = await start({"chat": {"maxTokens": 20}})
    first, second = await query(editor, "models", None)
    assert (first["id"], first["inUse"], first["isLocal"]) == ("in-use:random", True, True)
    assert (second["id"], second["inUse"], second["size"]) == ("other", False, other.stat().st_size)
    assert not first["tools"]
    assert first["promptTokens"] > first["answerTokens"] == 20
    answer = await query(editor, "chat", {"messages": [HI], "model": "other"})
    assert answer["model"] == "other"


async def test_of_the_models_beside_the_settings_one_stays_loaded(start: Any, random_llama: Path) -> None:
    models_folder().mkdir(parents=True, exist_ok=True)
    for name in ("other", "third"):
        shutil.copy(random_llama, models_folder() / f"{name}.gguf")
    editor: Editor = await start({"chat": {"maxTokens": 16}})
    await query(editor, "chat", {"messages": [HI], "model": "other"})
    (other,) = model_processes(editor)
    answer = await query(editor, "chat", {"messages": [HI], "model": "third"})
    assert answer["model"] == "third"
    assert await asyncio.to_thread(psutil.wait_procs, [other], timeout=60) != ([], [other])
    answer = await query(editor, "chat", {"messages": [HI], "model": "other"})
    assert answer["model"] == "other"


async def test_the_starter_is_not_offered_and_says_why(start: Any) -> None:
    editor: Editor = await start({"planner": {"model": "starter"}})
    assert await query(editor, "models", None) == []
    with pytest.raises(JsonRpcException, match="cannot hold a conversation"):
        await query(editor, "chat", {"messages": [HI]})


async def test_a_server_is_offered_by_its_name(start: Any) -> None:
    generator = {"endpoint": "http://127.0.0.1:9/v1", "endpointModel": "big", "allowedHosts": ["127.0.0.1"]}
    editor: Editor = await start({"generator": generator})
    first = (await query(editor, "models", None))[0]
    assert (first["id"], first["isLocal"], first["inUse"]) == ("in-use:big at 127.0.0.1", False, True)
    with pytest.raises(JsonRpcException, match=r"127\.0\.0\.1"):  # nothing listens there
        await query(editor, "chat", {"messages": [HI], "model": first["id"]})


@pytest.mark.parametrize("model", ["/etc/passwd", "../random.gguf", "in-use:another", "nowhere"])
@shares_editor
async def test_a_request_chooses_no_file(editor: Editor, model: str) -> None:
    with pytest.raises(JsonRpcException) as refused:
        await query(editor, "chat", {"messages": [HI], "model": model})
    assert refused.value.data["type"] == "ModelMissing"


async def test_a_cancel_stops_the_model_and_the_next_message_is_answered(start: Any, slow_llama: Path) -> None:
    editor: Editor = await start({"planner": {"model": str(slow_llama)}, "chat": {"maxTokens": 2000}})
    params = {"messages": [HI], "partialResultToken": "t"}
    asked = editor.client.protocol.send_request(QUERIES["chat"], params, msg_id="stop-me")
    await first_word(editor, "t")
    editor.client.cancel_request(lsp.CancelParams("stop-me"))
    with pytest.raises(JsonRpcException) as stopped:
        await asyncio.wait_for(asyncio.wrap_future(asked), 30)
    assert stopped.value.code == lsp.LSPErrorCodes.RequestCancelled
    counted = await asyncio.wait_for(query(editor, "count", {"texts": ["a word"]}), 60)
    assert counted["tokens"][0] > 0


@shares_editor
async def test_too_long_a_paste_and_a_wrong_shape_are_refused_with_what_to_do(editor: Editor) -> None:
    for params, match in (
        ({"messages": [{"role": "user", "text": "word " * 40_000}]}, "199999 characters, and the limit is 100000"),
        ({"messages": [{"role": "user", "text": "word " * 12_000}]}, "room for"),
        ({"messages": "hi"}, "messages must be a list"),
        (None, "must be an object"),
    ):
        with pytest.raises(JsonRpcException, match=match) as refused:
            await query(editor, "chat", params)
        assert refused.value.data["next"]


async def test_turns_that_do_not_fit_are_dropped_and_told(start: Any) -> None:
    editor: Editor = await start({"chat": {"maxTokens": 16}})
    turns = [{"role": role, "text": "word " * 100} for _ in range(12) for role in ("user", "assistant")]
    answer = await query(editor, "chat", {"messages": [*turns, HI], "partialResultToken": "t"})
    assert answer["dropped"] > 0
    assert editor.events["t"][0]["notice"]["code"] == "chat-turns-dropped"


async def test_notices_are_korean_for_a_korean_editor(start: Any) -> None:
    editor: Editor = await start({"chat": {"maxTokens": 16}}, locale="ko")
    code = {"name": "a.py", "language": "python", "text": "x = 1"}
    answer = await query(editor, "chat", {"messages": [{**HI, "text": ""}], "task": "tests", "attached": [code]})
    assert answer["sent"].startswith("이 코드의 테스트를 작성해 주세요.")
    assert "토큰에서 끊겼습니다" in answer["notices"][0]["text"]


@shares_editor
async def test_a_request_that_was_typed_goes_into_the_file_with_its_code(editor: Editor) -> None:
    text = "import os\n\nx = 1\n"
    uri = editor.open(text)
    answer = await editor.ask("generate", uri, 2, request="read a file 한글 😀")
    assert answer["request"] == "read a file 한글 😀"
    assert answer["edit"] is None
    assert "document-moved-on" not in [notice["code"] for notice in answer["notices"]]
    place = {"textDocument": {"uri": uri}, "range": {"start": {"line": 2}, "end": {"line": 2}}}
    typed = {**place, "request": "read a file 한글 😀", "code": "print(x)\n"}
    placed = await query(editor, "place", typed)
    assert editor.apply(placed["edit"]) == f"{text}\n# read a file 한글 😀\nprint(x)\n"
    for wrong in ({"request": 1}, {"request": " "}, {"request": "x" * 20_001}):
        with pytest.raises(JsonRpcException):
            await query(editor, "place", {**typed, **wrong})


async def test_a_document_and_a_table_are_worked_on(start: Any) -> None:
    editor: Editor = await start({"chat": {"maxTokens": 20}})
    guide = {"name": "guide.md", "language": "markdown", "text": "# Boats\n\nThey float.\n"}
    said = {"role": "user", "text": ""}
    params = {"messages": [said], "task": "summarise", "attached": [guide], "partialResultToken": "t"}
    answer = await query(editor, "chat", params)
    assert answer["text"].startswith("Read: all of guide.md.\n\n1. ")
    assert answer["sent"] == "/summarise guide.md"
    assert "".join(event["text"] for event in editor.events["t"] if event["kind"] == "text") == answer["text"]
    table = {"name": "o.csv", "language": "csv", "text": "who,amount\nKim,1\n"}
    asked = {"role": "user", "text": "Who has most?"}
    answer = await query(editor, "chat", {"messages": [asked], "task": "analyse", "attached": [table]})
    assert answer["text"].startswith("Read: o.csv, 2 columns, 1 rows.")
    for attached, code in (([], "workflow-nothing-attached"), ([guide, table], "workflow-several-attached")):
        with pytest.raises(JsonRpcException) as refused:
            await query(editor, "chat", {"messages": [asked], "task": "summarise", "attached": attached})
        assert refused.value.data["code"] == code


async def test_a_model_that_is_deleted_in_mid_answer_writes_it_to_its_end(start: Any, slow_llama: Path) -> None:
    models_folder().mkdir(parents=True, exist_ok=True)
    file = models_folder() / "leaving.gguf"
    shutil.copy(slow_llama, file)
    editor: Editor = await start({"chat": {"maxTokens": 120}})
    params = {"messages": [HI], "model": "leaving", "partialResultToken": "t"}
    asked = asyncio.ensure_future(query(editor, "chat", params))
    await first_word(editor, "t")
    file.unlink()
    answer = await asyncio.wait_for(asked, 100)
    assert len(answer["text"]) >= 100
    assert "leaving" not in [model["name"] for model in await query(editor, "models", None)]
    with pytest.raises(JsonRpcException) as refused:
        await query(editor, "chat", {"messages": [HI], "model": "leaving"})
    assert refused.value.data["type"] == "ModelMissing"


async def test_a_model_that_is_switched_in_mid_answer(start: Any, slow_llama: Path, random_llama: Path) -> None:
    editor: Editor = await start({"planner": {"model": str(slow_llama)}, "chat": {"maxTokens": 120}})
    asked = asyncio.ensure_future(query(editor, "chat", {"messages": [HI], "partialResultToken": "t"}))
    await first_word(editor, "t")
    settings = {"planner": {"model": str(random_llama)}, "chat": {"maxTokens": 20}, "editor": {"warmUp": False}}
    editor.client.workspace_did_change_configuration(lsp.DidChangeConfigurationParams({"planfirst": settings}))
    after = await asyncio.wait_for(query(editor, "chat", {"messages": [HI]}), 100)
    assert after["model"] == "random"
    with pytest.raises(JsonRpcException) as ended:
        await asyncio.wait_for(asked, 100)
    assert ended.value.data["code"] == "worker-ended-by-us"
