"""The pipeline's ports, served by child processes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from planfirst.adapters.lora_file import LoraFile
from planfirst.core.ports import CUT
from planfirst.core.profile import Profile
from planfirst.core.types import Declaration, Decoding, Example, Pair, Prompt
from planfirst.models import ModelSpec
from planfirst.words import Message
from planfirst.workers.supervisor import Worker

Note = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class FolderIndex:
    """An opened folder, and where the store of its code is kept."""

    folder: Path
    path: Path


def wired(prompt: Prompt) -> dict[str, Any]:
    """A prompt as a message to the model process; what it is made of stays here."""
    said = {"system": prompt.system, "user": prompt.user, "turns": prompt.turns, "begun": prompt.begun}
    return {**said, "tools": list(map(asdict, prompt.tools)), "exchanges": list(map(asdict, prompt.exchanges))}


class ModelWorker:
    """A GGUF model in a process of its own; a `core.ports.Writer`."""

    def __init__(self, spec: ModelSpec, threads: int) -> None:
        self.name = spec.name
        self.profile = spec.profile
        self.context = spec.context
        opening = {
            "path": str(spec.path),
            "original": str(spec.original) if spec.original else "",
            "sha256": spec.sha256,
            "context": spec.context,
            "threads": threads,
            "running": asdict(spec.running),
        }
        self.worker = Worker("model", Message("process-model"), opening)

    def stream(self, prompt: Prompt, decoding: Decoding) -> AsyncGenerator[str, None]:
        return self.stream_with(None, prompt, decoding)

    async def stream_with(self, adapter: Path | None, prompt: Prompt, decoding: Decoding) -> AsyncGenerator[str, None]:
        """The answer of the model with that adapter, or of the model as it is."""
        params = {"prompt": wired(prompt), "decoding": asdict(decoding), "adapter": str(adapter or "")}
        async with aclosing(self.worker.stream("stream", **params)) as messages:
            async for kind, value in messages:
                if kind == "item":
                    yield value
                elif value:
                    yield CUT

    async def count(self, texts: Sequence[str]) -> list[int]:
        lengths: list[int] = await self.worker.call("count", texts=list(texts))
        return lengths

    async def warm(self, system: str, adapter: Path | None = None) -> None:
        """Loads the model and lets it read the system message, with which every prompt begins."""
        await self.worker.warm(system=system, adapter=str(adapter or ""))

    def forget_planner(self) -> None:
        """Has the process give back the memory of the planner's role, if it runs."""
        self.worker.tell("forget_planner")


class AdaptedModel:
    """A model with an adapter, in the process of the model as it is; a `core.ports.Writer`."""

    def __init__(self, model: ModelWorker, adapter: LoraFile, profile: Profile) -> None:
        self._model, self._adapter = model, adapter.path
        self.name = f"{model.name} + {adapter.name}"
        self.profile = profile
        self.context = model.context

    def stream(self, prompt: Prompt, decoding: Decoding) -> AsyncGenerator[str, None]:
        return self._model.stream_with(self._adapter, prompt, decoding)

    async def count(self, texts: Sequence[str]) -> list[int]:
        return await self._model.count(texts)

    async def warm(self, system: str) -> None:
        """As `ModelWorker.warm`; the adapter is loaded, too."""
        await self._model.warm(system, self._adapter)


class RetrieverWorker:
    """The embedding model and the store in a process of their own; a `core.ports.Retriever`.

    Args:
        root: the store's folder.
        model: the setting ``retriever.model``.
        store: the setting ``retriever.store``, which may be the address of a database instead of a folder.
        index: the setting ``retriever.index``.
        engine: the setting ``retriever.engine``.
    """

    def __init__(self, root: Path, model: str, store: str = "", index: str = "auto", engine: str = "auto") -> None:
        opening = {"root": str(root), "model": model, "store": store, "index": index, "engine": engine}
        self.worker = Worker("retriever", Message("process-retriever"), opening)
        self.folder_indexes: Sequence[FolderIndex] = ()  # their code is searched, too

    async def search(self, query: str, count: int) -> list[Example]:
        found = await self.worker.call("search", query=query, count=count, folder_indexes=self._folders())
        return [Example(Pair(**one["pair"]), one["score"], one["shared"]) for one in found]

    async def declared(self, query: str, names: Sequence[str], language: str, file: str) -> list[Declaration]:
        """What the opened folders declare and a request may call, the likeliest first.

        Args:
            names: those that the request and what stands around it name.
            language: the editor's id; what is written in another one is left out.
            file: the one that the request stands in, with ``/``; what it declares itself is left out.
        """
        if not self.folder_indexes:
            return []
        params = {"query": query, "names": list(names), "language": language, "file": file}
        found = await self.worker.call("declared", **params, folder_indexes=self._folders())
        return [Declaration(**one) for one in found]

    async def warm(self) -> None:
        """Loads the embedding model and the store."""
        await self.worker.warm()

    async def build(self, corpora: Sequence[str], note: Note | None = None) -> AsyncGenerator[tuple[int, int], None]:
        """Builds the store from those corpora that come with Planfirst, and from all that were added.

        Yields how many texts are embedded, and of how many; ``note`` hears what else the user should know.
        """
        async with aclosing(self._steps("build", note, corpora=list(corpora))) as steps:
            async for step in steps:
                yield step

    async def add(
        self, name: str, origin: Mapping[str, str], note: Note | None = None
    ) -> AsyncGenerator[tuple[int, int], None]:
        """Adds a corpus, or reads it again; else as `build`."""
        async with aclosing(self._steps("add", note, name=name, origin=dict(origin))) as steps:
            async for step in steps:
                yield step

    async def verify(self, sample: int) -> dict[str, Any]:
        """Checks the store; a record of `store.verify.Verified`."""
        found: dict[str, Any] = await self.worker.call("verify", sample=sample)
        return found

    def _folders(self) -> list[dict[str, str]]:
        return [{"path": str(at.path), "folder": str(at.folder)} for at in self.folder_indexes]

    async def _steps(self, method: str, note: Note | None, **params: Any) -> AsyncGenerator[tuple[int, int], None]:
        async with aclosing(self.worker.stream(method, **params)) as messages:
            async for kind, value in messages:
                if kind == "item" and "note" in value:
                    if note:
                        note(value["note"])
                elif kind == "item":
                    yield value["done"], value["total"]


class IndexWorker:
    """Keeps the stores of opened folders up to date, in a process of its own and after everything else.

    Args:
        model: the setting ``retriever.model``.
        engine: the setting ``retriever.engine``.
        background: whether it runs only when nothing else wants the processor.
    """

    def __init__(self, model: str, engine: str = "auto", background: bool = True) -> None:
        opening = {"model": model, "engine": engine, "background": background}
        self.worker = Worker("indexing", Message("process-indexing"), opening)

    async def refresh(
        self, at: FolderIndex, changed: Sequence[str] | None, python: str
    ) -> AsyncGenerator[dict[str, Any], None]:
        """Yields the records that `workers.folder_indexes.FolderIndexes.refresh` emits, and the one that it returns."""
        params = {"path": str(at.path), "folder": str(at.folder), "changed": changed, "python": python}
        async with aclosing(self.worker.stream("refresh", **params)) as messages:
            async for _, value in messages:
                if value is not None:  # None when it was told to stop
                    yield value
