"""Which folders are read, when, and that changes are gathered. The reading process is a stand-in here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from lsprotocol import types as lsp

from planfirst.core.errors import CorpusError, PlanfirstError, StoreBusy
from planfirst.corpora.code.grammars import BY_SUFFIX
from planfirst.corpora.code.ignore import IGNORE_FILES
from planfirst.folders import workspace_place
from planfirst.lsp import opened_folders, read_permission
from planfirst.lsp.client import Client
from planfirst.lsp.opened_folders import OpenedFolders
from planfirst.lsp.read_permission import NO, YES
from planfirst.lsp.session import Session
from planfirst.settings import WorkspaceSettings
from planfirst.words import Message, Words


class Reader:
    """In the place of the engine: hands each reading to the test, which says how it ends."""

    def __init__(self) -> None:
        self.calls: asyncio.Queue[tuple[Path, Any, asyncio.Future[Any]]] = asyncio.Queue()
        self.searched: list[Path] = []
        self.rested = 0
        self.python = ""

    def search_in(self, folders: list[Path]) -> None:
        self.searched = folders

    def rest_indexer(self) -> None:
        self.rested += 1

    async def refresh(self, folder: Path, changed: Any, python: str) -> AsyncIterator[dict[str, Any]]:
        self.python = python
        end: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.calls.put_nowait((folder, changed, end))
        result = await end
        if isinstance(result, PlanfirstError):
            raise result
        for record in result or []:
            yield record

    async def next(self, result: Any = None) -> tuple[Path, Any]:
        """The next reading, which ends with ``result``."""
        folder, changed, end = await asyncio.wait_for(self.calls.get(), 60)
        end.set_result(result)
        return folder, changed


class Server:
    """What a client and a session need of a server."""

    def __init__(self) -> None:
        self.client = Client(self)  # type: ignore[arg-type]
        self.client.is_ours = True
        self.session = Session(self)  # type: ignore[arg-type]
        self.engine = Reader()
        self.session._engine = self.engine  # type: ignore[assignment]
        self.said: list[str] = []
        self.questions: asyncio.Queue[tuple[str, asyncio.Future[Any]]] = asyncio.Queue()
        self.registered: list[lsp.Registration] = []
        files = lsp.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True)
        self.client_capabilities = lsp.ClientCapabilities(
            workspace=lsp.WorkspaceClientCapabilities(did_change_watched_files=files),
            window=lsp.WindowClientCapabilities(work_done_progress=True),
        )
        self.progress: list[Any] = []
        self.work_done_progress = SimpleNamespace(
            tokens={},
            create_async=self._create,
            begin=lambda token, value: self.progress.append(value),
            report=lambda token, value: self.progress.append(value),
            end=lambda token, value: self.progress.append(value),
        )

    def set(self, **changes: str) -> None:
        self.session.settings = replace(self.session.settings, workspace=WorkspaceSettings(**changes))

    def window_show_message(self, params: lsp.ShowMessageParams) -> None:
        self.said.append(params.message.removeprefix("Planfirst: "))

    async def _create(self, token: str) -> None:
        self.work_done_progress.tokens[token] = asyncio.get_running_loop().create_future()

    async def window_show_message_request_async(self, params: Any) -> Any:
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.questions.put_nowait((params.message, answer))
        return await answer

    async def client_register_capability_async(self, params: lsp.RegistrationParams) -> None:
        self.registered += params.registrations


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
async def watching(server: Server) -> AsyncIterator[OpenedFolders]:
    made = OpenedFolders(server.session, server.client, quiet=0.2)
    yield made
    await made.end()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "my project 한글"
    folder.mkdir()
    return folder


def uri(*parts: Any) -> str:
    return Path(*parts).as_uri()


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


async def test_little_work_shows_no_progress(server: Server, watching: OpenedFolders, project: Path) -> None:
    server.set(index="on")
    watching.opened([uri(project)])
    await server.engine.next([{"files": 100}, {"done": 990, "total": 1000}, {"done": 1000, "total": 1000}, {"read": 1}])
    await idle(watching)
    assert server.progress == []


async def test_much_work_shows_progress_which_can_be_cancelled(
    server: Server, watching: OpenedFolders, project: Path
) -> None:
    server.set(index="on")
    watching.opened([uri(project)])
    _, _, end = await asyncio.wait_for(server.engine.calls.get(), 60)
    end.set_result([{"done": 0, "total": 1000}, {"done": 250, "total": 1000}])
    await idle(watching)
    begin, first, second, last = server.progress
    assert (begin.title, begin.cancellable) == (f"Planfirst: reading the code in {project.name}", True)
    assert (first.percentage, second.percentage) == (0, 25)
    assert second.message == "250 of 1000 examples"
    assert last.kind == "end"
    assert server.work_done_progress.tokens == {}


async def test_the_end_says_what_was_read(server: Server, watching: OpenedFolders, project: Path) -> None:
    server.set(index="on")
    watching.opened([uri(project)])
    records = [{"done": 40, "total": 52}, {"done": 52, "total": 52}, {"read": 9, "count": 1234, "changed": True}]
    await server.engine.next(records)
    await idle(watching)
    begin, end = server.progress  # twelve are too few for a progress that can be cancelled
    assert not begin.cancellable
    assert end.message == f"Read 1,234 functions of {project.name}; 12 new examples."
    watching.changed([uri(project, "a.py")])
    await server.engine.next(records)
    await idle(watching)
    assert len(server.progress) == 2  # a changed file is not worth a word
    unchanged = [{"read": 0, "count": 1, "changed": False}]
    watching.read_all()
    await server.engine.next(unchanged)
    await idle(watching)
    assert server.progress[-1].message == f"Read 1 function of {project.name}; 0 new examples."
    assert len(server.progress) == 4


async def test_an_unchanged_folder_is_opened_without_a_word(
    server: Server, watching: OpenedFolders, project: Path
) -> None:
    server.set(index="on")
    watching.opened([uri(project)])
    await server.engine.next([{"read": 0, "count": 1234, "changed": False}])
    await idle(watching)
    assert server.progress == []


async def test_in_korean(server: Server, watching: OpenedFolders, project: Path) -> None:
    server.client.words = Words("ko-KR")
    watching.opened([uri(project)])
    watching.used(uri(project, "a.py"))
    message, answer = await asyncio.wait_for(server.questions.get(), 60)
    assert message.startswith(f"Planfirst: 직접 작성한 함수를 예제로 찾을 수 있도록 {project.name}의 코드를 읽을까요?")
    answer.set_result(lsp.MessageActionItem("읽기"))
    await server.engine.next([{"done": 1, "total": 25}, {"read": 9, "count": 25, "changed": True}])
    await idle(watching)
    begin, report, end = server.progress
    assert begin.title == f"Planfirst: {project.name}의 코드를 읽는 중"
    assert report.message == "예제 25개 중 1개"
    assert end.message == f"{project.name}에서 함수 25개를 읽었습니다(새 예제 24개)."


async def test_a_cancel_pauses_until_the_user_asks(server: Server, watching: OpenedFolders, project: Path) -> None:
    cancelled = asyncio.Event()

    async def refresh(folder: Path, changed: Any, python: str) -> AsyncIterator[dict[str, Any]]:
        yield {"done": 0, "total": 1000}
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    usual, server.engine.refresh = server.engine.refresh, refresh  # type: ignore[method-assign]
    server.set(index="on")
    watching.opened([uri(project)])
    while not server.work_done_progress.tokens:
        await asyncio.sleep(0)
    (token,) = server.work_done_progress.tokens.values()
    token.cancel()
    await asyncio.wait_for(cancelled.wait(), 60)
    await idle(watching)
    assert server.progress[-1].message == "Paused; it goes on at the next start."
    server.engine.refresh = usual  # type: ignore[method-assign]
    watching.changed([uri(project, "a.py")])
    await idle(watching)
    assert server.engine.calls.empty()
    watching.read_all()
    assert await server.engine.next() == (project, None)


async def test_the_user_is_asked_once_for_each_folder(server: Server, watching: OpenedFolders, project: Path) -> None:
    watching.opened([uri(project)])
    watching.used(uri(project.parent, "elsewhere.py"))
    assert server.questions.empty()
    watching.used(uri(project, "a.py"))
    watching.used(uri(project, "b.py"))
    message, answer = await asyncio.wait_for(server.questions.get(), 60)
    assert project.name in message
    answer.set_result(lsp.MessageActionItem(str(Message(YES))))
    assert await server.engine.next() == (project, None)
    assert server.questions.empty()
    again = OpenedFolders(server.session, server.client)  # as the next start finds it
    again.opened([uri(project)])
    assert await server.engine.next() == (project, None)
    await again.end()


async def test_a_question_that_is_closed_comes_again_at_the_next_start(
    server: Server, watching: OpenedFolders, project: Path
) -> None:
    watching.opened([uri(project)])
    watching.used(uri(project, "a.py"))
    _, asked = await asyncio.wait_for(server.questions.get(), 60)
    asked.set_result(None)
    while watching._asking:
        await asyncio.sleep(0)
    assert read_permission.answer(project) is None
    assert not workspace_place(project).exists()
    watching.used(uri(project, "b.py"))
    watching.opened([uri(project)])
    await asyncio.sleep(0)
    assert server.questions.empty()
    assert server.engine.calls.empty()
    again = OpenedFolders(server.session, server.client)
    again.opened([uri(project)])
    again.used(uri(project, "a.py"))
    _, asked = await asyncio.wait_for(server.questions.get(), 60)
    asked.set_result(lsp.MessageActionItem(str(Message(YES))))
    assert await server.engine.next() == (project, None)
    await again.end()


async def test_a_no_is_remembered(server: Server, watching: OpenedFolders, project: Path) -> None:
    watching.opened([uri(project)])
    watching.used(uri(project, "a.py"))
    _, asked = await asyncio.wait_for(server.questions.get(), 60)
    asked.set_result(lsp.MessageActionItem(str(Message(NO))))
    while read_permission.answer(project) is None:
        await asyncio.sleep(0)
    again = OpenedFolders(server.session, server.client)
    again.opened([uri(project)])
    again.used(uri(project, "a.py"))
    await asyncio.sleep(0)
    assert server.questions.empty()
    assert server.engine.calls.empty()
    again.read_all()  # but the user can change their mind
    assert await server.engine.next() == (project, None)
    await again.end()


async def test_only_our_extension_is_asked(server: Server, watching: OpenedFolders, project: Path) -> None:
    server.client.is_ours = False  # a question blocks some other editors
    watching.opened([uri(project)])
    watching.used(uri(project, "a.py"))
    await asyncio.sleep(0)
    assert server.questions.empty()


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
    places = [workspace_place(tmp_path / name) for name in ("a b", "a-b", "A b", "한글", "x" * 300, "..")]
    assert len(set(places)) == len(places)
    assert all(place.parent.name == "workspaces" and len(place.name) < 80 for place in places)


async def idle(watching: OpenedFolders) -> None:
    """Waits until nothing is being read."""
    tasks = [one.task for one in watching._folders.values() if one.task is not None]
    await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 60)
