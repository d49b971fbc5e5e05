"""What the tests of other languages share: the tool chains of this machine, and running with them."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.core.runs import RunLimits
from planfirst.verify.programs.registry import FINDERS, find
from planfirst.verify.programs.running import Ended, run
from planfirst.verify.programs.toolchain import Missing, Toolchain
from tests.adapters import sandbox_outside as outside

CLIENT = Path(__file__).parents[3] / "client-vscode"  # has a typescript of its own once its packages are installed
FOLDERS = [Path(folder) for folder in os.environ.get("PLANFIRST_TYPESCRIPT", "").split(os.pathsep) if folder] + [CLIENT]
LANGUAGES = tuple(FINDERS)
_REASON = outside.why_not_here()
HERE = [pytest.mark.real, pytest.mark.skipif(bool(_REASON), reason=_REASON)]


def toolchain(language: str) -> Toolchain:
    """The tool chain; the test is skipped where there is none, with what Planfirst says of it."""
    found = find(language, FOLDERS)
    if isinstance(found, Missing):
        pytest.skip(str(found.said))
    return found


def ran(language: str, text: str, mark: str = "", **limits: Any) -> Ended:
    """One program, run; ``mark`` stands in the environment of all its processes."""
    found = toolchain(language)
    if mark:
        found = replace(found, environment={**found.environment, "MARK": mark})
    given = RunLimits(**({"wall": 60.0, "cpu": 3.0} | limits))

    async def running() -> Ended:
        return await run(await find_sandbox(), found, {found.file: text.encode()}, given)

    return asyncio.run(running())


def written(ended: Ended) -> list[str]:
    """The lines that the program itself wrote."""
    return [line for line in ended.done.stdout.split("\n") if line and '{"step"' not in line]
