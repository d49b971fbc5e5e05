"""The protocol, against the real server process and a real GGUF."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from tests.lsp.conftest import shares_editor
from tests.lsp.editor import Editor

pytestmark = pytest.mark.real

COMMENT = "import os\n\n# read a file 한글 😀\n"
PLANNED = "# read a file\n# Plan:\n# 1. open it\n# 2. read it\n"


def titles(actions: list[lsp.CodeAction]) -> list[str]:
    return [action.title for action in actions]


def is_writing(editor: Editor) -> bool:
    """Whether the model has been asked for code."""
    return any(event["kind"] == "stage" and event["stage"] == "generate" for event in editor.events.get("t", []))


@shares_editor
async def test_initialize_says_what_it_can(editor: Editor) -> None:
    assert editor.result is not None
    capabilities = editor.result.capabilities
    assert capabilities.hover_provider
    assert capabilities.code_lens_provider
    assert isinstance(capabilities.code_action_provider, lsp.CodeActionOptions)
    assert capabilities.code_action_provider.resolve_provider
    assert capabilities.execute_command_provider is not None
    assert "planfirst.server.generate" in capabilities.execute_command_provider.commands


@shares_editor
async def test_code_actions_only_where_they_can_work(editor: Editor) -> None:
    uri = editor.open(
        COMMENT + PLANNED.replace("# read", "\n# then read") + '\ndef f(x):\n    """Double x."""\n\ny = 1\n'
    )
    assert titles(await editor.actions(uri, 2)) == [
        "Plan and generate from comment",
        "Plan",
        "Show enhanced prompt",
        "Insert plan as comments",
    ]
    assert "Generate from this plan" in titles(await editor.actions(uri, 4))
    assert "Plan" in titles(await editor.actions(uri, 10))  # a function with nothing but a docstring
    assert await editor.actions(uri, 0) == []
    assert await editor.actions(uri, 999) == []


@shares_editor
async def test_a_selection_is_a_request(editor: Editor) -> None:
    uri = editor.open("x = 1\ny = 2\n")
    assert await editor.actions(uri, 0) == []
    assert "Plan" in titles(await editor.actions(uri, 0, 2, 0))


async def test_generate_streams_and_gives_one_versioned_edit(start: Any) -> None:
    editor: Editor = await start()
    uri = editor.open(COMMENT)
    answer = await editor.ask("generate", uri, 2)
    assert answer["request"] == "read a file 한글 😀"
    assert 1 <= len(answer["plan"]) <= 6
    assert answer["model"] == answer["planner"] == "random"
    assert set(answer["timingsMs"]) == {"retrieve", "plan", "prompt", "generate"}
    assert answer["tokensPerSecond"] >= 0
    assert "store-missing" in [notice["code"] for notice in answer["notices"]]  # there is no store
    kinds = [(event["kind"], event.get("stage")) for event in editor.events["t"]]
    assert ("text", "plan") in kinds
    assert ("text", "generate") in kinds
    text = "".join(e["text"] for e in editor.events["t"] if e["kind"] == "text" and e["stage"] == "plan")
    assert [line[3:].strip().split() for line in text.splitlines()] == [step.split() for step in answer["plan"]]
    edited = editor.apply(answer["edit"])
    assert edited.startswith(COMMENT)
    assert len(edited) > len(COMMENT)


async def test_plan_then_hover_then_insert(start: Any) -> None:
    editor: Editor = await start()
    uri = editor.open(COMMENT)
    assert "command:planfirst.plan?" in await editor.hover(uri, 2)
    answer = await editor.ask("plan", uri, 2)
    assert answer["code"] == ""
    hover = await editor.hover(uri, 2)
    assert "Planned by random" in hover
    assert "1. " in hover
    insert = (await editor.actions(uri, 2))[-1]
    assert insert.title == "Insert plan as comments"
    assert insert.edit is None
    assert insert.command is None
    resolved = await editor.client.code_action_resolve_async(insert)
    edited = editor.apply(resolved.edit)
    assert "# Plan:\n# 1. " in edited
    editor.change(uri, edited)
    assert "Plan in this comment" in await editor.hover(uri, 2)
    assert titles(await editor.actions(uri, 3))[0] == "Generate from this plan"


@shares_editor
async def test_the_plan_in_the_file_is_used_as_it_was_edited(editor: Editor) -> None:
    uri = editor.open(PLANNED)
    answer = await editor.ask("generate", uri, 0)
    assert answer["plan"] == ["open it", "read it"]
    assert answer["planner"] == ""
    assert "plan" not in answer["timingsMs"]
    editor.change(uri, PLANNED.replace("# 2. read it\n", "# 2. decode it\n# 3. split it\n"))
    answer = await editor.ask("prompt", uri, 0)
    assert answer["plan"] == ["open it", "decode it", "split it"]
    assert "2. decode it\n3. split it" in answer["prompt"]["user"]
    edited = (await editor.ask("generate", uri, 0))["edit"]
    assert editor.apply(edited).startswith(editor.texts[uri][:40])


@shares_editor
async def test_sections_can_be_switched_off_and_a_plan_can_be_sent(editor: Editor) -> None:
    uri = editor.open(COMMENT)
    answer = await editor.ask("prompt", uri, 2, leaveOut=["context", "plan"])
    assert {section["name"] for section in answer["prompt"]["sections"]} == {"request"}
    assert "plan" not in answer["timingsMs"]
    answer = await editor.ask("prompt", uri, 2, plan=["my step"])
    assert "1. my step" in answer["prompt"]["user"]


@shares_editor
async def test_code_lens_above_a_plan(editor: Editor) -> None:
    uri = editor.open("x = 1\n" + PLANNED)
    params = lsp.CodeLensParams(lsp.TextDocumentIdentifier(uri))
    (lens,) = await editor.client.text_document_code_lens_async(params) or []
    assert lens.range.start.line == 1
    assert lens.command is not None
    assert lens.command.command == "planfirst.generateFromPlan"


async def test_cancel_stops_the_model_and_the_next_request_works(start: Any, slow_llama: Path) -> None:
    editor: Editor = await start({"planner": {"model": str(slow_llama)}, "generator": {"maxTokens": 1000}})
    uri = editor.open(COMMENT)
    params = {
        "textDocument": {"uri": uri},
        "range": {"start": {"line": 2}, "end": {"line": 2}},
        "partialResultToken": "t",
    }
    future = editor.client.protocol.send_request("planfirst/plan", params, msg_id="cancel-me")
    while not is_writing(editor):
        await asyncio.sleep(0.02)
    editor.client.cancel_request(lsp.CancelParams("cancel-me"))
    with pytest.raises(JsonRpcException) as caught:
        await asyncio.wrap_future(future)
    assert caught.value.code == lsp.LSPErrorCodes.RequestCancelled
    answer = await asyncio.wait_for(editor.ask("prompt", uri, 2, plan=["a step"]), 20)
    assert answer["prompt"]


async def test_another_editor_gets_commands_and_edits(start: Any) -> None:
    editor: Editor = await start(like="neovim", ours=False)
    uri = editor.open(COMMENT)
    assert await editor.hover(uri, 2) == ""
    actions = {action.title: action for action in await editor.actions(uri, 2)}
    generate = actions["Plan and generate from comment"]
    assert generate.command is not None
    assert generate.command.command == "planfirst.server.generate"
    await editor.command(generate)
    applied = await asyncio.wait_for(editor.applied.get(), 60)
    assert applied.label == "Plan and generate from comment"
    assert editor.texts[uri].startswith(COMMENT)
    assert len(editor.texts[uri]) > len(COMMENT)
    assert "Planned by random" in await editor.hover(uri, 2)


async def test_the_prompt_is_shown_to_another_editor(start: Any, own_data_folder: Path) -> None:
    editor: Editor = await start(like="neovim", ours=False)
    uri = editor.open(PLANNED)
    actions = {action.title: action for action in await editor.actions(uri, 0)}
    await editor.command(actions["Show enhanced prompt"])
    async with asyncio.timeout(60):
        while not editor.client.shown_documents:  # this editor can show a document
            await asyncio.sleep(0.02)
    assert editor.client.shown_documents[0].uri.endswith("prompt.md")
    assert "read a file" in (own_data_folder / "kept" / "prompt.md").read_text(encoding="utf-8")


async def test_work_done_progress_begins_and_ends(start: Any) -> None:
    editor: Editor = await start(like="visual-studio-code", ours=False)
    uri = editor.open(COMMENT)
    actions = {action.title: action for action in await editor.actions(uri, 2)}
    await editor.command(actions["Plan and generate from comment"])
    await asyncio.wait_for(editor.applied.get(), 60)
    (events,) = editor.events.values()
    while events[-1]["kind"] != "end":
        await asyncio.sleep(0.02)
    assert events[0]["kind"] == "begin"
    assert [event["message"] for event in events if event["kind"] == "report"] == [
        "Looking for a similar question",
        "Putting the prompt together",
        "Writing the code",
        "Writing the plan",  # which says what the code does
    ]


async def test_an_edit_that_is_refused_is_kept(start: Any, own_data_folder: Path) -> None:
    editor: Editor = await start(like="neovim", ours=False)
    editor.refuse_edits = "read-only"
    uri = editor.open(COMMENT)
    actions = {action.title: action for action in await editor.actions(uri, 2)}
    await editor.command(actions["Insert plan as comments"])
    said = ""
    while "read-only" not in said:
        said = (await asyncio.wait_for(editor.messages.get(), 60)).message
    assert (own_data_folder / "kept" / "kept.txt").read_text(encoding="utf-8").startswith("1. ")


@pytest.mark.parametrize("how", ["changed", "closed"])
async def test_a_document_that_moved_on_is_not_written(start: Any, slow_llama: Path, how: str) -> None:
    editor: Editor = await start({"planner": {"model": str(slow_llama), "maxTokens": 20}})
    uri = editor.open(PLANNED)
    asked = editor.ask("generate", uri, 0)
    while not is_writing(editor):
        await asyncio.sleep(0.01)
    editor.change(uri, PLANNED + "z = 1\n") if how == "changed" else editor.close(uri)
    answer = await asked
    assert answer["code"]
    assert answer["edit"] is None
    assert "document-moved-on" in [notice["code"] for notice in answer["notices"]]


@pytest.mark.parametrize(
    ("params", "said"),
    [
        (None, "must be an object"),
        ([], "must be an object"),
        ({}, "textDocument.uri"),
        ({"textDocument": {"uri": 5}}, "textDocument.uri"),
        ({"textDocument": {"uri": "file:///x.py"}}, "range"),
        ({"textDocument": {"uri": "file:///x.py"}, "range": {"start": {"line": -1}, "end": {"line": 0}}}, "range"),
        ({"textDocument": {"uri": "file:///x.py"}, "range": {"start": {"line": 0}, "end": {"line": 0}}}, "not open"),
    ],
)
@shares_editor
async def test_a_malformed_request_gets_an_answer(editor: Editor, params: Any, said: str) -> None:
    with pytest.raises(JsonRpcException, match=said):
        await asyncio.wait_for(editor.client.protocol.send_request_async("planfirst/plan", params), 20)


async def test_what_cannot_be_done_is_said(start: Any, tmp_path: Path) -> None:
    editor: Editor = await start({"planner": {"model": str(tmp_path / "none.gguf")}})
    uri = editor.open(COMMENT + "#\n\n#   \n")
    with pytest.raises(JsonRpcException, match=r"none\.gguf"):
        await editor.ask("plan", uri, 2)
    with pytest.raises(JsonRpcException, match="no comment"):
        await editor.ask("plan", uri, 5)
    with pytest.raises(JsonRpcException, match="no comment"):
        await editor.ask("plan", uri, 0)
    editor.versions[uri] = 7
    with pytest.raises(JsonRpcException, match="has changed"):
        await editor.ask("plan", uri, 2)


async def test_bad_settings_are_said_once_and_the_server_lives(start: Any) -> None:
    editor: Editor = await start({"retriever": {"minScore": "high"}, "nonsense": {}})
    said = [(await asyncio.wait_for(editor.messages.get(), 20)).message for _ in range(2)]
    assert any("'retriever.minScore' must be a number, not a text" in text for text in said)
    assert any("no setting 'nonsense'" in text for text in said)
    editor.client.workspace_did_change_configuration(
        lsp.DidChangeConfigurationParams({"planfirst": {"retriever": {"minScore": "high"}, "planner": {"threads": -1}}})
    )
    assert "planner.threads" in (await asyncio.wait_for(editor.messages.get(), 20)).message
    assert editor.messages.empty()
    assert titles(await editor.actions(editor.open(COMMENT), 2))


async def test_the_editors_configuration_goes_over_the_options(start: Any) -> None:
    editor: Editor = await start(configuration={"planfirst": {"retriever": {"minScore": "high"}, "planner": {}}})
    assert "retriever.minScore" in (await asyncio.wait_for(editor.messages.get(), 20)).message
    uri = editor.open(COMMENT)
    assert (await editor.ask("plan", uri, 2))["planner"] == "random"  # the option that says so is still in force
    again = await editor.ask("prompt", uri, 2)
    assert again["planner"] == "random"
    assert "plan" not in again["timingsMs"]  # the plan is known


async def test_the_model_process_is_killed_while_it_writes(start: Any, random_llama: Path) -> None:
    editor: Editor = await start({"planner": {"model": str(random_llama)}, "generator": {"maxTokens": 1024}})
    uri = editor.open(COMMENT)
    asked = editor.ask("plan", uri, 2)
    while not is_writing(editor):
        await asyncio.sleep(0.01)
    for child in psutil.Process(editor.client._server.pid).children():
        if "model" in child.cmdline():
            child.kill()
    with pytest.raises(JsonRpcException, match="ended unexpectedly"):
        await asked
    assert (await editor.ask("prompt", uri, 2, plan=["a step"]))["prompt"]


@shares_editor
async def test_a_long_comment_and_odd_files(editor: Editor) -> None:
    uri = editor.open("# " + "word " * 20_000)  # 100,000 characters, and no final newline
    answer = await editor.ask("prompt", uri, 0, plan=["a step"])
    assert "prompt-request-cut" in [notice["code"] for notice in answer["notices"]]
    for name, text in (
        ("crlf", "x = 1\r\n# do it\r\n"),
        ("tabs", "def f():\n\tg()\n\t# do it\n"),
        ("surrogate", "x = 1\n# half a character \ud83d"),
        ("ff", "a\x0cb = 1\n# do it 한글 😀"),
    ):
        uri = editor.open(text, f"{name}.py")  # one of them ends with wide characters and no final newline
        answer = await editor.ask("generate", uri, text.count("\n", 0, text.index("#")))
        edited = editor.apply(answer["edit"])
        assert edited.startswith(text)
        if name == "crlf":
            assert edited.count("\n") == edited.count("\r\n")
        if name == "tabs":
            assert all(line.startswith("\t") for line in edited.split("\n")[2:] if line)


@shares_editor
async def test_another_language_by_its_comments(editor: Editor) -> None:
    uri = editor.open("function f() {\n  // add two numbers\n}\nf();\n", "a.ts", "typescript")
    assert titles(await editor.actions(uri, 1))
    assert await editor.actions(uri, 3) == []
    answer = await editor.ask("plan", uri, 1)
    edited = editor.apply(answer["edit"])
    assert edited.startswith("function f() {\n  // add two numbers\n  // Plan:\n  // 1. ")
    assert edited.endswith("\n}\nf();\n")
    answer = await editor.ask("prompt", uri, 1, plan=["a step"])
    assert "typescript" in answer["prompt"]["user"] + answer["prompt"]["system"]


async def test_it_ends_with_its_editor(random_llama: Path) -> None:
    script = f"""
import asyncio, sys
sys.path[:0] = {[str(Path(__file__).parents[2])]!r}
from tests.lsp.editor import Editor
async def main():
    editor = Editor()
    await editor.start({{"planner": {{"model": {str(random_llama)!r}}}}})
    uri = editor.open("# do it")
    await editor.ask("plan", uri, 0)
    print(editor.client._server.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        server = psutil.Process(int(await asyncio.to_thread(parent.stdout.readline)))
        family = [server, *server.children(recursive=True)]
        assert len(family) >= 2
        os.kill(parent.pid, signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    gone, alive = await asyncio.to_thread(psutil.wait_procs, family, 20)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
    assert gone or family


async def test_shutdown_while_a_request_and_a_command_are_in_flight(start: Any, slow_llama: Path) -> None:
    editor: Editor = await start({"planner": {"model": str(slow_llama), "maxTokens": 1000}}, ours=False)
    uri = editor.open(COMMENT)
    asked = editor.ask("plan", uri, 2)
    await editor.command((await editor.actions(uri, 2))[0])
    while not is_writing(editor):
        await asyncio.sleep(0.02)
    await asyncio.wait_for(editor.shut_down(), 20)
    with pytest.raises(JsonRpcException) as caught:
        await asyncio.wait_for(asked, 20)
    assert caught.value.code == lsp.LSPErrorCodes.RequestCancelled
