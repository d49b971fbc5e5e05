"""``planfirst summarise`` and ``planfirst analyse``, and the same within a conversation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_line import complaint, in_process, planfirst
from tests.cli.test_cli_chat import said

pytestmark = pytest.mark.real


@pytest.fixture
def guide(tmp_path: Path) -> Path:
    path = tmp_path / "the guide.md"
    path.write_text("# Boats\n\nThey float.\n", encoding="utf-8")
    return path


def test_a_document_is_summarised(guide: Path, assigning: Path) -> None:
    options = ["--set", f"planner.model={assigning}", "--set", "chat.maxTokens=20", "--set", "planner.maxTokens=24"]
    done = planfirst("summarise", guide, "--about", "what floats?", *options)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Read: all of the guide.md.\n\n1. ")


def test_what_cannot_be_read_is_named(tmp_path: Path, guide: Path, assigning: Path) -> None:
    assert "missing.md" in complaint(in_process("summarise", tmp_path / "missing.md"), 2)
    (tmp_path / "x.bin").write_bytes(b"\xff\xfe\x00")
    assert "x.bin is not UTF-8 text" in complaint(in_process("summarise", tmp_path / "x.bin"), 2)
    assert "is not a table" in complaint(
        in_process("analyse", guide, "how many?", "--set", f"planner.model={assigning}"), 2
    )


def test_in_a_conversation_a_summary_joins_what_was_said(guide: Path, assigning: Path) -> None:
    done = said(assigning, f'/summarise "{guide}" what floats?\n/analyse\n/summarise nowhere.md\n')
    assert "Read: all of the guide.md." in done.stdout
    assert "/analyse PATH QUESTION" in done.stderr
    assert "nowhere.md" in done.stderr
    assert "> /summarise the guide.md what floats?" in in_process("chat", "export", _only()).stdout


def _only() -> str:
    listed = in_process("chat", "list", "--json").stdout
    return listed.split('"id": "')[1][:8]
