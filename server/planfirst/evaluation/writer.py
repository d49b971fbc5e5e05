"""A GGUF model as the pipeline's writer, in this process: an evaluation asks one thing at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from planfirst.adapters.llama import LlamaModel, threads_for
from planfirst.core.types import Decoding, Prompt
from planfirst.models import ModelSpec


class InProcessWriter:
    """A loaded model. Close it.

    Attributes:
        threads: how many it runs on.

    Raises:
        ModelError: the model cannot be loaded.
    """

    def __init__(self, spec: ModelSpec, threads: int = 0) -> None:
        self.name = spec.name
        self.profile = spec.profile
        self.context = spec.context
        self.threads = threads or threads_for(spec.path.stat().st_size)
        self._model = LlamaModel(spec.path, spec.context, self.threads)

    async def stream(self, prompt: Prompt, decoding: Decoding) -> AsyncGenerator[str, None]:
        """The answer piece by piece; between two pieces a cancellation is heard."""
        for piece in self._model.stream(prompt, decoding, lambda: False):
            yield piece
            await asyncio.sleep(0)

    async def count(self, texts: Sequence[str]) -> list[int]:
        """The length of each text in tokens."""
        return self._model.count(texts)

    def close(self) -> None:
        """Frees the model."""
        self._model.close()
