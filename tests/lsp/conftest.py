"""Editors connected to real server processes."""

from __future__ import annotations

import string
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from editor import Editor

from random_llama import write_random_llama

Start = Callable[..., Awaitable[Editor]]


# What the model writes, again and again: a character never comes twice, and wherever it is cut it is a name, or code.
# Its rounds are so long that they are not taken for those of a model that is at a loss.
_WRITES = (
    "x" + "".join(c for c in string.ascii_letters + string.digits if c not in "x12") + "_ =[(~-+2%1.)];,:?!@^&|<>\n"
)


@pytest.fixture(scope="session")
def random_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real GGUF file that writes a long name first, so that its first tokens are code in any language."""
    return write_random_llama(tmp_path_factory.mktemp("coder") / "random.gguf", writes=_WRITES)


@pytest.fixture
async def start(random_llama: Path) -> AsyncIterator[Start]:
    """Starts editors; by default with a GGUF that writes a long name and no warming up."""
    editors: list[Editor] = []

    async def start(options: dict[str, Any] | None = None, **more: Any) -> Editor:
        editor = Editor()
        editors.append(editor)
        base = {
            "planner": {"model": str(random_llama), "maxTokens": 40},
            "generator": {"maxTokens": 30},
            "editor": {"warmUp": False},
            "verify": {"attempts": 1},  # what it writes it writes every time
        }
        await editor.start(base | (options or {}), **more)
        return editor

    yield start
    for editor in editors:
        await editor.stop()
