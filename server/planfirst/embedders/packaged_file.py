"""A file that another package carries, known by its checksum. The package itself is never imported."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path

from planfirst.core.errors import ModelRefused


def packaged(package: str, file: str) -> Path | None:
    """Where the installed package has the file; None if either is not there."""
    spec = importlib.util.find_spec(package)
    path = Path(spec.origin).parent / file if spec and spec.origin else None
    return path if path is not None and path.is_file() else None


def read_known(path: Path, sha256: str, install: str) -> bytes:
    """The file's bytes.

    Args:
        install: the command that installs the right one.

    Raises:
        ModelRefused: the file cannot be read, or is another one.
    """
    try:
        file = path.read_bytes()
    except OSError as error:
        raise ModelRefused("file-unreadable", file=path, reason=error.strerror) from error
    if hashlib.sha256(file).hexdigest() != sha256:
        raise ModelRefused("embedding-package-damaged", file=path, command=install)
    return file
