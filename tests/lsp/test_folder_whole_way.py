"""An opened folder, from its first reading to an answer that uses it: the real server, process and embedding model."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types as lsp

from planfirst.core.errors import StoreError
from planfirst.folders import folder_index
from planfirst.lsp.opened_folders import INDEX_COMMAND
from planfirst.lsp.protocol import plain
from planfirst.lsp.read_permission import YES
from planfirst.store import read
from planfirst.words import Message
from tests.lsp.editor import Editor

pytestmark = [pytest.mark.real, pytest.mark.usefixtures("embedding_ready")]
SHOP = '''def add_up_the_cart(cart):
    """Add up the prices of everything in the shopping cart."""
    return sum(item.price for item in cart.items)
'''
REQUEST = "# sum of the prices of all things in the shopping cart\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "my shop 가게"
    folder.mkdir()
    (folder / "shop.py").write_text(SHOP, encoding="utf-8")
    (folder / "door.py").write_text("def open_the_door(key):\n    return key.turn()\n", encoding="utf-8")
    return folder


async def until(holds: Callable[[], bool]) -> None:
    """Waits for another process."""
    async with asyncio.timeout(120):
        while not holds():
            await asyncio.sleep(0.02)


def stored(folder: Path) -> set[str]:
    """The questions in the folder's store."""
    try:
        return {pair.question for pair in read.rows(folder_index(folder) / "store").pairs}
    except StoreError:
        return set()


def tell(editor: Editor, *paths: Path) -> None:
    changes = [lsp.FileEvent(path.as_uri(), lsp.FileChangeType.Changed) for path in paths]
    editor.client.workspace_did_change_watched_files(lsp.DidChangeWatchedFilesParams(changes))


async def examples(editor: Editor, uri: str) -> list[tuple[str, str, bool]]:
    answer = await asyncio.wait_for(editor.ask("prompt", uri, 0), 120)
    return [(found["source"], found["place"], found["used"]) for found in answer["examples"]]


async def test_own_functions_become_examples(start: Any, project: Path) -> None:
    editor: Editor = await start({"workspace": {"index": "on"}}, folders=[project])
    await until(lambda: len(stored(project)) == 2)
    uri = editor.open(REQUEST, str(project / "new.py"))
    assert (await examples(editor, uri))[0] == ("workspace", "shop.py:1", True)

    (project / "shop.py").rename(project.parent / "shop.py")  # gone at once, whether anyone tells or not
    assert [place for _, place, _ in await examples(editor, uri)] == ["door.py:1"]
    tell(editor, project / "shop.py")
    await until(lambda: len(stored(project)) == 1)

    (project.parent / "shop.py").rename(project / "cart.py")
    editor.client.text_document_did_save(
        lsp.DidSaveTextDocumentParams(lsp.TextDocumentIdentifier((project / "cart.py").as_uri()))
    )
    await until(lambda: len(stored(project)) == 2)
    assert (await examples(editor, uri))[0] == ("workspace", "cart.py:1", True)

    # A request is no example for itself, even when its file is saved with an answer below it.
    (project / "new.py").write_text(f"{REQUEST}total = old_answer_of_the_cart(1, 2, 3)\n", encoding="utf-8")
    tell(editor, project / "new.py")
    await until(lambda: len(stored(project)) == 3)
    assert [place for _, place, _ in await examples(editor, uri)] == ["cart.py:1", "door.py:1"]


async def test_a_branch_switch_is_one_reading(start: Any, project: Path) -> None:
    editor: Editor = await start({"workspace": {"index": "on"}}, folders=[project])
    await until(lambda: len(stored(project)) == 2)
    before = read.status(folder_index(project) / "store").generation
    made = [project / "src" / f"m{n}.py" for n in range(200)]
    made[0].parent.mkdir()
    for n, path in enumerate(made):
        code = f"def open_lid_{n % 40}(key):\n    return key.turn({n % 40})\n"
        path.write_text(code, encoding="utf-8")
    tell(editor, *made)
    await until(lambda: len(stored(project)) == 42)
    assert read.status(folder_index(project) / "store").generation == before + 1

    def words() -> list[dict[str, Any]]:
        return [event for events in editor.events.values() for event in events if "kind" in event]

    first, second = f"Read 2 functions of {project.name}; 2 new examples.", f"Read 202 functions of {project.name}; 40"
    await until(lambda: words()[-1].get("message", "").startswith(second))
    assert words()[0]["title"] == f"Planfirst: reading the code in {project.name}"
    assert next(event["message"] for event in words() if event["kind"] == "end") == first
    reports = [event["message"] for event in words() if event["kind"] == "report"]
    assert reports[0] == "2 of 42 examples"  # the same function in five files is one example


async def test_the_question_the_command_and_a_folder_that_comes_and_goes(start: Any, project: Path) -> None:
    questions: list[Any] = []

    def question(params: lsp.ShowMessageRequestParams) -> lsp.MessageActionItem:
        questions.append(plain(params.message))
        return lsp.MessageActionItem(str(Message(YES)))

    editor: Editor = await start(folders=[project])
    editor.client.protocol.fm.features.pop(lsp.WINDOW_SHOW_MESSAGE_REQUEST, None)
    editor.client.feature(lsp.WINDOW_SHOW_MESSAGE_REQUEST)(question)
    uri = editor.open(REQUEST, str(project / "new.py"))
    await examples(editor, uri)
    await until(lambda: len(stored(project)) == 2)
    assert len(questions) == 1
    assert project.name in questions[0]

    other = project.parent / "other"
    other.mkdir()
    (other / "lamp.py").write_text("def light_the_lamp(match):\n    return match.strike()\n", encoding="utf-8")
    event = lsp.WorkspaceFoldersChangeEvent(added=[lsp.WorkspaceFolder(other.as_uri(), "other")], removed=[])
    editor.client.workspace_did_change_workspace_folders(lsp.DidChangeWorkspaceFoldersParams(event))
    await editor.client.workspace_execute_command_async(lsp.ExecuteCommandParams(INDEX_COMMAND, []))
    await until(lambda: stored(other) == {"light the lamp"})
    assert {place for _, place, _ in await examples(editor, uri)} == {"shop.py:1", "door.py:1", "lamp.py:1"}
    event = lsp.WorkspaceFoldersChangeEvent(added=[], removed=[lsp.WorkspaceFolder(project.as_uri(), "x")])
    editor.client.workspace_did_change_workspace_folders(lsp.DidChangeWorkspaceFoldersParams(event))
    assert {place for _, place, _ in await examples(editor, uri)} == {"lamp.py:1"}


async def test_the_prompt_shows_what_the_folder_declares(start: Any, project: Path, random_llama: Path) -> None:
    options = {"workspace": {"index": "on"}, "planner": {"model": str(random_llama)}}
    editor: Editor = await start(options, folders=[project])
    await until(lambda: len(stored(project)) == 2)
    uri = editor.open(REQUEST, str(project / "new.py"))
    prompt = (await asyncio.wait_for(editor.ask("prompt", uri, 0), 120))["prompt"]
    shown = "# shop.py\nadd_up_the_cart(cart)  # Add up the prices of everything in the shopping cart"
    assert [one["text"] for one in prompt["sections"] if one["name"] == "declarations"] == [shown]
    assert shown in prompt["user"]
    without = (await asyncio.wait_for(editor.ask("prompt", uri, 0, leaveOut=["declarations"]), 120))["prompt"]
    assert shown not in without["user"]
