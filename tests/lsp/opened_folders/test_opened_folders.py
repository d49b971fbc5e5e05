"""Which folders are read, when, and that changes are gathered."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from lsprotocol import types as lsp

from planfirst.core.errors import CorpusError, StoreBusy
from planfirst.corpora.code.grammars import BY_SUFFIX
from planfirst.corpora.code.ignore import IGNORE_FILES
from planfirst.folders import folder_index
from planfirst.lsp import opened_folders
from planfirst.lsp.opened_folders import OpenedFolders
from planfirst.words import Message
from tests.lsp.opened_folders.stand_ins import Server, idle, uri


async def test_an_opened_folder_is_read_and_searched_if_the_setting_says_so(
    server: Server, watching: OpenedFolders, project: Path
) -> None:
    watching.opened([uri(project)])
    assert server.engine.searched == []  # "ask", and nobody was asked
    server.set(index="on")
    watching.settings_changed()
    assert await server.engine.next() == (project, None)
    assert server.engine.searched == [project]
    server.set(index="off")
    watching.settings_changed()
    assert server.engine.searched == []
    watching.changed([uri(project, "a.py")])
    assert server.engine.calls.empty()


async def test_many_changes_are_one_reading(server: Server, watching: OpenedFolders, project: Path) -> None:
    server.set(index="on")
    watching.opened([uri(project)])
    await server.engine.next()
    for n in range(300):
        watching.changed([uri(project, "src", f"m{n}.py"), uri(project, "src", f"m{n}.py")])
    _, changed = await server.engine.next()
    assert changed == sorted(f"src/m{n}.py" for n in range(300))
    await idle(watching)
    assert server.engine.calls.empty()


async def test_what_changes_while_reading_is_the_next_reading(
    server: Server, watching: OpenedFolders, project: Path
) -> None:
    server.set(index="on")
    watching.opened([uri(project)])
    _, _, end = await asyncio.wait_for(server.engine.calls.get(), 60)
    watching.changed([uri(project, "a.py")])
    watching.changed([uri(project, "b.py")])
    assert server.engine.calls.empty()
    end.set_result(None)
    assert await server.engine.next() == (project, ["a.py", "b.py"])


async def test_what_cannot_concern_source_code_is_passed_over(
    server: Server, watching: OpenedFolders, project: Path
) -> None:
    server.set(index="on")
    watching.opened([uri(project)])
    await server.engine.next()
    for name in ("notes.md", ".git/index.lock", "node_modules/x/i.js", "a/__pycache__/b.pyc", ".venv/x.py", "x.png"):
        watching.changed([uri(project, name)])
    watching.changed([uri(project.parent, "other", "a.py"), uri(project), "untitled:a.py", "vscode-vfs://x/a.py"])
    watching.changed([uri(project, "pkg"), uri(project, ".gitignore"), uri(project, "w.TSX")])
    assert await server.engine.next() == (project, [".gitignore", "pkg", "w.TSX"])


async def test_several_folders_are_read_one_after_the_other(
    server: Server, watching: OpenedFolders, tmp_path: Path
) -> None:
    server.set(index="on")
    one, two = tmp_path / "one", tmp_path / "one" / "two"
    two.mkdir(parents=True)
    watching.opened([uri(one), uri(two)])
    folder, _, end = await asyncio.wait_for(server.engine.calls.get(), 60)
    assert folder == one
    await asyncio.sleep(0)
    assert server.engine.calls.empty()
    end.set_result(None)
    assert await server.engine.next() == (two, None)
    assert server.engine.searched == [one, two]
    watching.changed([uri(two, "a.py")])  # it stands in both
    found = [await server.engine.next(), await server.engine.next()]
    assert sorted(found) == [(one, ["two/a.py"]), (two, ["a.py"])]
    watching.opened([], [uri(one)])
    assert server.engine.searched == [two]


async def test_a_busy_store_keeps_the_changes_for_the_next_time(
    server: Server, watching: OpenedFolders, project: Path
) -> None:
    server.set(index="on")
    watching.opened([uri(project)])
    await server.engine.next(StoreBusy("plain", what="Another process is at it.", next="Wait."))
    await idle(watching)
    assert server.said == []
    watching.changed([uri(project, "a.py")])
    assert await server.engine.next() == (project, None)


async def test_an_error_is_said_and_the_next_change_tries_again(
    server: Server, watching: OpenedFolders, project: Path
) -> None:
    server.set(index="on")
    watching.opened([uri(project)])
    await server.engine.next(CorpusError("plain", what="The folder cannot be read.", next="Mend it."))
    await idle(watching)
    assert server.said == [f"The code in {project.name} could not be read. The folder cannot be read. Mend it."]
    watching.changed([uri(project, "a.py")])
    assert await server.engine.next() == (project, None)


async def test_a_home_folder_or_a_disk_is_never_read(
    server: Server, watching: OpenedFolders, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "home", lambda: project)
    watching.opened([uri(project), uri("/")])
    watching.used(uri(project, "a.py"))
    watching.read_all()
    assert server.said == []
    server.set(index="on")
    watching.settings_changed()
    assert server.said == [str(Message("workspace-too-wide", folder=folder)) for folder in (project, "/")]
    assert server.engine.calls.empty()
    assert server.questions.empty()


async def test_the_projects_interpreter(server: Server, watching: OpenedFolders, project: Path) -> None:
    python = project / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    server.set(index="on", python=".venv/bin/python")
    watching.opened([uri(project)])
    await server.engine.next()
    assert server.engine.python == str(python)
    server.set(index="on", python="not/there")
    watching.settings_changed()
    assert await server.engine.next() == (project, None)  # another interpreter is a reason to look at all again
    assert server.engine.python == ""


async def test_the_reading_process_ends_after_a_while(server: Server, project: Path) -> None:
    made = OpenedFolders(server.session, server.client, linger=0)
    server.set(index="on")
    made.opened([uri(project)])
    await server.engine.next()
    while not server.engine.rested:
        await asyncio.sleep(0)
    await made.end()


async def test_the_client_is_asked_to_watch(server: Server, watching: OpenedFolders) -> None:
    await watching.watch()
    await watching.watch()
    (registration,) = server.registered
    assert registration.method == "workspace/didChangeWatchedFiles"
    patterns = [str(watcher.glob_pattern) for watcher in registration.register_options.watchers]
    assert "py,pyi,js" in patterns[0]
    assert patterns[1:] == ["**/{.gitignore,.planfirstignore}", "**/*"]
    assert registration.register_options.watchers[2].kind == lsp.WatchKind.Delete


async def test_a_client_that_cannot_watch_is_not_asked(server: Server, watching: OpenedFolders) -> None:
    server.client_capabilities = lsp.ClientCapabilities()
    await watching.watch()
    assert server.registered == []


async def test_the_end_waits_for_the_reading(server: Server, project: Path) -> None:
    made = OpenedFolders(server.session, server.client)
    server.set(index="on")
    made.opened([uri(project)])
    _, _, end = await asyncio.wait_for(server.engine.calls.get(), 60)
    await made.end()
    assert end.cancelled()


def test_what_is_watched_is_what_is_understood() -> None:
    assert {f".{suffix}" for suffix in opened_folders.SUFFIXES} == BY_SUFFIX.keys()
    assert opened_folders._IGNORE_FILES == IGNORE_FILES


def test_places_differ_and_are_names(tmp_path: Path) -> None:
    indexes = [folder_index(tmp_path / name) for name in ("a b", "a-b", "A b", "한글", "x" * 300, "..")]
    assert len(set(indexes)) == len(indexes)
    assert all(index.parent.name == "workspaces" and len(index.name) < 80 for index in indexes)
