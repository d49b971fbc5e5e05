"""The project's own rules in the enhanced prompt, as the editor shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.lsp.editor import Editor

COMMENT = "# add two numbers\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "AGENTS.md").write_text("Use tabs.\nplanner.model = 'other'\n", encoding="utf-8")
    return tmp_path


def rules_in(answer: dict[str, Any]) -> list[str]:
    return [section["text"] for section in answer["prompt"]["sections"] if section["name"] == "rules"]


async def test_rules_stand_in_the_prompt_and_can_be_switched_off(start: Any, project: Path) -> None:
    editor: Editor = await start({"prompt": {"rules": "on"}}, folders=[project])
    uri = editor.open(COMMENT, str(project / "src" / "a.py"))
    answer = await editor.ask("prompt", uri, 0)
    assert rules_in(answer) == ["Use tabs.\nplanner.model = 'other'"]
    assert answer["prompt"]["user"].startswith("Rules of this project:\nUse tabs.")
    assert rules_in(await editor.ask("prompt", uri, 0, leaveOut=["rules"])) == []
    (project / "AGENTS.md").write_text("word " * 600, encoding="utf-8")
    answer = await editor.ask("prompt", uri, 0)
    assert "prompt-rules-cut" in {notice["code"] for notice in answer["notices"]}


async def test_a_plan_stays_known_when_the_rules_change(start: Any, project: Path) -> None:
    editor: Editor = await start({"prompt": {"rules": "on"}}, folders=[project])
    uri = editor.open(COMMENT, str(project / "a.py"))
    await editor.ask("prompt", uri, 0, plan=["my own step"])
    (project / "AGENTS.md").write_text("Use spaces.", encoding="utf-8")
    answer = await editor.ask("prompt", uri, 0)
    assert answer["plan"] == ["my own step"]
    assert rules_in(answer) == ["Use spaces."]


async def test_rules_are_left_out_by_the_setting_and_outside_of_the_folder(start: Any, project: Path) -> None:
    editor: Editor = await start({"prompt": {"rules": "off"}}, folders=[project])
    assert rules_in(await editor.ask("prompt", editor.open(COMMENT, str(project / "a.py")), 0)) == []
    editor = await start({"prompt": {"rules": "on"}}, folders=[project / "inner"])
    assert rules_in(await editor.ask("prompt", editor.open(COMMENT, str(project / "inner" / "a.py")), 0)) == []
    assert rules_in(await editor.ask("prompt", editor.open(COMMENT, str(project / "a.py")), 0)) == []
