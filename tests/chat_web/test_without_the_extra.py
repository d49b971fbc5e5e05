"""``planfirst chat --web`` where the extra is not installed."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from tests.cli.command_line import complaint, in_process


def test_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    found = importlib.util.find_spec

    def without(name: str, *rest: Any) -> Any:
        return None if name == "uvicorn" else found(name, *rest)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    assert 'pip install "planfirst[web]"' in complaint(in_process("chat", "--web", "--no-open"), 1)
