from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from planfirst.source.diff import unified

CASES = [
    ("a\nb\n", "a\nc\nb\n"),
    ("a\nb", "a\nb\nc"),
    ("a", "a\nb\n"),
    ("a\r\nb\r\n", "a\r\nc\r\nb\r\n"),
    ("a\rb\n", "a\rb\nc\n"),
    ("", "a\n"),
    ("\ufeffa\n", "\ufeffa\n한글\u2028b\n"),
]


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")
@pytest.mark.parametrize(("before", "after"), CASES)
def test_git_applies_it(tmp_path: Path, before: str, after: str) -> None:
    file = tmp_path / "src" / "a.py"
    file.parent.mkdir()
    file.write_bytes(before.encode())
    diff = unified(before, after, "src/a.py")
    subprocess.run(["git", "apply", "-"], input=diff.encode(), cwd=tmp_path, check=True, capture_output=True)
    assert file.read_bytes() == after.encode()


def test_of_the_same_text_there_is_none() -> None:
    assert unified("a\n", "a\n", "a.py") == ""
