"""An embedding model that remembers what it was asked, for tests of what is embedded again and what is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError

import numpy as np
from numpy.typing import NDArray

from planfirst.embedders.hashed import HashedEmbedder


class Counting(HashedEmbedder):
    """Remembers what it was asked to embed, and can stop in the middle."""

    def __init__(self, dimension: int = 32, stop_after: int = 10**9) -> None:
        super().__init__(dimension)
        self.texts: list[str] = []
        self._left = stop_after

    def embed(
        self,
        texts: Sequence[str],
        *,
        progress: Callable[[int], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> NDArray[np.float32]:
        self._left -= len(texts)
        if self._left < 0:
            raise CancelledError
        self.texts += texts
        return super().embed(texts, progress=progress, stop=stop)
