"""How a child process opens the embedding model that its parent names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from planfirst.store.build import TextEmbedder


def open_embedder(opening: Mapping[str, Any]) -> TextEmbedder:
    """Loads the model, which takes seconds.

    Args:
        opening: with ``model`` and ``engine``, the settings of the retriever.

    Raises:
        ModelError: it is not there, or cannot be loaded.
    """
    from planfirst.embedders.open import open_embedder

    return open_embedder(opening["model"], engine=opening["engine"])
