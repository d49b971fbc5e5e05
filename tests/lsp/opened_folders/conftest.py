"""Opened folders that are watched, with stand-ins around them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from planfirst.lsp.opened_folders import OpenedFolders
from tests.lsp.opened_folders.stand_ins import Server


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
