"""Puts a few hits in order by reading each together with the request. Dear: none is used unless it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from planfirst.core.errors import ModelMissing, ModelRefused
from planfirst.embedders.extra import need_sentence_transformers
from planfirst.embedders.safety import refuse_unsafe
from planfirst.embedders.text import first_line
from planfirst.words import Message

TokenVectors = Callable[[Sequence[str]], list[NDArray[np.float32]]]


class Reranker(Protocol):
    """Scores texts for a request."""

    def scores(self, request: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """A number for each text; more is better. Shape (len(texts),)."""
        ...


class MaxSim:
    """The vectors of all tokens, compared one by one: for each of the request's, the best of the text's (Khattab and
    Zaharia 2020). No model was trained for it here, so the token vectors of the embedding model serve.

    Args:
        tokens: as `Embedder.token_vectors`.
    """

    def __init__(self, tokens: TokenVectors) -> None:
        self._tokens = tokens

    def scores(self, request: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """The mean over the request's tokens of the best cosine, -1 to 1."""
        asked, *read = self._tokens([request, *texts])
        return np.asarray([(asked @ tokens.T).max(axis=1).mean() for tokens in read], dtype=np.float32)


class CrossEncoderReranker:
    """A sentence-transformers cross-encoder from a folder. Weights come from safetensors files only.

    Raises:
        ModelMissing: there is no such folder.
        ModelRefused: it has pickled weights, would run code of its own, or cannot be loaded.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise ModelMissing(
                "plain",
                what=f"There is no reranker in {folder}.",
                next="Name a folder that holds a cross-encoder of sentence-transformers.",
            )
        refuse_unsafe(folder)
        need_sentence_transformers(Message("text", text="A reranker"))
        from sentence_transformers import CrossEncoder

        try:
            self._model: Any = CrossEncoder(
                str(folder),
                device="cpu",
                trust_remote_code=False,
                local_files_only=True,
                model_kwargs={"use_safetensors": True},
            )
        except Exception as error:  # whatever its libraries raise on a damaged model, it cannot be loaded
            raise ModelRefused(
                "plain",
                what=f"The reranker in {folder} cannot be loaded: {first_line(error)}.",
                next="Fetch it again, or name another one.",
            ) from error

    def scores(self, request: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """The model's own numbers, whatever their scale."""
        rows = [(request, text) for text in texts]
        return np.asarray(self._model.predict(rows, show_progress_bar=False), dtype=np.float32).reshape(len(texts))
