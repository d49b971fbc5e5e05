"""The vector of what is searched for.

Some models were trained with one prompt before it and another before what is found; those have an ``embed_query``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from planfirst.store.build import TextEmbedder


def query_vector(embedder: TextEmbedder, query: str) -> NDArray[np.float32]:
    """A unit vector, of shape (1, dimension).

    Raises: what the embedder's ``embed`` does.
    """
    embed_query: Callable[[str], NDArray[np.float32]] | None = getattr(embedder, "embed_query", None)
    return embed_query(query) if embed_query else embedder.embed([query])
