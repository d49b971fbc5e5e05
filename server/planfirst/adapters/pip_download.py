"""Gets a wheel from the user's own package index, with pip, so that every setting of theirs holds.

Nothing is installed or built: ``pip download`` with no dependencies and wheels only. pip never asks a question.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from planfirst.core.errors import FetchError

_OPTIONS = (
    *("download", "-vv", "--no-input", "--no-deps", "--only-binary", ":all:", "--no-cache-dir"),
    *("--disable-pip-version-check", "--progress-bar", "off"),
)
_STALLED = 180.0  # seconds without a byte; a mirror may first fetch the wheel itself
_POLL = 0.1
_TAIL = 1 << 16
_REFUSED = re.compile(r"\b(?:401|403|407)\b (?:Client )?Error|Credentials not correct|Proxy Authentication", re.I)
_UNREACHED = re.compile(
    r"connection broken|Failed to establish|NewConnectionError|ConnectTimeout|Read timed out|Name or service"
    r"|getaddrinfo|SSLError|Temporary failure in name|Max retries",
    re.I,
)
_VERSIONS = re.compile(r"\(from versions: ([^)]*)\)")


def download(package: str, version: str, folder: Path, progress: Callable[[int], None]) -> Path:
    """Downloads one wheel into ``folder``, an empty one of its own.

    Args:
        progress: told about ten times a second how many bytes have arrived.

    Raises:
        FetchError: there is no pip, the index does not have it, cannot be reached, or wants to know who asks.
    """
    wheels = folder / "wheels"
    wheels.mkdir()
    command = [*pip(), *_OPTIONS, "--dest", str(wheels), f"{package}=={version}"]
    # pip's temporary files lie beside the wheel: on the disk whose room was asked for, and removed with it.
    here = {name: str(folder) for name in ("TMPDIR", "TEMP", "TMP")}
    code, said = _run(command, {**os.environ, **here, "PIP_REQUIRE_VIRTUALENV": "0"}, folder, progress)
    found = list(wheels.glob("*.whl"))
    if code == 0 and len(found) == 1:
        return found[0]
    raise _explained(f"{package} {version}", said)


@cache
def pip() -> list[str]:
    """The command that runs pip: this environment's, that of the Python it was made with, one on the path, or uv's.

    Raises:
        FetchError: there is none.
    """
    pythons = dict.fromkeys([sys.executable, getattr(sys, "_base_executable", None) or sys.executable])
    commands = [[python, "-P", "-m", "pip"] for python in pythons]
    commands += [[found] for found in map(shutil.which, ("pip3", "pip")) if found]
    if uv := shutil.which("uv"):
        commands.append([uv, "tool", "run", "pip"])
    for command in commands:
        if _answers([*command, "--version"]):
            return command
    raise FetchError(
        "Neither pip nor uv was found, and without one the package index cannot be asked.",
        "Run `python -m ensurepip` in the environment of Planfirst, or install uv.",
    )


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
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
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
                raise FetchError(
                    f"The package index sent nothing for {_STALLED:.0f} s.",
                    "Run the command again: what has arrived is kept.",
                )
    finally:
        if child.poll() is None:
            child.kill()
        child.wait()
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
    """The size of the largest file there: pip writes a wheel to one place and copies it to another."""
    most = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                most = max(most, os.stat(os.path.join(place, name)).st_size)  # noqa: PTH116, PTH118 (ten times a second)
            except OSError:  # moved meanwhile
                continue
    return most


def _explained(wheel: str, said: str) -> FetchError:
    if "No space left" in said or "Errno 28" in said or "not enough space" in said:
        return FetchError(f"The disk is full: {wheel} could not be written.", "Free some space; what has come is kept.")
    if _REFUSED.search(said):
        return FetchError(
            f"The package index does not give {wheel} to you without a name and a password.",
            "Put them into pip's configuration, ~/.netrc or PIP_INDEX_URL.",
        )
    versions = _VERSIONS.search(said)
    if versions and versions[1] not in ("", "none"):
        return FetchError(f"The package index has no {wheel}, only other versions.", "Ask whoever keeps the index.")
    if _UNREACHED.search(said):
        return FetchError(
            f"The package index could not be reached for {wheel}.", "Check the network and pip's configuration."
        )
    if "No matching distribution" in said:
        return FetchError(f"The package index has no {wheel}.", "Check pip's configuration, for example PIP_INDEX_URL.")
    errors = [line for line in said.splitlines() if line.strip()] or ["no reason was given"]
    last = next((line for line in reversed(errors) if line.lstrip().startswith("ERROR:")), errors[-1])
    return FetchError(
        f"pip could not download {wheel}: {last.strip().removeprefix('ERROR:').strip().rstrip('.')[:300]}.",
        "Check pip's configuration, then run the command again: what has arrived is kept.",
    )
