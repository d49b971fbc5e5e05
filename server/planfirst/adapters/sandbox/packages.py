"""Installs packages for one run, into a folder that is thrown away afterwards.

This is the only part that uses the network, and it does so outside of the sandbox, before the run: the index that pip
is configured for is asked for the packages and for what they depend on. Only wheels are taken; they are unpacked, and
no code of theirs runs until the program in the sandbox imports it. Which packages may be asked for is a list, since a
name that a model made up is a name that somebody can register.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from planfirst.core.errors import BadRequest, SandboxRefused

_NAMES = """
attrs beautifulsoup4 click jinja2 lxml matplotlib more-itertools networkx numpy packaging pandas pillow pydantic pytest
python-dateutil pytz pyyaml regex requests rich scikit-learn scipy seaborn sortedcontainers sympy tabulate tqdm
"""
ALLOWED = frozenset(_NAMES.split())
_SECONDS = 300.0


@asynccontextmanager
async def installed(names: Sequence[str], allowed: Collection[str] = ALLOWED) -> AsyncIterator[list[Path]]:
    """A folder with the packages, to be shown to a sandbox; no folder when no packages are asked for.

    Raises:
        BadRequest: a package is not on the list.
        SandboxRefused: pip could not install them.
    """
    for name in names:
        if re.sub(r"[-_.]+", "-", name).lower() not in allowed:
            raise BadRequest("sandbox-package-refused", name=name, allowed=", ".join(sorted(allowed)))
    if not names:
        yield []
        return
    with tempfile.TemporaryDirectory(prefix="planfirst-packages-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # noqa: ASYNC240 (a program that root runs is another user's)
        await _install(names, folder)
        yield [folder]


async def _install(names: Sequence[str], folder: Path) -> None:
    command = [sys.executable, "-P", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--only-binary", ":all:", "--no-compile", "--target", str(folder), "--", *names]
    umask = -1 if os.name == "nt" else 0o022  # -1: as it is
    pip = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE, umask=umask)
    try:
        async with asyncio.timeout(_SECONDS):
            _, said = await pip.communicate()
    except TimeoutError as error:
        raise SandboxRefused("sandbox-packages-slow", seconds=_SECONDS) from error
    finally:
        if pip.returncode is None:
            pip.kill()
            await pip.wait()
    if pip.returncode != 0:
        lines = said.decode("utf-8", "replace").strip().splitlines() or ["it said nothing"]
        raise SandboxRefused("sandbox-packages-failed", names=", ".join(names), reason=lines[-1].rstrip("."))
