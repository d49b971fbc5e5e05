"""``planfirst data verify-instruct`` and ``planfirst train rag``: what they say when they cannot be followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_line import complaint, in_process


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("data", "verify-instruct", "--teacher", "no-such-model"), 1, "There is no model named 'no-such-model'"),
        (("data", "verify-instruct", "--config", "none.toml"), 2, "Name a TOML file like the shipped instruct.toml"),
        (("data", "verify-instruct", "--teacher", "http://example.com/v1#m", "--no-examples"), 1, "example.com"),
        (("train", "rag"), 2, "--repo"),
        (("train", "rag", "--repo", "x", "--config", "none.toml"), 2, "Name a TOML file like the shipped rag.toml"),
    ],
)
def test_what_cannot_be_followed(
    arguments: tuple[str, ...], code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert said in complaint(in_process(*arguments), code)
