"""What runs inside a child process: one host for the retriever, one for a model.

A method takes its parameters, a callable for partial results, and one that says whether to stop. Heavy packages are
imported on the first use, so that a child is there at once.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from planfirst.core.types import Decoding, Prompt

if TYPE_CHECKING:
    from planfirst.adapters.embeddings import Embedder
    from planfirst.adapters.faiss_store import FaissStore
    from planfirst.adapters.llama import LlamaModel
    from planfirst.workers.indexing import Indexing

Emit = Callable[[Any], None]
Stop = Callable[[], bool]
Method = Callable[[dict[str, Any], Emit, Stop], Any]
_FLUSH_SECONDS = 0.1  # pieces are gathered this long: a message for each token can cost more than the token


class Host(Protocol):
    """Something a child process serves."""

    @property
    def methods(self) -> Mapping[str, Method]:
        """What can be asked, by name."""
        ...


class ModelHost:
    """A GGUF model. ``open`` names the file, and is always the first request."""

    def __init__(self) -> None:
        self._model: LlamaModel | None = None
        self.methods: Mapping[str, Method] = {
            "open": self._open,
            "warm": self._warm,
            "count": lambda params, emit, stop: self._loaded().count(params["texts"]),
            "stream": self._stream,
        }

    def _open(self, params: dict[str, Any], emit: Emit, stop: Stop) -> None:
        from planfirst.adapters.llama import LlamaModel

        self._model = LlamaModel(Path(params["path"]), params["context"], params["threads"])

    def _warm(self, params: dict[str, Any], emit: Emit, stop: Stop) -> None:
        self._loaded().warm(Prompt(params["system"], ""))

    def _stream(self, params: dict[str, Any], emit: Emit, stop: Stop) -> None:
        prompt = Prompt(params["system"], params["user"])
        waiting: list[str] = []
        last = 0.0  # the first piece goes out at once
        for piece in self._loaded().stream(prompt, Decoding(**params["decoding"]), stop):
            waiting.append(piece)
            if (now := time.monotonic()) - last >= _FLUSH_SECONDS:
                emit("".join(waiting))
                waiting.clear()
                last = now
        if waiting:
            emit("".join(waiting))

    def _loaded(self) -> LlamaModel:
        assert self._model is not None  # the supervisor sends "open" first
        return self._model


class RetrieverHost:
    """The embedding model and the store."""

    def __init__(self) -> None:
        self._root = Path()
        self._model = ""
        self._embedder: Embedder | None = None
        self._store: FaissStore | None = None
        self.methods: Mapping[str, Method] = {
            "open": self._open,
            "warm": lambda params, emit, stop: self._ready().search("warm up", 1) and None,
            "search": self._search,
            "build": lambda params, emit, stop: self._indexing(emit, stop).build(params["corpora"]),
            "add": lambda params, emit, stop: self._indexing(emit, stop).add(params["name"], params["origin"]),
            "verify": lambda params, emit, stop: self._indexing(emit, stop).verify(params["sample"]),
        }

    def _open(self, params: dict[str, Any], emit: Emit, stop: Stop) -> None:
        self._root, self._model = Path(params["root"]), params["model"]

    def _search(self, params: dict[str, Any], emit: Emit, stop: Stop) -> list[dict[str, Any]]:
        return [asdict(example) for example in self._ready().search(params["query"], params["count"])]

    def _indexing(self, emit: Emit, stop: Stop) -> Indexing:
        from planfirst.workers.indexing import Indexing

        return Indexing(self._root, self._embedding, emit, stop)

    def _embedding(self) -> Embedder:
        if self._embedder is None:
            from planfirst.adapters.embeddings import Embedder

            self._embedder = Embedder(self._model)
        return self._embedder

    def _ready(self) -> FaissStore:
        from planfirst.store.read import current

        if self._store is None:
            current(self._root)  # whether there is one, before the embedding model takes its seconds to load
            from planfirst.adapters.faiss_store import FaissStore

            self._store = FaissStore.open(self._root, self._embedding())
        else:
            self._store.refresh()
        return self._store


HOSTS: Mapping[str, Callable[[], Host]] = {"model": ModelHost, "retriever": RetrieverHost}
