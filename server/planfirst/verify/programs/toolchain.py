"""What it takes to run a language on this machine, and looking for it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from planfirst.core.runs import RunLimits
from planfirst.words import Message

_ANSWER = 20.0  # seconds for a tool to say its version, on a busy machine


@dataclass(frozen=True, slots=True)
class Needs:
    """What a tool chain needs beyond what a program is allowed by default; the larger of both counts.

    Sizes are in bytes. ``address`` is what its run time reserves at most without using it, and ``compile`` the seconds
    of processor time that compiling a file of some hundred lines may take.
    """

    address: int
    memory: int = 512 << 20
    processes: int = 32
    file: int = 16 << 20
    scratch: int = 64 << 20
    compile: float = 0.0


@dataclass(frozen=True, slots=True)
class Toolchain:
    """A language that can be run here.

    Attributes:
        language: the editor's language id.
        name: as a person knows it, with the version, for example ``Go 1.21.3``.
        file: what the file with the program must be called.
        compile: command lines that make it ready to run, one after the other.
        run: the command line that runs it; empty where it is only compiled.
        needs: how the limits must be widened, or the tool chain does not start.
        shown: its files and folders, to be seen in the sandbox.
        environment: what its programs find in their environment.
    """

    language: str
    name: str
    file: str
    compile: tuple[tuple[str, ...], ...]
    run: tuple[str, ...]
    needs: Needs
    shown: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    def limits(self, of: RunLimits) -> RunLimits:
        """The limits of a run, wide enough for this tool chain."""
        needs = self.needs
        return replace(
            of,
            wall=of.wall + 3 * needs.compile,
            cpu=of.cpu + needs.compile,
            memory=max(of.memory, needs.memory),
            processes=max(of.processes, needs.processes),
            file=max(of.file, needs.file),
            scratch=max(of.scratch, needs.scratch),
            open_files=max(of.open_files, 256),  # compilers and the JVM keep their libraries open
            address=needs.address,
        )


@dataclass(frozen=True, slots=True)
class Missing:
    """A language that cannot be run here; ``said`` tells why and what to install."""

    language: str
    said: Message


def missing(language: str, tool: str, install: str, found: str = "") -> Missing:
    """That a tool is not installed, or that the version ``found`` is too old.

    Args:
        tool, install: the codes of what it is called, and of how to get it.
    """
    if found:
        return Missing(language, Message("tool-too-old", tool=Message(tool), found=found, install=Message(install)))
    return Missing(language, Message("tool-missing", tool=Message(tool), install=Message(install)))


def program(*names: str) -> Path | None:
    """The real path of the first of these programs that is here."""
    for name in names:
        if found := named(name):
            return Path(os.path.realpath(found))
    return None


def named(name: str) -> str | None:
    """The path of a program as the PATH has it; none that lies in the current folder, which may be anybody's."""
    found = shutil.which(name)
    return found if found and Path(found).is_absolute() else None


def asked(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> str:
    """What a tool says of itself, from a folder that holds no project of anybody's; empty when it cannot."""
    try:
        done = subprocess.run(  # noqa: S603
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_ANSWER,
            cwd=Path(command[0]).parent,
            env={**os.environ, **(environment or {})},
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (done.stdout + done.stderr).decode("utf-8", "replace").strip() if done.returncode == 0 else ""


def version_in(text: str) -> tuple[int, ...]:
    """The first version number in a text, as numbers; empty without one."""
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?|\b(\d+)\b", text)
    return tuple(int(part) for part in found.groups() if part) if found else ()
