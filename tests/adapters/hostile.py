"""What the tests with hostile programs share: the limits they get, and what their last line says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planfirst.core.runs import RunResult
from tests.adapters import sandbox_outside as outside

Run = Callable[..., RunResult]
# Tight, so that a program that is not held does little harm; the wall is far off, for busy machines.
TIGHT = {"wall": 30.0, "cpu": 10.0, "memory": 128 << 20, "processes": 16, "file": 4 << 20, "scratch": 8 << 20}
FOLDERS = ["/", "/tmp", "/var/tmp", "/dev/shm", "/etc", "/usr/lib", "/run", str(Path.home()), str(Path.cwd())]
_REASON = outside.why_not_here()
HERE = [pytest.mark.real, pytest.mark.skipif(bool(_REASON), reason=_REASON)]


def said(done: RunResult) -> Any:
    """What the program printed as JSON in its last line, when it ended well."""
    assert (done.exit_code, done.limit) == (0, None), done
    return json.loads(done.stdout.splitlines()[-1])
