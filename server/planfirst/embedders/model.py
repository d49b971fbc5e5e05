"""An embedding model on this machine, and what tells it from every other."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from planfirst.core.errors import ModelRefused

DEFINING = {".json", ".model", ".safetensors", ".txt"}
"""The endings of the files that decide what the vectors are."""


@dataclass(frozen=True, slots=True)
class EmbeddingModel:
    """An embedding model on this machine; ``fingerprint`` stands for its weights, tokenizer and configuration."""

    name: str
    folder: Path
    fingerprint: str

    @property
    def identity(self) -> str:
        """Changes whenever the vectors would; what runs the model does not change them."""
        return f"{self.name} {self.fingerprint}"


def fingerprint_of(folder: Path) -> str:
    """The beginning of a SHA-256 over all files that decide what the vectors are (90 MB take about 0.1 s).

    Raises:
        ModelRefused: the folder cannot be read.
    """
    digest = hashlib.sha256()
    try:
        for path in sorted(path for path in folder.rglob("*") if path.suffix in DEFINING and path.is_file()):
            with path.open("rb") as file:
                inner = hashlib.file_digest(file, "sha256").hexdigest()
            digest.update(f"{path.relative_to(folder).as_posix()} {inner}\n".encode())
    except OSError as error:
        raise ModelRefused("file-unreadable", file=folder, reason=error.strerror) from error
    return digest.hexdigest()[:16]
