"""Requests in files, for tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from planfirst.core.runs import RunResult
from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.verify.destination import Destination
from planfirst.verify.project import Project
from tests.adapters.sandbox_outside import why_not_here

_REASON = why_not_here()
in_sandbox = [pytest.mark.real, pytest.mark.skipif(bool(_REASON), reason=_REASON)]
ENDED = RunResult(exit_code=0, signal=None, stdout="", stderr="", limit=None, seconds=0.1, cut=False)


def destination(text: str, line: int, root: Path | None = None, name: str = "stock.py") -> Destination:
    """The request at a line of a file, which is not written."""
    site = locate(text, line, line, language_of("python"))
    assert site is not None
    return Destination(text, site, Project(root, root.joinpath(*name.split("/"))) if root else None)


def write(root: Path, files: dict[str, str]) -> None:
    """Writes files by their paths below a folder."""
    for name, text in files.items():
        path = root.joinpath(*name.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
