"""What a test of opened folders has in place of a server, its client and the reading process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from lsprotocol import types as lsp

from planfirst.core.errors import PlanfirstError
from planfirst.lsp.client import Client
from planfirst.lsp.opened_folders import OpenedFolders
from planfirst.lsp.session import Session
from planfirst.settings import WorkspaceSettings


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


def uri(*parts: Any) -> str:
    return Path(*parts).as_uri()


async def idle(watching: OpenedFolders) -> None:
    """Waits until nothing is being read."""
    tasks = [one.task for one in watching._folders.values() if one.task is not None]
    await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 60)
