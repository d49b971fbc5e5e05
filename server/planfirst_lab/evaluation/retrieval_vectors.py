"""Vectors of texts, kept by content in a folder, so that a second run embeds only what is new."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planfirst.store.build import TextEmbedder
from planfirst.store.partial import Partial

_CHUNK = 128  # texts between two writes, and the most that a stop loses


def embedded(
    texts: Sequence[str], embedder: TextEmbedder, folder: Path, progress: Callable[[int, int], None] | None = None
) -> NDArray[np.float32]:
    """Unit vectors of shape (len(texts), dimension).

    Raises:
        StoreError: the folder cannot be written.
    """
    keys = [hashlib.sha256(text.encode("utf-8", "replace")).digest() for text in texts]
    wanted = dict(zip(keys, texts, strict=True))
    with Partial(folder, embedder.identity, embedder.dimension) as kept:
        missing = sorted((key for key in wanted if key not in kept), key=lambda key: len(wanted[key]))
        for start in range(0, len(missing), _CHUNK):
            chunk = missing[start : start + _CHUNK]
            kept.append(chunk, embedder.embed([wanted[key] for key in chunk]))
            if progress:
                progress(len(wanted) - len(missing) + start + len(chunk), len(wanted))
        return np.frombuffer(b"".join(kept.vector(key) for key in keys), dtype="<f4").reshape(
            len(texts), embedder.dimension
        )
