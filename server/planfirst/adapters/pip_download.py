"""Gets a wheel from the user's own package index, with pip, so that every setting of theirs holds.

Nothing is installed or built: ``pip download`` with no dependencies and wheels only. pip never asks a question.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from planfirst.adapters.pip_errors import explained
from planfirst.core.errors import FetchError

_OPTIONS = (
    *("download", "-vv", "--no-input", "--no-deps", "--only-binary", ":all:", "--no-cache-dir"),
    *("--disable-pip-version-check", "--progress-bar", "off"),
)
_STALLED = 180.0  # seconds without a byte; a mirror may first fetch the wheel itself
_POLL = 0.1
_TAIL = 1 << 16
_AS_PIP = ["-P", "-m", "pip"]
# pip, ended when its input ends, as it does however we end: else a killed download would go on behind our back.
_HELD = """
import os, runpy, sys, threading

def watch():
    os.read(0, 1)
    os._exit(1)

threading.Thread(target=watch, daemon=True).start()
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


def download(package: str, version: str, folder: Path, progress: Callable[[int], None]) -> Path:
    """Downloads one wheel into ``folder``, an empty one of its own.

    Args:
        progress: told about ten times a second how many bytes have arrived.

    Raises:
        FetchError: there is no pip, or it could not get the wheel; `pip_errors` has the reasons.
    """
    wheels = folder / "wheels"
    wheels.mkdir()
    command = [*_held(pip()), *_OPTIONS, "--dest", str(wheels), f"{package}=={version}"]
    # pip's temporary files lie beside the wheel: on the disk whose room was asked for, and removed with it.
    here = {name: str(folder) for name in ("TMPDIR", "TEMP", "TMP")}
    code, said = _run(command, {**os.environ, **here, "PIP_REQUIRE_VIRTUALENV": "0"}, folder, progress)
    found = list(wheels.glob("*.whl"))
    if code == 0 and len(found) == 1:
        return found[0]
    raise explained(f"{package} {version}", said)


@cache
def pip() -> list[str]:
    """The command that runs pip: this environment's, that of the Python it was made with, one on the path, or uv's.

    Raises:
        FetchError: there is none.
    """
    pythons = dict.fromkeys([sys.executable, getattr(sys, "_base_executable", None) or sys.executable])
    commands = [[python, *_AS_PIP] for python in pythons]
    commands += [[found] for found in map(shutil.which, ("pip3", "pip")) if found]
    if uv := shutil.which("uv"):
        commands.append([uv, "tool", "run", "pip"])
    for command in commands:
        if _answers([*command, "--version"]):
            return command
    raise FetchError("index-without-pip")


def _held(command: list[str]) -> list[str]:
    """The command, so that it ends with us; a pip that is a program of its own only notices when it next speaks."""
    return [command[0], "-P", "-c", _HELD] if command[1:] == _AS_PIP else command


def _answers(command: list[str]) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 (found above)
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _run(
    command: list[str], environment: dict[str, str], folder: Path, progress: Callable[[int], None]
) -> tuple[int, str]:
    """Exit code and the end of what was said. The process never outlives this call."""
    child = subprocess.Popen(  # noqa: S603 (our own arguments)
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said: list[bytes] = []
    reader = threading.Thread(target=_read, args=(child, said), daemon=True)
    reader.start()
    try:
        have, heard = 0, time.monotonic()
        while child.poll() is None:
            time.sleep(_POLL)
            now = _bytes_in(folder)
            if now > have:
                have, heard = now, time.monotonic()
                progress(have)
            elif time.monotonic() - heard > _STALLED:
                raise FetchError("index-stalled", seconds=_STALLED)
    finally:
        if child.poll() is None:
            child.kill()
        child.wait()
        if child.stdin:
            child.stdin.close()
        reader.join(5)
        if child.stdout and not reader.is_alive():
            child.stdout.close()
    return child.returncode, b"".join(said)[-_TAIL:].decode(errors="replace")


def _read(child: subprocess.Popen[bytes], said: list[bytes]) -> None:
    if child.stdout is None:
        return
    for line in child.stdout:
        said.append(line[:2000])
        del said[:-400]


def _bytes_in(folder: Path) -> int:
    """The size of the largest file there: pip writes a wheel in one folder and copies it to another."""
    most = 0
    for inner, _, names in os.walk(folder):
        for name in names:
            try:
                most = max(most, os.stat(os.path.join(inner, name)).st_size)  # noqa: PTH116, PTH118 (ten times a second)
            except OSError:  # moved meanwhile
                continue
    return most
