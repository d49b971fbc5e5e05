"""Models on trial, each in a child process of its own: one that llama.cpp cannot stand takes nothing else down."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from planfirst.adapters.running import Pace, Running
from planfirst.models.fit.search import Loaded
from planfirst.models.fit.verdict import Expected
from planfirst.words import Message
from planfirst.workers.supervisor import Worker


class _LoadedTrial:
    def __init__(self, worker: Worker, loading: float, resident: int, layers: int) -> None:
        self._worker, self.loading, self.resident, self.layers = worker, loading, resident, layers

    async def read(self, tokens: int) -> Pace:
        return Pace(**await self._worker.call("read", tokens=tokens))

    async def write(self, tokens: int) -> Pace:
        return Pace(**await self._worker.call("write", tokens=tokens))


class ChildTrials:
    """The `models.fit.search.Trials` of this machine.

    Args:
        text: what the models are tried on.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    async def make(self, source: Path, target: Path, kind: str) -> None:
        """Writes a copy in another layout, at low priority."""
        async with _child() as worker:
            await worker.call("make", source=str(source), target=str(target), kind=kind)

    async def expected(self, path: Path, tokens: int) -> Expected:
        """What a model expects of the text."""
        async with _child() as worker:
            likeliest, likelihoods = await worker.call("judge", **self._params(path, tokens, Running()))
            return likeliest, likelihoods

    @asynccontextmanager
    async def loaded(self, path: Path, running: Running, tokens: int) -> AsyncIterator[Loaded]:
        """A loaded model, to be measured."""
        async with _child() as worker:
            found = await worker.call("load", **self._params(path, tokens, running))
            yield _LoadedTrial(worker, found["loading"], int(found["resident"]), int(found["layers"]))

    def _params(self, path: Path, tokens: int, running: Running) -> dict[str, Any]:
        return {"path": str(path), "text": self._text, "length": tokens, "running": asdict(running)}


@asynccontextmanager
async def _child() -> AsyncIterator[Worker]:
    worker = Worker("trial", Message("process-trial"), {})
    try:
        yield worker
    finally:
        await worker.close()
