"""Text embeddings by a sentence-transformers model on the CPU.

The default model is the one that Planfirst comes with (`minilm`), so that nothing is fetched. torch and
sentence-transformers are an extra, and imported only where a model is loaded.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planfirst.core.errors import ModelRefused
from planfirst.embedders.bert_shape import QUERY_PROMPT
from planfirst.embedders.extra import need_sentence_transformers
from planfirst.embedders.find import find_model
from planfirst.embedders.text import CHARS_PER_TOKEN, first_line, valid
from planfirst.words import Message

_BATCH = 32


class Embedder:
    """A sentence-transformers model.

    It is synchronous, heavy to make (seconds, hundreds of megabytes) and for one thread at a time: give it a process.

    Args:
        model: empty for the bundled one; ``multilingual-e5-small`` for that of the extra ``multilingual``; a folder; or
            a name on the hub, such as ``paraphrase-MiniLM-L6-v2``, which is taken from the hub's local cache and
            fetched only when it is not there and ``HF_HUB_OFFLINE`` is not set.
        cache: the hub's cache folder; None for the hub client's own.
        threads: CPU threads for this process; 0 leaves torch's choice.

    Attributes:
        identity: the model's name and a hash of its weights, tokenizer and configuration.
        dimension: length of a vector.

    Raises:
        ModelMissing: there is no such model here, and it could not be fetched.
        ModelRefused: it has no safetensors weights, would run code of its own, or cannot be loaded; or
            sentence-transformers is not installed.
    """

    def __init__(self, model: str = "", *, cache: Path | None = None, threads: int = 0) -> None:
        found = find_model(model, cache)
        self.identity = found.identity
        need_sentence_transformers(Message("embedding-named", name=found.name))
        self._model = _load(found.folder, threads)
        self.dimension = int(self._model.get_embedding_dimension())
        self._longest = int(self._model.max_seq_length or 512) * CHARS_PER_TOKEN

    def embed(
        self,
        texts: Sequence[str],
        *,
        progress: Callable[[int], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> NDArray[np.float32]:
        """One unit vector for each text.

        Args:
            texts: what is longer than the model's window is cut off.
            progress: hears after each batch how many texts are done.
            stop: asked before each batch.

        Returns:
            float32 of shape (len(texts), dimension), in the order of ``texts``.

        Raises:
            CancelledError: ``stop`` returned True.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda n: len(texts[n]))  # little padding within a batch
        for start in range(0, len(texts), _BATCH):
            if stop and stop():
                raise CancelledError
            rows = by_length[start : start + _BATCH]
            vectors[rows] = self._model.encode(
                [valid(texts[n][: self._longest]) for n in rows],
                batch_size=_BATCH,
                show_progress_bar=False,
                convert_to_numpy=True,
                normalize_embeddings=True,
            )
            if progress:
                progress(start + len(rows))
        return vectors

    def embed_query(self, query: str) -> NDArray[np.float32]:
        """A unit vector of shape (1, dimension) for what is searched for; only a model with prompts has another one."""
        model = self._model
        name = QUERY_PROMPT if model.default_prompt_name and QUERY_PROMPT in model.prompts else None
        found = model.encode(
            [valid(query[: self._longest])],
            prompt_name=name,
            show_progress_bar=False,
            convert_to_numpy=True,
            normalize_embeddings=True,
        )
        return np.asarray(found, dtype=np.float32)

    def token_vectors(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        """A unit vector for each token of each text: float32 of shape (tokens, dimension), one array a text."""
        found = self._model.encode(
            [valid(text[: self._longest]) for text in texts],
            output_value="token_embeddings",
            show_progress_bar=False,
            convert_to_numpy=False,
        )
        arrays = [np.asarray(tokens.cpu().numpy(), dtype=np.float32) for tokens in found]
        return [array / np.maximum(np.linalg.norm(array, axis=1, keepdims=True), 1e-9) for array in arrays]


def _load(folder: Path, threads: int) -> Any:
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.getLogger("sentence_transformers").setLevel(logging.ERROR)
    if threads:
        torch.set_num_threads(threads)
    try:
        return SentenceTransformer(
            str(folder),
            device="cpu",
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
    except Exception as error:  # whatever its libraries raise on a damaged model, it cannot be loaded
        raise ModelRefused("embedding-broken", folder=folder, reason=first_line(error)) from error
