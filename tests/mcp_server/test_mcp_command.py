"""How the command begins, or says why it does not. Nothing is served."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from planfirst.cli import run
from planfirst.cli.mcp import _root


def test_without_the_sdk_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert run(["mcp"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert 'pip install "planfirst[mcp]"' in said.err


@pytest.mark.parametrize(
    ("arguments", "what"),
    [(["--folder", "no/such/folder"], "no folder"), (["--set", "planner.modle=x"], "planner.modle")],
)
def test_wrong_use_ends_at_once(arguments: list[str], what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["mcp", *arguments]) == 2
    assert what in capsys.readouterr().err


def test_a_home_folder_is_served_only_where_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert _root(None) is None
    assert _root(Path()) == tmp_path.resolve()
    (tmp_path / "project").mkdir()
    monkeypatch.chdir(tmp_path / "project")
    assert _root(None) == (tmp_path / "project").resolve()
    monkeypatch.chdir(tmp_path.anchor)
    assert _root(None) is None
