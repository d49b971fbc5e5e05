"""Progress as JSON lines, for an editor that runs a command."""

from __future__ import annotations

import json

import pytest

from tests.cli.command_line import planfirst


def test_progress_is_written_as_json_lines_when_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANFIRST_PROGRESS", "json")
    done = planfirst("models", "verify", "starter")
    assert done.returncode == 0
    steps = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert len(steps) > 1
    assert steps[-1]["done"] == steps[-1]["total"] > 1_000_000
    assert [step["done"] for step in steps] == sorted(step["done"] for step in steps)


def test_no_progress_is_written_otherwise() -> None:
    assert "{" not in planfirst("models", "verify", "starter").stderr
