"""The code interpreter: runs an answer against its tests in the sandbox, with the packages it imports if allowed."""

from __future__ import annotations

import ast
import asyncio
import sys
from collections.abc import Collection
from contextlib import AsyncExitStack
from types import TracebackType

from planfirst.adapters.sandbox.packages import ALLOWED, installed
from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.core.errors import BadRequest, SandboxRefused
from planfirst.core.ports import Sandbox
from planfirst.core.runs import RunLimits
from planfirst_lab.evaluation.checks import LIMITS, Check, Verdict, check
from planfirst_lab.parsing import parsed

# Modules whose package has another name.
_PACKAGES = {
    "attr": "attrs", "bs4": "beautifulsoup4", "dateutil": "python-dateutil", "more_itertools": "more-itertools",
    "PIL": "pillow", "sklearn": "scikit-learn", "yaml": "pyyaml",
}  # fmt: skip


class Interpreter:
    """A sandbox that is open for a run; used with ``async with``.

    Args:
        allowed: packages that may be installed on demand, for one set of imports once; empty for none.
        seconds: that a check may take.
    """

    def __init__(self, seconds: float, allowed: Collection[str] = ()) -> None:
        self._limits = RunLimits(wall=3 * seconds, cpu=seconds, memory=LIMITS.memory, output=LIMITS.output)
        self._allowed = allowed
        self._open = AsyncExitStack()
        self._sandboxes: dict[frozenset[str], Sandbox] = {}
        self.name = ""

    async def __aenter__(self) -> Interpreter:
        """Finds the sandbox.

        Raises:
            SandboxRefused: none works here.
        """
        found = await find_sandbox()
        self.name, self._sandboxes[frozenset()] = found.name, found
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def check(self, code: str, by: Check) -> Verdict:
        """Whether a code passes; a package that it needs and may not have is told as the error."""
        needed = packages_of(code)
        if missing := sorted(needed - set(self._allowed)):
            return Verdict(False, f"it needs {', '.join(missing)}, which may not be installed")
        try:
            sandbox = await self._with(needed)
        except (SandboxRefused, BadRequest) as error:
            return Verdict(False, f"its packages could not be installed: {error.what}")
        return await asyncio.to_thread(check, code, by, sandbox, self._limits)

    async def _with(self, needed: frozenset[str]) -> Sandbox:
        if needed not in self._sandboxes:
            folders = await self._open.enter_async_context(installed(sorted(needed), self._allowed))
            self._sandboxes[needed] = await find_sandbox(folders)
        return self._sandboxes[needed]


def packages_of(code: str) -> frozenset[str]:
    """The packages that a code imports, beside the standard library."""
    tree = parsed(code)
    names: set[str] = set()
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return frozenset(_PACKAGES.get(name, name.lower()) for name in names - sys.stdlib_module_names)


def allowed_packages() -> frozenset[str]:
    """The packages that the sandbox may ever have."""
    return ALLOWED
