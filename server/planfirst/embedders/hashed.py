"""A fake embedding model that needs none."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+|[^\W\d_a-zA-Z]+")


class HashedEmbedder:
    """A fake with the interface of `sbert.Embedder`: counts of words, hashed into a short vector.

    Texts that share words are near each other, and that is all it knows. It is deterministic and needs no model and no
    torch; names in code are split at underscores and capitals.

    Args:
        dimension: length of a vector.
    """

    def __init__(self, dimension: int = 128) -> None:
        self.dimension = dimension
        self.identity = f"hashed-words-{dimension}"

    def embed(
        self,
        texts: Sequence[str],
        *,
        progress: Callable[[int], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> NDArray[np.float32]:
        """As `sbert.Embedder.embed`."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            if stop and stop():
                raise CancelledError
            for word in _WORD.findall(text) or [""]:
                digest = hashlib.blake2b(word.lower().encode("utf-8", "replace"), digest_size=8).digest()
                vectors[row, int.from_bytes(digest, "little") % self.dimension] += 1.0
            if progress:
                progress(row + 1)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / norms, dtype=np.float32)
