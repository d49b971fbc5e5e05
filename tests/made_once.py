"""What takes long to make is made once for all tests, also where several processes run them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first who needs it makes; tests must not write to it.

    Args:
        make: fills the folder, which is not there yet.
    """
    root = of_the_run(factory)
    folder, made = root / name, root / f"{name}.made"
    with FileLock(root / f"{name}.lock"):
        if not made.exists():
            shutil.rmtree(folder, ignore_errors=True)  # what another process began and could not finish
            make(folder)
            made.touch()
    return folder


def of_the_run(factory: pytest.TempPathFactory) -> Path:
    """The folder that all processes of one run of the tests share."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
