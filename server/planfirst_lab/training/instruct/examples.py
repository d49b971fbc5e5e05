"""The examples that a model is shown while it answers: the cookbook's recipes, found as the product finds them."""

from __future__ import annotations

from pathlib import Path

from planfirst.adapters.faiss_store import FaissStore
from planfirst.core.types import Example
from planfirst.corpora import recipes as cookbook
from planfirst.embedders.sbert import Embedder
from planfirst.store.build import build


class Recipes:
    """A store of all recipes, each once, built in a folder; implements `Retriever`."""

    def __init__(self, folder: Path) -> None:
        embedder = Embedder(threads=1)
        build(folder, {"cookbook": cookbook.pairs(cookbook.load())}, embedder)
        self._store = FaissStore.open(folder, embedder)

    async def search(self, query: str, count: int) -> list[Example]:
        """The nearest recipes, best first."""
        return self._store.search(query, count)
