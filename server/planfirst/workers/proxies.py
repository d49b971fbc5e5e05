"""The pipeline's ports, served by child processes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path

from planfirst.core.types import Decoding, Example, Pair, Prompt
from planfirst.models import ModelSpec
from planfirst.workers.supervisor import Worker


class ModelWorker:
    """A GGUF model in a process of its own; a `core.ports.Writer`."""

    def __init__(self, spec: ModelSpec, threads: int) -> None:
        self.name = spec.name
        self.profile = spec.profile
        self.context = spec.context
        opening = {"path": str(spec.path), "context": spec.context, "threads": threads}
        self.worker = Worker("model", "The model process", opening)

    async def stream(self, prompt: Prompt, decoding: Decoding) -> AsyncGenerator[str, None]:
        params = {"system": prompt.system, "user": prompt.user, "decoding": asdict(decoding)}
        async with aclosing(self.worker.stream("stream", **params)) as messages:
            async for kind, value in messages:
                if kind == "item":
                    yield value

    async def count(self, texts: Sequence[str]) -> list[int]:
        lengths: list[int] = await self.worker.call("count", texts=list(texts))
        return lengths

    async def warm(self, system: str) -> None:
        """Loads the model and lets it read the system message, with which every prompt begins."""
        await self.worker.warm(system=system)


class RetrieverWorker:
    """The embedding model and the store in a process of their own; a `core.ports.Retriever`."""

    def __init__(self, root: Path, model: str) -> None:
        self.worker = Worker("retriever", "The retriever process", {"root": str(root), "model": model})

    async def search(self, query: str, count: int) -> list[Example]:
        found = await self.worker.call("search", query=query, count=count)
        return [Example(Pair(**example["pair"]), example["score"]) for example in found]

    async def warm(self) -> None:
        """Loads the embedding model and the store."""
        await self.worker.warm()

    async def build(self, corpora: Sequence[str]) -> AsyncGenerator[tuple[int, int], None]:
        """Builds the store from those corpora; yields how many pairs are done, and of how many."""
        async with aclosing(self.worker.stream("build", corpora=list(corpora))) as messages:
            async for kind, value in messages:
                if kind == "item":
                    done, total = value
                    yield done, total
