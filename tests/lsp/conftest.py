"""Editors connected to real server processes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from editor import Editor

Start = Callable[..., Awaitable[Editor]]


@pytest.fixture
async def start(random_llama: Path) -> AsyncIterator[Start]:
    """Starts editors; by default with a GGUF that writes nonsense and no warming up."""
    editors: list[Editor] = []

    async def start(options: dict[str, Any] | None = None, **more: Any) -> Editor:
        editor = Editor()
        editors.append(editor)
        base = {
            "planner": {"model": str(random_llama), "maxTokens": 40},
            "generator": {"maxTokens": 30},
            "editor": {"warmUp": False},
            "verify": {"attempts": 1},  # what writes nonsense writes it every time
        }
        await editor.start(base | (options or {}), **more)
        return editor

    yield start
    for editor in editors:
        await editor.stop()
