"""Progress without a terminal: JSON lines for an editor that runs a command, and a line now and then for a log."""

from __future__ import annotations

import json

import pytest
from rich.progress import BarColumn

from planfirst.cli import console
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


def test_a_log_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(console, "LINE_EVERY", 0.0)
    with console.bar("Fetching small") as update:
        update(0, 0)
        update(2_000_000, 491_000_000)
    with console.bar("Building", BarColumn()) as update:
        update(1200, 5458)
    assert capsys.readouterr().err == "Fetching small: 2 MB of 491 MB\nBuilding: 1,200 of 5,458\n"


def test_what_takes_seconds_has_no_such_line(capsys: pytest.CaptureFixture[str]) -> None:
    with console.bar("Fetching small") as update:
        update(2_000_000, 491_000_000)
    assert capsys.readouterr().err == ""
