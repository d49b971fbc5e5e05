"""What is searched for has a vector of its own where the model has a prompt for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planfirst.adapters.faiss_store import FaissStore
from planfirst.adapters.query_vectors import query_vector
from planfirst.core.types import Pair
from planfirst.embedders.hashed import HashedEmbedder
from planfirst.store.build import build

PAIRS = [Pair(str(n), text, "", "test", "MIT", f"t#{n}") for n, text in enumerate(["read a csv file", "draw a circle"])]


class Translating(HashedEmbedder):
    """Knows one word of another language, in what is searched for only."""

    def embed_query(self, query: str) -> NDArray[np.float32]:
        return self.embed([query.replace("Kreis", "draw a circle")])


def test_a_model_without_one_reads_it_as_any_text() -> None:
    model = HashedEmbedder()
    assert (query_vector(model, "a circle") == model.embed(["a circle"])).all()


def test_a_model_with_one_is_asked() -> None:
    model = Translating()
    assert (query_vector(model, "Kreis") == model.embed(["draw a circle"])).all()


def test_a_store_searches_with_it(tmp_path: Path) -> None:
    build(tmp_path, {"c": PAIRS}, Translating())
    (found,) = FaissStore.open(tmp_path, Translating()).search("Kreis", 1)
    assert found.pair == PAIRS[1]
    assert found.score > 0.99
