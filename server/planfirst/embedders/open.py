"""The embedding model, on what runs it best: llama.cpp where the vectors are the same, else sentence-transformers.

sentence-transformers, and torch with it, is an extra: the model that Planfirst comes with never needs it.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from planfirst.core.errors import ModelRefused
from planfirst.folders import embedding_folder
from planfirst.words import Message

if TYPE_CHECKING:
    from planfirst.embedders.llama import LlamaEmbedder
    from planfirst.embedders.sbert import Embedder

log = logging.getLogger(__name__)


def open_embedder(
    model: str = "", *, engine: str = "auto", threads: int = 0, cache: Path | None = None
) -> Embedder | LlamaEmbedder:
    """Loads the embedding model; both kinds give the same vectors, to within 0.001.

    Args:
        model: the setting ``retriever.model``.
        engine: the setting ``retriever.engine``.
        threads: CPU threads; 0 for as many as are worth it.
        cache: the hub's cache folder; None for the hub client's own.

    Raises:
        ModelMissing: there is no such model here, and it could not be fetched.
        ModelRefused: it is unsafe, damaged, or cannot be run as ``engine`` says, or what would run it is not installed.
    """
    from planfirst.embedders.extra import need_sentence_transformers
    from planfirst.embedders.find import find_model
    from planfirst.embedders.sbert import Embedder

    if engine != "sentence-transformers":
        found = find_model(model, cache)
        from planfirst.embedders.bert_shape import DoesNotFitError
        from planfirst.embedders.llama import LlamaEmbedder

        try:
            return LlamaEmbedder(found, embedding_folder(), threads=threads)
        except DoesNotFitError as error:
            why, level = str(error), logging.INFO
        except Exception as error:  # another engine serves as well, whatever this one's libraries raise
            why, level = str(error) or type(error).__name__, logging.WARNING
        if engine == "llama.cpp":
            raise ModelRefused("embedding-not-on-llama", name=found.name, reason=why.rstrip("."))
        need_sentence_transformers(Message("embedding-not-run", name=found.name, reason=why.rstrip(".")))
        log.log(level, "%s is not run on llama.cpp, but by sentence-transformers: %s", found.name, why)
    return Embedder(model, cache=cache, threads=threads)
