"""SHA-256 checksums of model files, and the small file beside a model that remembers one.

The format is that of ``sha256sum``, so that its ``-c`` checks it too.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

from planfirst.core.regular_file import read_regular

_CHUNK = 1 << 20
_LONGEST_RECORD = 4096  # bytes
_DIGEST = re.compile(r"[0-9a-f]{64}")


def sha256_of(path: Path, progress: Callable[[int, int], None] | None = None) -> str:
    """The checksum in lower-case hexadecimal; ``progress`` is told the bytes read so far and the file's size."""
    digest, done, size = hashlib.sha256(), 0, path.stat().st_size
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            if progress:
                progress(done, size)
    return digest.hexdigest()


def is_sha256(text: str) -> bool:
    """Whether ``text`` is a checksum in lower-case hexadecimal."""
    return _DIGEST.fullmatch(text) is not None


def recorded(model: Path) -> str:
    """The checksum that was recorded for a model file; empty if there is none."""
    try:
        first = read_regular(_record_of(model), _LONGEST_RECORD).decode("utf-8").split(maxsplit=1)
    except (OSError, UnicodeDecodeError):
        return ""
    return first[0] if first and is_sha256(first[0]) else ""


def record(model: Path, digest: str) -> None:
    """Remembers a checksum beside the model file."""
    _record_of(model).write_text(f"{digest}  {model.name}\n", encoding="utf-8", newline="\n")


def _record_of(model: Path) -> Path:
    return model.with_name(f"{model.name}.sha256")
