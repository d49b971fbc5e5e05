"""You are asked once whether a folder may be read."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lsprotocol import types as lsp

from planfirst.folders import folder_index
from planfirst.lsp import read_permission
from planfirst.lsp.opened_folders import OpenedFolders
from planfirst.lsp.read_permission import NO, YES
from planfirst.words import Message
from tests.lsp.opened_folders.stand_ins import Server, uri


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
    assert not folder_index(project).exists()
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
