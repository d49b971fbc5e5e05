"""The model that is measured: a GGUF file in this process, which is asked one thing at a time, or a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from planfirst.adapters.checksums import sha256_of
from planfirst.adapters.lane import Lane
from planfirst.adapters.llama import LlamaModel, threads_for
from planfirst.adapters.lora_file import LoraFile
from planfirst.build import endpoint_writer
from planfirst.core.ports import CUT, Writer
from planfirst.core.profile import Profile
from planfirst.core.types import Decoding, Prompt
from planfirst.models import ModelSpec, resolve
from planfirst.models.model_adapters import chosen, planning
from planfirst.settings import GeneratorSettings, Settings


class Model(Protocol):
    """What can be measured."""

    @property
    def profile(self) -> Profile:
        """How it is asked."""
        ...

    @property
    def at_once(self) -> int:
        """How many things it may be asked at a time."""
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


def model_of(name: str, settings: Settings, at_once: int = 1, server: int = 2) -> Model:
    """A model by its name or file, or a server by its URL; which model it serves is in the generator's settings.

    Args:
        at_once, server: how many answers a file, or a server, writes at a time.

    Raises:
        ModelError: there is no such file.
        BadSetting, EndpointRefused: the server cannot be asked.
    """
    if urlsplit(name).scheme in ("http", "https"):
        served = replace(settings.generator, endpoint=name)
        endpoint_writer(served)  # refused now, and not after the store was searched
        return _Server(served, server)
    spec = resolve(name, settings.planner.context)
    adapters = Adapters(chosen(settings.planner.adapter, spec), chosen(settings.generator.changes, spec, "change"))
    return _File(spec, settings.planner.threads, at_once, adapters)


@dataclass(frozen=True, slots=True)
class Adapters:
    """Those of a model: with which it plans, and with which it writes the code of a changed plan; None for none."""

    plan: LoraFile | None = None
    change: LoraFile | None = None


_NONE = Adapters()


@dataclass(frozen=True, slots=True)
class _File:
    spec: ModelSpec
    threads: int
    at_once: int
    adapters: Adapters

    @property
    def profile(self) -> Profile:
        return self.spec.profile

    def describe(self) -> dict[str, object]:
        found = described(self.spec, sha256_of(self.spec.path))
        for name, adapter in (("adapter", self.adapters.plan), ("changes", self.adapters.change)):
            found |= {name: sha256_of(adapter.path)} if adapter else {}
        return found

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Writer]:
        writer = InProcessWriter(self.spec, self.threads, self.at_once, self.adapters)
        try:
            yield writer
        finally:
            writer.close()


@dataclass(frozen=True, slots=True)
class _Server:
    settings: GeneratorSettings
    at_once: int

    @property
    def profile(self) -> Profile:
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
    """A loaded model, which may be asked several things at a time. Close it.

    Args:
        threads: 0 for what suits the model.
        at_once: how many answers it writes at a time; further ones wait, and one with an adapter for the last such one.

    Attributes:
        adapted: the model with the adapter with which it plans; None without one.
        follower: the same for the code of a changed plan.

    Raises:
        ModelError: the model cannot be loaded.
    """

    def __init__(self, spec: ModelSpec, threads: int = 0, at_once: int = 1, adapters: Adapters = _NONE) -> None:
        self.name = spec.name
        self.profile = spec.profile
        self.context = spec.context
        self.threads = threads or threads_for(spec.path.stat().st_size)
        self._model = LlamaModel(spec.path, spec.context, self.threads, at_once)
        self._at_once = at_once
        self._slots, self._planning = asyncio.Semaphore(at_once), asyncio.Semaphore(1)
        plan, change = adapters.plan, adapters.change
        self.adapted = _Adapted(self, plan, planning(spec.profile)) if plan else None
        self.follower = _Adapted(self, change, spec.profile) if change else None
        self._turn = asyncio.Lock()  # the model is asked by one at a time
        self._answers: dict[Lane, asyncio.Queue[str | Exception | None]] = {}
        self._pump: asyncio.Task[None] | None = None

    async def stream(
        self, prompt: Prompt, decoding: Decoding, adapter: Path | None = None
    ) -> AsyncGenerator[str, None]:
        """The answer piece by piece; between two pieces a cancellation is heard."""
        async with self._planning if adapter else self._slots:
            async with self._turn:
                lane = self._model.begin(prompt, decoding, lambda: False, adapter)
                pieces = self._answers[lane] = asyncio.Queue()
                ours = lane.used  # the lane may be another's before we come to end it
            if self._pump is None or self._pump.done():
                self._pump = asyncio.create_task(self._write())
            try:
                while (piece := await pieces.get()) is not None:
                    if isinstance(piece, Exception):
                        raise piece
                    yield piece
            finally:
                async with self._turn:
                    if lane.used == ours:
                        self._answers.pop(lane, None)
                        self._model.end(lane)

    async def _write(self) -> None:
        """Moves all answers on until none is left."""
        while self._answers:
            try:
                async with self._turn:
                    pieces = await asyncio.to_thread(lambda: list(self._model.step()))
            except Exception as error:  # every answer that was being made hears of it
                for waiting in self._answers.values():
                    waiting.put_nowait(error)
                self._answers.clear()
                return
            for lane, piece in pieces:
                if lane in self._answers:
                    self._answers[lane].put_nowait(piece)
            for lane, waiting in list(self._answers.items()):
                if not lane.busy:
                    if lane.is_cut:
                        waiting.put_nowait(CUT)
                    waiting.put_nowait(None)
                    del self._answers[lane]
            await asyncio.sleep(0)

    async def count(self, texts: Sequence[str]) -> list[int]:
        """The length of each text in tokens."""
        return self._model.count(texts)

    def forget(self, system: str) -> None:
        """Keeps no more than the state of this system message."""
        if self._at_once == 1:
            self._model.warm(Prompt(system, ""))

    def close(self) -> None:
        """Frees the model."""
        self._model.close()


class _Adapted:
    """The model of a writer with an adapter."""

    def __init__(self, writer: InProcessWriter, adapter: LoraFile, profile: Profile) -> None:
        self._writer, self._adapter = writer, adapter.path
        self.name, self.context = f"{writer.name} + {adapter.name}", writer.context
        self.profile = profile
        self.count = writer.count

    def stream(self, prompt: Prompt, decoding: Decoding) -> AsyncGenerator[str, None]:
        return self._writer.stream(prompt, decoding, self._adapter)
