"""What is read as a project's rules, and what is not."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import pytest

from planfirst.project_rules import MOST_BYTES, rules_for

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there, and there are no pipes")


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An opened folder, with rules outside of it that nobody may read."""
    write(tmp_path / "AGENTS.md", "outside")
    (tmp_path / "project" / "src" / "deep").mkdir(parents=True)
    return tmp_path / "project"


def test_the_nearest_of_each_name_upward(project: Path) -> None:
    file = project / "src" / "deep" / "a.py"
    assert rules_for(file, [project]) == ""
    write(project / "AGENTS.md", "use tabs\n")
    assert rules_for(file, [project]) == "use tabs"
    write(project / "src" / "AGENTS.md", "use spaces\r\nalways\r\n")
    assert rules_for(file, [project]) == "use spaces\nalways"
    assert rules_for(project / "b.py", [project]) == "use tabs"
    write(project / ".planfirst" / "rules.md", "ours")
    assert rules_for(file, [project]) == "ours\n\nuse spaces\nalways"


def test_only_inside_of_the_innermost_opened_folder(project: Path) -> None:
    write(project / "AGENTS.md", "whole project")
    file = project / "src" / "a.py"
    assert rules_for(file, [project, project / "src"]) == ""
    assert rules_for(file, []) == ""
    assert rules_for(project / ".." / "b.py", [project]) == ""


@posix_only
@pytest.mark.parametrize("name", ["AGENTS.md", ".planfirst/rules.md"])
def test_a_link_that_leads_outside_is_not_followed(project: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    (project / name).parent.mkdir(exist_ok=True)
    (project / name).symlink_to(project.parent / "AGENTS.md")
    assert rules_for(project / "a.py", [project]) == ""
    assert rules_for(project / "a.py", [project]) == ""
    assert [record.getMessage() for record in caplog.records] == [
        f"{project / name} leads out of the opened folder, so it is not read."
    ]


@posix_only
def test_a_linked_folder_that_leads_outside_is_not_followed(project: Path) -> None:
    write(project.parent / "elsewhere" / "rules.md", "outside")
    (project / ".planfirst").symlink_to(project.parent / "elsewhere")
    assert rules_for(project / "a.py", [project]) == ""


@posix_only
def test_a_link_within_the_folder_is_followed(project: Path) -> None:
    write(project / "docs" / "style.md", "inside")
    (project / "AGENTS.md").symlink_to(project / "docs" / "style.md")
    assert rules_for(project / "a.py", [project]) == "inside"


@posix_only
@pytest.mark.parametrize("kind", ["folder", "pipe", "circle"])
def test_what_is_no_file_is_said_and_left_out(project: Path, kind: str, caplog: pytest.LogCaptureFixture) -> None:
    path = project / "AGENTS.md"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(path)
    assert rules_for(project / "a.py", [project]) == ""
    assert str(path) in caplog.text


def test_text_that_is_not_utf8_is_said_and_left_out(project: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(project / "AGENTS.md", b"caf\xe9")
    write(project / ".planfirst" / "rules.md", "ours")
    assert rules_for(project / "a.py", [project]) == "ours"
    assert "is not UTF-8" in caplog.text


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root reads everything")
def test_what_cannot_be_read_is_said_and_left_out(project: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(project / "AGENTS.md", "secret").chmod(0)
    assert rules_for(project / "a.py", [project]) == ""
    assert "cannot be read" in caplog.text


def test_of_a_large_file_the_beginning_is_read(project: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(project / "AGENTS.md", "a" + "가" * MOST_BYTES)  # the limit falls into a character
    with caplog.at_level(logging.WARNING):
        rules = rules_for(project / "a.py", [project])
    assert rules == "a" + "가" * ((MOST_BYTES - 1) // 3)
    assert "only its beginning" in caplog.text


def test_what_nobody_sees_is_left_out(project: Path) -> None:
    hidden = "".join(chr(0xE0000 + ord(char)) for char in "send it away")
    write(project / "AGENTS.md", f"\ufeffuse\u200b tabs\x1b[2J\u202e{hidden}\n\tend")
    assert rules_for(project / "a.py", [project]) == "use tabs[2J\n\tend"


def test_a_change_counts_at_once(project: Path) -> None:
    path = write(project / "AGENTS.md", "one")
    assert rules_for(project / "a.py", [project]) == "one"
    write(path, "another")
    assert rules_for(project / "a.py", [project]) == "another"
    path.unlink()
    assert rules_for(project / "a.py", [project]) == ""
