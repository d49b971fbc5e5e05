"""What every way to a model file ends with: room on the disk before, and its name only once it was checked."""

from __future__ import annotations

import shutil
from pathlib import Path

from planfirst.adapters.checksums import record, sha256_of
from planfirst.adapters.gguf_header import read_header
from planfirst.core.errors import FetchError

_SPARE_BYTES = 64 << 20  # left free on the disk


def is_here(target: Path, size: int) -> bool:
    """Whether a model file is there already.

    Args:
        size: what it must have, in bytes; 0 if that is not known.

    Raises:
        FetchError: another file has its name.
    """
    if not target.is_file():
        return False
    if size and target.stat().st_size != size:
        raise FetchError("download-name-taken", file=target, found=target.stat().st_size, wanted=size)
    return True


def check_space(folder: Path, needed: int, file: str) -> None:
    """Refuses a download for which there is no room.

    Raises:
        FetchError: fewer than ``needed`` bytes are free.
    """
    free = shutil.disk_usage(folder).free
    if free < needed + _SPARE_BYTES:
        raise FetchError(
            "disk-full", file=file, needed=needed >> 20, free=free >> 20, folder=folder, variable="PLANFIRST_HOME"
        )


def accept(fetched: Path, target: Path, sha256: str, name: str) -> None:
    """Gives a fetched file its name and records its checksum if it is the expected one; else deletes it.

    Args:
        sha256: what its checksum must be; empty if that is not known.

    Raises:
        FetchError: it is another file.
        ModelRefused: it is not a GGUF file.
    """
    try:
        digest = sha256_of(fetched)
        if sha256 and digest != sha256:
            raise FetchError("download-checksum", file=target.name, found=digest, wanted=sha256, name=name)
        read_header(fetched)
    except Exception:
        fetched.unlink(missing_ok=True)
        raise
    record(target, digest)
    fetched.replace(target)
