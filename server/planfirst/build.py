"""The composition root: settings become a pipeline whose ports are served by child processes.

Nothing heavy is imported here, and no process is started before it is needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from planfirst.core.errors import BadSetting
from planfirst.core.pipeline import Limits, Pipeline
from planfirst.core.ports import Sandbox, Writer
from planfirst.core.prompt import NOTHING, Budget, PromptBook
from planfirst.core.screened import Screened
from planfirst.core.types import Task
from planfirst.folders import folder_index, store_folder
from planfirst.human_language import unread
from planfirst.models.model_adapters import chosen, planning
from planfirst.models.profiles import of_server
from planfirst.project_rules import rules_for
from planfirst.settings import GeneratorSettings, PromptSettings, Settings
from planfirst.workers.excluding_request import ExcludingRequest
from planfirst.workers.model_processes import ModelProcesses
from planfirst.workers.proxies import AdaptedModel, FolderIndex, IndexWorker, ModelWorker, RetrieverWorker

if TYPE_CHECKING:
    from planfirst.adapters.openai import OpenAIWriter


class Engine:
    """A pipeline and the child processes behind it.

    New settings keep the processes that they do not touch.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._models = ModelProcesses(settings.planner)
        self._retriever: RetrieverWorker | None = None
        self._indexer: IndexWorker | None = None
        self._folder_indexes: tuple[FolderIndex, ...] = ()
        self._endpoint: OpenAIWriter | None = None
        self._book: tuple[Path | None, PromptBook] | None = None
        self._closing: set[asyncio.Task[None]] = set()

    def pipeline(self, at: Path | None = None) -> Pipeline:
        """The pipeline that the settings describe.

        Args:
            at: the file in which a request stands. Its own code there is no example for it.

        Raises:
            ModelError: a model is not there, or is none.
            BadSetting, EndpointRefused: the settings contradict themselves.
        """
        settings = self.settings
        planner = self._planner()
        generator: Writer
        if settings.generator.endpoint:
            generator = Screened(self._endpoint_writer(settings.generator), _redact)
        else:
            generator = self._models.model(settings.generator.model or settings.planner.model)
        prompt = settings.prompt
        limits = Limits(
            min_score=settings.retriever.gate(generator.profile),
            stub_score=-1.0 if settings.retriever.min_score else generator.profile.stub_score,
            examples=settings.retriever.examples,
            plan_tokens=min(settings.planner.max_tokens, planner.profile.plan_tokens),
            code_tokens=settings.generator.max_tokens,
            temperature=settings.generator.temperature,
            seed=settings.generator.seed,
            rules=prompt.has_rules,
            budget=budget_of(prompt),
        )
        search = self.retriever()
        retriever = ExcludingRequest(search, at) if at else search
        known = partial(unread, model=settings.retriever.model)
        declared = partial(search.declared, file=at.as_posix() if at else "") if prompt.declaration_tokens else None
        follower = self._follower()
        return Pipeline(retriever, planner, generator, self.book(), limits, declared, known, follower=follower)

    def ruled(self, task: Task, file: Path | None, folders: Sequence[Path]) -> Task:
        """A task with the rules of its project, if the settings have a use for them.

        Args:
            file: the one that the request stands in; None for none.
            folders: the opened ones.
        """
        prompt = self.settings.prompt
        if file is None or prompt.has_rules is False or not prompt.rules_tokens:
            return task
        return replace(task, rules=rules_for(file, folders))

    def writer(self, name: str = "") -> Writer:
        """Who answers in a conversation.

        Args:
            name: of a model on this machine; empty for the one that writes code.

        Raises:
            ModelError: there is no such model.
            BadSetting, EndpointRefused: the settings contradict themselves.
        """
        if not name:
            return self.pipeline().generator
        return self._models.guest(name, (self.settings.planner.model, self.settings.generator.model))

    def book(self) -> PromptBook:
        """The prompt templates.

        Raises:
            BadSetting: the user's folder is not there.
        """
        folder = Path(self.settings.prompt.templates).expanduser() if self.settings.prompt.templates else None
        if folder is not None and not folder.is_dir():
            raise BadSetting("templates-missing", folder=folder)
        if self._book is None or self._book[0] != folder:
            self._book = folder, PromptBook(folder)
        return self._book[1]

    def retriever(self) -> RetrieverWorker:
        """The retriever; its process starts with the first search."""
        if self._retriever is None:
            settings = self.settings.retriever
            self._retriever = RetrieverWorker(
                store_folder(settings.store), settings.model, settings.store, settings.index, settings.engine
            )
        self._retriever.folder_indexes = self._folder_indexes
        return self._retriever

    def search_in(self, folders: Iterable[Path]) -> None:
        """Which opened folders' code is searched besides the store."""
        self._folder_indexes = tuple(FolderIndex(folder, folder_index(folder)) for folder in folders)

    def refresh(self, folder: Path, changed: Sequence[str] | None, python: str) -> AsyncGenerator[dict[str, Any], None]:
        """Brings the store of an opened folder up to date, in a process that starts with the first of them.

        Args:
            changed: paths below the folder, with ``/``; None for a look at all files.
            python: an interpreter whose packages belong to it; empty for none.

        Yields:
            What `workers.folder_indexes.FolderIndexes.refresh` emits, and then what it returns.
        """
        if self._indexer is None:
            retriever = self.settings.retriever
            self._indexer = IndexWorker(retriever.model, retriever.engine)
        return self._indexer.refresh(FolderIndex(folder, folder_index(folder)), changed, python)

    def rest_indexer(self) -> None:
        """Ends the process that keeps stores up to date, in the background; it starts again when it is needed."""
        if self._indexer is not None:
            self._end(self._indexer.worker.close())
            self._indexer = None

    async def sandbox(self, packages: Sequence[Path] = ()) -> Sandbox:
        """The sandbox that works here, with package folders to import from.

        Raises:
            SandboxRefused: none works; it says how to get one.
        """
        from planfirst.adapters.sandbox.probe import find_sandbox

        return await find_sandbox(packages)

    async def warm(self) -> None:
        """Loads the models and the store, so that the first request does not wait for them."""
        pipeline = self.pipeline()
        system, _ = pipeline.book.render(pipeline.planner.profile.name, "plan", NOTHING)
        waiting = [self.retriever().warm()]
        waiting += [writer.warm(system) for writer in self._models.own]
        if isinstance(pipeline.planner, AdaptedModel):
            waiting.append(pipeline.planner.warm(system))
        await asyncio.gather(*waiting)

    @property
    def is_loaded(self) -> bool:
        """Whether all that answers runs on this machine and is loaded already."""
        models = self._models.own
        return not self.settings.generator.endpoint and bool(models) and all(one.worker.pid for one in models)

    def reconfigure(self, settings: Settings) -> None:
        """Takes new settings; processes that no longer fit end in the background."""
        old, self.settings = self.settings, settings
        self._models.loading = settings.planner
        adapters = [(one.planner.adapter, one.generator.changes) for one in (old, settings)]
        if adapters[0] != adapters[1]:
            for writer in self._models.own:
                writer.forget_planner()
        models = [(replace(one.planner, adapter=""), replace(one.generator, changes="")) for one in (old, settings)]
        if models[0] != models[1]:
            for writer in self._models.forget():
                self._end(writer.worker.replace())
            if self._endpoint is not None:
                self._end(self._endpoint.close())
                self._endpoint = None
        if old.retriever != settings.retriever and self._retriever is not None:
            self._end(self._retriever.worker.replace())
            self._retriever = None
        before, after = old.retriever, settings.retriever
        if (before.model, before.engine) != (after.model, after.engine):
            self.rest_indexer()

    async def close(self) -> None:
        """Ends all child processes."""
        workers = [writer.worker for writer in self._models.all]
        if self._retriever is not None:
            workers.append(self._retriever.worker)
        if self._indexer is not None:
            workers.append(self._indexer.worker)
        if self._endpoint is not None:
            await self._endpoint.close()
        await asyncio.gather(*(worker.close() for worker in workers), *self._closing)

    def _planner(self) -> ModelWorker | AdaptedModel:
        """The model that plans; with an adapter, in the process of the model without."""
        settings = self.settings.planner
        adapter = chosen(settings.adapter, self._models.spec(settings.model))
        model = self._models.model(settings.model)
        return AdaptedModel(model, adapter, planning(model.profile)) if adapter else model

    def _follower(self) -> AdaptedModel | None:
        """The model that writes code, with the adapter that has it follow a changed plan, if there is one."""
        settings = self.settings.generator
        if settings.endpoint:
            return None
        name = settings.model or self.settings.planner.model
        adapter = chosen(settings.changes, self._models.spec(name), "change")
        model = self._models.model(name)
        return AdaptedModel(model, adapter, model.profile) if adapter else None

    def _endpoint_writer(self, settings: GeneratorSettings) -> OpenAIWriter:
        if self._endpoint is None:
            self._endpoint = endpoint_writer(settings)
        return self._endpoint

    def _end(self, closing: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(closing)
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


def _redact(text: str) -> tuple[str, int]:
    """A prompt without its secrets, and how many there were."""
    from planfirst.corpora.code.secrets import redact

    return redact(text, "prompt.py")


def budget_of(prompt: PromptSettings) -> Budget:
    """The token budgets of the sections."""
    return Budget(
        rules=prompt.rules_tokens,
        declarations=prompt.declaration_tokens,
        context=prompt.context_tokens,
        example=prompt.example_tokens,
        request=prompt.request_tokens,
        plan=prompt.plan_tokens,
    )


def endpoint_writer(settings: GeneratorSettings) -> OpenAIWriter:
    """The server that the settings name; nothing is sent to it yet.

    Raises:
        BadSetting, EndpointRefused: no model is named, or the settings do not allow that host.
    """
    from planfirst.adapters.endpoint import Endpoint, checked_url
    from planfirst.adapters.openai import OpenAIWriter

    if not settings.endpoint_model:
        host = urlsplit(settings.endpoint).hostname or settings.endpoint
        raise BadSetting("endpoint-model-missing", host=host)
    endpoint = Endpoint(
        settings.endpoint,
        settings.endpoint_model,
        key_variable=settings.key_variable,
        allowed_hosts=settings.allowed_hosts,
        read_timeout=settings.timeout,
        ca_file=settings.ca_file,
    )
    checked_url(endpoint)  # refused now, and not only after a plan was written
    return OpenAIWriter(endpoint, of_server(settings.profile).profile)
