"""What runs inside a child process: one host for the retriever, one for a model.

A method takes its parameters, a callable for partial results, and one that says whether to stop. Heavy packages are
imported on the first use, so that a child is there at once.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from planfirst.core.types import Decoding, Example, Prompt

if TYPE_CHECKING:
    from planfirst.adapters.faiss_store import FaissStore
    from planfirst.adapters.llama import LlamaModel
    from planfirst.adapters.stores import Searchable, Store
    from planfirst.store.build import TextEmbedder
    from planfirst.workers.indexing import Indexing
    from planfirst.workers.workspaces import Workspaces

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
        prompt = _prompt(params["prompt"])
        waiting: list[str] = []
        last = 0.0  # the first piece goes out at once
        for piece in self._loaded().stream(prompt, _decoding(params["decoding"]), stop):
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
        self._opening: Mapping[str, Any] = {}
        self._model = ""
        self._embedder: TextEmbedder | None = None
        self._store: Searchable | None = None
        self._beside: dict[Path, FaissStore] = {}
        self._workspaces: Workspaces | None = None
        self.methods: Mapping[str, Method] = {
            "open": self._open,
            "warm": lambda params, emit, stop: self._ready().search("warm up", 1) and None,
            "search": self._search,
            "build": lambda params, emit, stop: self._indexing(emit, stop).build(params["corpora"]),
            "add": lambda params, emit, stop: self._indexing(emit, stop).add(params["name"], params["origin"]),
            "verify": lambda params, emit, stop: self._indexing(emit, stop).verify(params["sample"]),
            "refresh": self._refresh,
        }

    def _open(self, params: dict[str, Any], emit: Emit, stop: Stop) -> None:
        self._opening, self._model = params, params["model"]
        if params.get("background"):
            yield_to_others()

    def _search(self, params: dict[str, Any], emit: Emit, stop: Stop) -> list[dict[str, Any]]:
        from planfirst.adapters.fusion import CANDIDATES, fused
        from planfirst.adapters.wording import bare
        from planfirst.workers.workspaces import merged

        query, count = bare(params["query"]), max(params["count"], CANDIDATES)
        beside = [
            lambda at=at: self._in_workspace(Path(at["place"]), Path(at["folder"]), query, count)
            for at in params["workspaces"]
        ]
        found = merged(lambda: self._ready().search(query, count), beside, count)
        return [asdict(example) for example in fused(query, found)[: params["count"]]]

    def _in_workspace(self, place: Path, folder: Path, query: str, count: int) -> list[Example]:
        from planfirst.workers.workspaces import STORE, is_there

        root = place / STORE
        if root in self._beside:
            self._beside[root].refresh()
        else:
            self._beside[root] = self._open_store(root)
        return [found for found in self._beside[root].search(query, count) if is_there(found.pair, folder)]

    def _refresh(self, params: dict[str, Any], emit: Emit, stop: Stop) -> dict[str, Any]:
        if self._workspaces is None:
            from planfirst.workers.workspaces import Workspaces

            self._workspaces = Workspaces(self._model, self._embedding)
        place, folder = Path(params["place"]), Path(params["folder"])
        return self._workspaces.refresh(place, folder, params["changed"], params["python"], emit, stop)

    def _indexing(self, emit: Emit, stop: Stop) -> Indexing:
        from planfirst.workers.indexing import Indexing

        return Indexing(self._place(), self._embedding, emit, stop)

    def _embedding(self) -> TextEmbedder:
        if self._embedder is None:
            from planfirst.models.embedding import open_embedder

            self._embedder = open_embedder(self._model, engine=self._opening.get("engine", "auto"))
        return self._embedder

    def _place(self) -> Store:
        from planfirst.adapters.stores import store_at

        opening = self._opening
        return store_at(opening.get("store", ""), Path(opening["root"]), opening.get("index", "auto"))

    def _ready(self) -> Searchable:
        if self._store is None:
            place = self._place()
            place.status()  # whether there is one, before the embedding model takes its seconds to load
            self._store = place.open(self._embedding())
        else:
            self._store.refresh()
        return self._store

    def _open_store(self, root: Path) -> FaissStore:
        from planfirst.store.read import current

        current(root)  # whether there is one, before the embedding model takes its seconds to load
        from planfirst.adapters.faiss_store import FaissStore

        return FaissStore.open(root, self._embedding())


def _prompt(wired: Mapping[str, Any]) -> Prompt:
    turns = tuple((asked, answered) for asked, answered in wired["turns"])
    return Prompt(wired["system"], wired["user"], turns=turns, begun=wired["begun"])


def _decoding(wired: Mapping[str, Any]) -> Decoding:
    return Decoding(**{**wired, "stops": tuple(wired["stops"])})


def yield_to_others() -> None:
    """Lowers this process' priority, so that what a person waits for goes first."""
    if sys.platform == "win32":
        import psutil

        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    else:
        os.nice(15)


HOSTS: Mapping[str, Callable[[], Host]] = {"model": ModelHost, "retriever": RetrieverHost}
