"""Runs programs that try to break out of the sandbox, to outlive it, or to use up the machine. Nothing is mocked.

Each is run as whoever runs the tests and, when that is root, also as nobody, since bubblewrap works differently for the
two. After each, nothing of it may run, nothing may have been written outside, and a bystander must still be alive.
"""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planfirst.core.runs import RunResult
from tests.adapters import sandbox_outside as outside
from tests.adapters.hostile import FOLDERS, TIGHT, Run


@pytest.fixture(scope="module")
def code() -> Iterator[Path]:
    with outside.readable_code() as folder:
        yield folder


@pytest.fixture
def mark() -> str:
    return f"hostile{secrets.token_hex(4)}"  # 15 characters, all that a process's name can have


@pytest.fixture(autouse=True)
def nothing_is_left(mark: str) -> Iterator[None]:
    bystander = subprocess.Popen(["/bin/sleep", "600"])
    yield
    left = outside.marked(mark)
    written = [str(path) for folder in FOLDERS for path in Path(folder).glob(f"*{mark}*")]
    alive = bystander.poll() is None
    bystander.kill()
    bystander.wait()
    assert left == []
    assert written == []
    assert alive


@pytest.fixture(params=["ourselves", "nobody"])
def run(request: pytest.FixtureRequest, mark: str, code: Path) -> Run:
    user: str = request.param
    if user == "nobody" and (reason := outside.why_not_nobody()):
        pytest.skip(reason)

    def run_one(
        program: str, files: dict[str, str] | None = None, stdin: str = "", mark: str = mark, **limits: Any
    ) -> RunResult:
        order = {
            "user": user,
            "program": outside.PREAMBLE.format(mark=mark) + program,
            "files": files or {},
            "limits": TIGHT | limits,
            "stdin": stdin,
        }
        return outside.to_result(outside.here(order) if user == "ourselves" else outside.as_nobody(order, code))

    return run_one
