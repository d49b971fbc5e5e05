"""An embedding model as a sentence-transformers folder that is made on this machine, once, and found again.

The name of the folder holds a fingerprint of what it was made of, and one of what was written, so that a damaged one is
seen and made anew. Processes that need it at the same time wait for the first of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from planfirst.core.errors import ModelRefused
from planfirst.embedders.model import EmbeddingModel, fingerprint_of

_WAIT_SECONDS = 120


def made_folder(name: str, cache: Path, origin: str, write: Callable[[Path], None]) -> EmbeddingModel:
    """The model's folder in ``cache``, which is made if it is not there or is damaged.

    Args:
        name: of the model.
        origin: a fingerprint of all that decides what the vectors are; the model's own, the same on every machine.
        write: writes the model's files into a folder that is not there yet.

    Raises:
        ModelRefused: ``cache`` cannot be written, or another process takes too long there.
        ModelError: what ``write`` raises.
    """
    from filelock import FileLock, Timeout

    try:
        if folder := _whole(cache, name, origin):
            return EmbeddingModel(name, folder, origin)
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(cache / f"{name}.lock", timeout=_WAIT_SECONDS):
            folder = _whole(cache, name, origin) or _made(cache, name, origin, write)
    except Timeout as error:  # an OSError, and no error of the file system
        raise ModelRefused("embedding-made-elsewhere", folder=cache, seconds=_WAIT_SECONDS) from error
    except OSError as error:
        raise ModelRefused("folder-not-written", folder=cache, reason=error.strerror or error) from error
    return EmbeddingModel(name, folder, origin)


def _whole(cache: Path, name: str, origin: str) -> Path | None:
    """The folder that was made of these parts and is as it was written."""
    for folder in sorted(cache.glob(f"{name}-{origin}-*")):
        with suppress(ModelRefused):  # it cannot be read, or another process is at it
            if folder.name.endswith(f"-{fingerprint_of(folder)}"):
                return folder
    return None


def _made(cache: Path, name: str, origin: str, write: Callable[[Path], None]) -> Path:
    """Makes the folder; no other process may be at it."""
    staging = cache / f"{name}.making"
    for left in (staging, *cache.glob(f"{name}-{origin}-*")):  # from a process that was killed; damaged
        if left.exists():
            shutil.rmtree(left)
    try:
        write(staging)
        return staging.replace(cache / f"{name}-{origin}-{fingerprint_of(staging)}")
    finally:
        shutil.rmtree(staging, ignore_errors=True)
