"""Checks a model file against what is known of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from planfirst.adapters.checksums import record, recorded, sha256_of
from planfirst.adapters.gguf_header import read_header
from planfirst.core.errors import ModelRefused
from planfirst.models.entries import ModelEntry, models_folder
from planfirst.models.library import locate

Against = Literal["manifest", "first seen", "nothing"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A model file that is as it should be, as far as that is known.

    Attributes:
        against: what the checksum was compared with; ``first seen`` is the one recorded when the file came here.
    """

    name: str
    path: Path
    size: int
    sha256: str
    against: Against

    def __str__(self) -> str:
        said = {
            "manifest": "its size and checksum are those of the manifest",
            "first seen": "no published checksum is known, but it is the file that was first seen here",
            "nothing": "its header is whole, but no checksum is known",
        }
        return f"{self.name}: {said[self.against]} (sha256 {self.sha256})."


def verify(name_or_path: str, progress: Callable[[int, int], None] | None = None) -> Verdict:
    """Checks header, size and checksum of a model file.

    If no checksum is known of a file in the models folder, the present one is recorded for the next time.

    Args:
        progress: told the bytes read so far and the file's size.

    Raises:
        ModelMissing: it is not on this machine.
        ModelRefused: it is not a whole GGUF file, or not the file it should be.
    """
    name, path, entry = locate(name_or_path)
    read_header(path)
    try:
        return _compare(name, path, entry, progress)
    except OSError as error:
        raise ModelRefused("file-unreadable", file=path, reason=error.strerror or error) from error


def _compare(name: str, path: Path, entry: ModelEntry | None, progress: Callable[[int, int], None] | None) -> Verdict:
    size = path.stat().st_size
    if entry and entry.size and entry.size != size:
        raise _differs("model-size-differs", name, path, size, entry.size)
    digest = sha256_of(path, progress)
    if entry and entry.sha256:
        if digest != entry.sha256:
            raise _differs("model-checksum-differs", name, path, digest, entry.sha256)
        return Verdict(name, path, size, digest, "manifest")
    if first := recorded(path):
        if digest != first:
            raise _differs("model-changed", name, path, digest, first)
        return Verdict(name, path, size, digest, "first seen")
    if path.parent == models_folder():
        record(path, digest)
    return Verdict(name, path, size, digest, "nothing")


def _differs(code: str, name: str, path: Path, found: str | int, wanted: str | int) -> ModelRefused:
    return ModelRefused(code, name=name, file=path, found=found, wanted=wanted)
