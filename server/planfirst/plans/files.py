"""Files of a workspace: only those below it, written whole or not at all, and only if nobody changed them meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

from planfirst.core.errors import BadRequest
from planfirst.core.regular_file import read_regular

LARGEST = 4 << 20  # bytes
_CLOSED = {".git", ".planfirst", ".hg", ".svn"}  # nothing is generated into these


def inside(root: Path, name: str) -> Path:
    """The file of that name, links resolved; it need not be there.

    Args:
        root: the workspace, resolved.

    Raises:
        BadRequest: it is outside the workspace, a folder, or no path.
    """
    try:
        path = (root / name).resolve()
        is_inside = path.is_relative_to(root) and path != root and not path.is_dir()
    except (OSError, ValueError, RuntimeError):
        is_inside = False
    if not is_inside or _CLOSED & set(path.relative_to(root).parts):
        raise BadRequest("plan-outside", file=name, folder=root)
    return path


def read(path: Path) -> bytes | None:
    """The bytes of a file; None where there is none.

    Raises:
        BadRequest: it is too large, or cannot be read.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise BadRequest("agent-file-large", file=path.name, most=LARGEST >> 20)
        return read_regular(path, LARGEST)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadRequest("file-unreadable", file=path.name, reason=error.strerror or error) from error


def text_of(data: bytes | None, path: Path) -> str:
    """The text of a file, its byte order mark left out; empty where there is none.

    Raises:
        BadRequest: it is not UTF-8.
    """
    try:
        return (data or b"").decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequest("file-not-utf8", file=path.name) from error


def write(path: Path, data: bytes, expected: bytes | None) -> None:
    """Writes a file that still is what it was.

    Args:
        expected: what it was; None where it was not there.

    Raises:
        BadRequest: it has changed meanwhile, or cannot be written; then nothing is written.
    """
    if read(path) != expected:
        raise BadRequest("plan-target-changed", file=path.name)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(data)
        if expected is not None:
            aside.chmod(path.stat().st_mode & 0o7777)
        aside.replace(path)
    except OSError as error:
        raise BadRequest("file-unwritten", file=path.name, reason=error.strerror or error) from error
    finally:
        aside.unlink(missing_ok=True)


def remove(path: Path, expected: bytes) -> None:
    """Removes a file that still is what it was; else as `write`."""
    if read(path) != expected:
        raise BadRequest("plan-target-changed", file=path.name)
    try:
        path.unlink()
    except OSError as error:
        raise BadRequest("file-unwritten", file=path.name, reason=error.strerror or error) from error
