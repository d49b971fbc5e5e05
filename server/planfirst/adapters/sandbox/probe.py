"""Finds out which sandbox works on this machine, by running a program in it."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from planfirst.adapters.sandbox import seccomp
from planfirst.adapters.sandbox.bubblewrap import Bubblewrap
from planfirst.adapters.sandbox.container import IMAGE, Container, client_environment
from planfirst.adapters.sandbox.macos import SANDBOX_EXEC, SandboxExec
from planfirst.adapters.sandbox.python import this_python
from planfirst.adapters.sandbox.watch import possible
from planfirst.core.errors import SandboxRefused
from planfirst.core.runs import RunLimits
from planfirst.words import Message, Value

Found = Bubblewrap | SandboxExec | Container

_TRIAL = "print(6 * 7)"
_TRIAL_LIMITS = RunLimits(wall=20.0, cpu=5.0, memory=256 << 20, scratch=1 << 20)
_ENGINES = ("podman", "docker")
_ANSWER = 10.0  # seconds for an engine to answer
_KERNEL = Path("/proc/sys")
_FORBID = {  # what some systems forbid a user with, and how to allow it
    "kernel/apparmor_restrict_unprivileged_userns": (
        "1",
        "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    "kernel/unprivileged_userns_clone": ("0", "sudo sysctl -w kernel.unprivileged_userns_clone=1"),
    "user/max_user_namespaces": ("0", "sudo sysctl -w user.max_user_namespaces=10000"),
}

_known: Found | SandboxRefused | None = None


async def find_sandbox(packages: Sequence[Path] = ()) -> Found:
    """The best sandbox that works here, with ``packages`` to import from. The answer is remembered for this process.

    Raises:
        SandboxRefused: none works; it says why, and how to get one.
    """
    global _known
    if _known is None:
        try:
            _known = await _first_that_works()
        except SandboxRefused as error:
            _known = error
    if isinstance(_known, SandboxRefused):
        raise SandboxRefused(_known.code, **_known.message.args)
    return _known.showing(packages) if packages else _known


async def _first_that_works() -> Found:
    reasons: list[Message] = []
    async for candidate in _candidates():
        if isinstance(candidate, Message):
            reasons.append(candidate)
        elif reason := await _trial(candidate):
            reasons.append(Message("sandbox-unfit", name=candidate.name, reason=reason))
        else:
            return candidate
    raise SandboxRefused("sandbox-missing", reasons=tuple(reasons), remedy=how_to_get_one())


async def _candidates() -> AsyncIterator[Found | Message]:
    """What could work, or why one cannot."""
    if sys.platform == "linux":
        bwrap = _program("bwrap")
        if not bwrap:
            yield Message("bubblewrap-missing")
        elif not seccomp.known():
            yield Message("bubblewrap-processor")
        elif not possible():
            yield Message("bubblewrap-unwatched")
        else:
            yield Bubblewrap(bwrap, this_python())
    if sys.platform == "darwin":
        yield SandboxExec(this_python()) if shutil.which(SANDBOX_EXEC) else Message("sandbox-exec-missing")
    for name in _ENGINES:
        if engine := _program(name):
            reason = await asyncio.to_thread(_silent, engine)
            yield reason or Container(engine)
    if not any(map(_program, _ENGINES)):
        yield Message("container-missing")


def _program(name: str) -> str | None:
    """Its absolute path; not what lies in the current folder, which can be somebody else's workspace."""
    path = shutil.which(name)
    return path if path and Path(path).is_absolute() else None


async def _trial(candidate: Found) -> Value:
    """Why a trivial program does not run in it; empty when it does."""
    try:
        done = await candidate.run(_TRIAL, {}, _TRIAL_LIMITS)
    except SandboxRefused as error:
        return error.message.args.get("reason", error.message)
    return "" if (done.exit_code, done.stdout) == (0, "42\n") else str(done)


def _silent(engine: str) -> Message | None:
    """Why an engine cannot be used: its client alone is not enough, and no image is fetched. None when it can."""
    name = Path(engine).name
    if not _answers([engine, "version"]):
        return Message("container-silent", name=name)
    if not _answers([engine, "image", "inspect", IMAGE]):
        return Message("container-without-image", name=name, image=IMAGE)
    return None


def _answers(command: list[str]) -> bool:
    try:
        done = subprocess.run(  # noqa: S603
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_ANSWER,
            env=client_environment(),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def how_to_get_one() -> Message:
    """What to do about it on this machine."""
    if platform.system() == "Linux":
        if _program("bwrap") and os.geteuid() != 0:
            for name, (value, command) in _FORBID.items():
                file = _KERNEL / name
                if file.exists() and file.read_text().strip() == value:
                    return Message("sandbox-remedy-namespaces", command=command)
        return Message("sandbox-remedy-bubblewrap")
    return Message("sandbox-remedy-docker", image=IMAGE)
