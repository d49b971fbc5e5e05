"""What is shown while a folder is read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp

from planfirst.lsp.opened_folders import OpenedFolders
from planfirst.words import Words
from tests.lsp.opened_folders.stand_ins import Server, idle, uri


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
    assert server.progress[-1].message == "Paused. It continues when Planfirst starts again."
    server.engine.refresh = usual  # type: ignore[method-assign]
    watching.changed([uri(project, "a.py")])
    await idle(watching)
    assert server.engine.calls.empty()
    watching.read_all()
    assert await server.engine.next() == (project, None)
