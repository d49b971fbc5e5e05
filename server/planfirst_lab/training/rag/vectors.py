"""An embedding model that is asked for many texts at once and remembers them, since one at a time takes far longer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from planfirst.store.build import TextEmbedder


class Remembering:
    """Has the interface of the embedding model that it wraps."""

    def __init__(self, embedder: TextEmbedder) -> None:
        self._embedder = embedder
        self._known: dict[str, NDArray[np.float32]] = {}
        self.identity, self.dimension = embedder.identity, embedder.dimension

    def learn(self, texts: Iterable[str]) -> None:
        """Embeds texts that will be asked for."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._known]
        if fresh:
            self._known.update(zip(fresh, self._embedder.embed(fresh), strict=True))

    def embed(
        self,
        texts: Sequence[str],
        *,
        progress: Callable[[int], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> NDArray[np.float32]:
        """As the model's own; shape (len(texts), dimension)."""
        if texts and all(text in self._known for text in texts):
            return np.stack([self._known[text] for text in texts])
        return self._embedder.embed(texts, progress=progress, stop=stop)
