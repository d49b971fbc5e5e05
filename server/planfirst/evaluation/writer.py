"""The model that is measured: a GGUF file in this process, which is asked one thing at a time, or a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urlsplit

from planfirst.adapters.checksums import sha256_of
from planfirst.adapters.llama import LlamaModel, threads_for
from planfirst.build import endpoint_writer
from planfirst.core.ports import Writer
from planfirst.core.types import Decoding, Prompt
from planfirst.models import ModelSpec, resolve
from planfirst.settings import GeneratorSettings, Settings


class Model(Protocol):
    """What can be measured."""

    @property
    def profile(self) -> str:
        """Which prompts it reads."""
        ...

    @property
    def many(self) -> bool:
        """Whether it may be asked several things at a time."""
        ...

    def describe(self) -> dict[str, object]:
        """What it is, for a report; changes when its answers may."""
        ...

    def opened(self) -> AbstractAsyncContextManager[Writer]:
        """The model, ready to be asked.

        Raises:
            ModelError: it cannot be loaded.
        """
        ...


def model_of(name: str, settings: Settings) -> Model:
    """A model by its name or file, or a server by its URL; which model it serves is in the generator's settings.

    Raises:
        ModelError: there is no such file.
        BadSetting, EndpointRefused: the server cannot be asked.
    """
    if urlsplit(name).scheme in ("http", "https"):
        chosen = replace(settings.generator, endpoint=name)
        endpoint_writer(chosen)  # refused now, and not after the store was searched
        return _Server(chosen)
    return _File(resolve(name, settings.planner.context), settings.planner.threads)


@dataclass(frozen=True, slots=True)
class _File:
    spec: ModelSpec
    threads: int
    many = False

    @property
    def profile(self) -> str:
        return self.spec.profile

    def describe(self) -> dict[str, object]:
        return described(self.spec, sha256_of(self.spec.path))

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Writer]:
        writer = InProcessWriter(self.spec, self.threads)
        try:
            yield writer
        finally:
            writer.close()


@dataclass(frozen=True, slots=True)
class _Server:
    settings: GeneratorSettings
    many = True

    @property
    def profile(self) -> str:
        return endpoint_writer(self.settings).profile

    def describe(self) -> dict[str, object]:
        writer = endpoint_writer(self.settings)
        return {"name": writer.name, "url": self.settings.endpoint, "context": writer.context}

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Writer]:
        writer = endpoint_writer(self.settings)
        try:
            yield writer
        finally:
            await writer.close()


def described(spec: ModelSpec, digest: str) -> dict[str, object]:
    """What a model file is, for a report."""
    return {"name": spec.name, "sha256": digest, "bytes": spec.path.stat().st_size, "context": spec.context}


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

    def forget(self, system: str) -> None:
        """Keeps no more than the state of this system message."""
        self._model.warm(Prompt(system, ""))

    def close(self) -> None:
        """Frees the model."""
        self._model.close()
