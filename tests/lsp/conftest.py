"""Editors connected to real server processes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.lsp.editor import Editor
from tests.random_llama import LONG_NAME, write_random_llama

Start = Callable[..., Awaitable[Editor]]
shares_editor = pytest.mark.asyncio(loop_scope="module")  # for tests with the fixture `editor`


@pytest.fixture(scope="session")
def random_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real GGUF file that writes a long name first, so that its first tokens are code in any language."""
    return write_random_llama(tmp_path_factory.mktemp("coder") / "random.gguf", writes=LONG_NAME)


@pytest.fixture(scope="session")
def slow_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, but it takes its time."""
    path = tmp_path_factory.mktemp("slow") / "slow.gguf"
    return write_random_llama(path, width=512, layers=6, context=8192, writes=LONG_NAME)


def usual(model: Path) -> dict[str, Any]:
    """Options for a GGUF that writes a long name, and no warming up."""
    return {
        "planner": {"model": str(model), "maxTokens": 40},
        "generator": {"maxTokens": 30},
        "editor": {"warmUp": False},
        "verify": {"attempts": 1},  # what it writes it writes every time
    }


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def editor(random_llama: Path) -> AsyncIterator[Editor]:
    """One editor for the tests of a file that neither change its settings nor ask which plans are known already."""
    editor = Editor()
    await editor.start(usual(random_llama))
    yield editor
    await editor.stop()


@pytest.fixture
async def start(random_llama: Path) -> AsyncIterator[Start]:
    """Starts editors, with the usual options but for those given."""
    editors: list[Editor] = []

    async def start(options: dict[str, Any] | None = None, **more: Any) -> Editor:
        editor = Editor()
        editors.append(editor)
        await editor.start(usual(random_llama) | (options or {}), **more)
        return editor

    yield start
    for editor in editors:
        await editor.stop()
