"""What a connection knows: open documents, settings, known plans, and the engine behind them.

Nothing heavy is imported here: the models, the store and even the prompt templates come with the first request that
needs them, so that ``initialize`` answers at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path
from pygls.workspace import TextDocument

from planfirst.core.errors import BadRequest, StoreError
from planfirst.core.types import Task
from planfirst.folders import store_folder
from planfirst.lsp.ask import Ask
from planfirst.lsp.plan_book import KnownPlan, PlanBook, PlanKey
from planfirst.lsp.snapshot import Snapshot, snapshot
from planfirst.settings import Settings
from planfirst.settings_reader import parse
from planfirst.source.site import Site
from planfirst.words import Message

if TYPE_CHECKING:
    from planfirst.build import Engine


class Session:
    """One connection's documents, settings, plans and engine.

    Args:
        server: keeps the documents as the editor tells them.
    """

    def __init__(self, server: LanguageServer) -> None:
        self._server = server
        self.settings = Settings()
        self._options: object = None
        self._plans = PlanBook()
        self._engine: Engine | None = None

    # ------------------------------------------------------------------ documents

    def document(self, uri: str) -> TextDocument | None:
        """An open document; None for any other. pygls keeps them under their unquoted URIs."""
        document: TextDocument | None = self._server.workspace.text_documents.get(unquote(uri))
        return document

    @property
    def folders(self) -> list[Path]:
        """The opened folders."""
        workspace = self._server.workspace
        folders = [to_fs_path(uri) for uri in workspace.folders]
        root = [workspace.root_path] if not folders else []
        return [Path(folder) for folder in [*folders, *root] if folder]

    def find(self, ask: Ask) -> tuple[Snapshot, Site]:
        """The document and the site that an ask is about.

        A request that stands nowhere is in the document as if it did.

        Raises:
            BadRequest: the document is not open, has moved on, or has nothing to work from there.
        """
        document = self.document(ask.uri)
        if document is None:
            raise BadRequest("document-closed")
        before = snapshot(document)
        if ask.version is not None and before.version is not None and ask.version != before.version:
            raise BadRequest("document-changed")
        if ask.request is not None:
            before, line = before.with_request(ask.last, ask.request)
            site = before.site(line, line, shown=True)
        else:
            site = before.site(ask.first, ask.last, ask.rewrite, shown=True)
        if site is None and ask.rewrite:
            raise BadRequest("nothing-to-rewrite")
        if site is None:
            raise BadRequest("nothing-there")
        return before, site

    # ------------------------------------------------------------------ plans

    def known(self, task: Task) -> KnownPlan | None:
        """The plan that was made for a task, if there is one."""
        return self._plans.get(self._key(task))

    def remember(self, task: Task, plan: KnownPlan) -> None:
        """Keeps the plan of a task."""
        self._plans.put(self._key(task), plan)

    def _key(self, task: Task) -> PlanKey:
        settings = self.settings
        store = _store_generation(store_folder(settings.retriever.store))
        planner = f"{settings.planner.model} {settings.planner.adapter}".strip()
        return self._plans.key(task, planner, store)

    # ------------------------------------------------------------------ settings and what they describe

    def take_options(self, options: object) -> list[Message]:
        """Uses the settings of the beginning; says what in them cannot be used."""
        self._options = options
        return self.take_settings(None)

    def take_settings(self, data: object) -> list[Message]:
        """Uses new settings, over those of the beginning; says what in them cannot be used."""
        self.settings, problems = parse(_over(self._options, data))
        if self._engine is not None:
            self._engine.reconfigure(self.settings)
        return problems

    @property
    def engine(self) -> Engine:
        """The engine, created on first use."""
        if self._engine is None:
            from planfirst.build import Engine

            self._engine = Engine(self.settings)
        return self._engine

    @property
    def is_loaded(self) -> bool:
        """Whether the models are loaded, and on this machine; asking loads none."""
        return self._engine is not None and self._engine.is_loaded

    def search_in(self, folders: Sequence[Path]) -> None:
        """Which folders' code is searched besides the store; no reason to make an engine if there are none."""
        if folders or self._engine is not None:
            self.engine.search_in(folders)

    async def end(self) -> None:
        """Stops all child processes."""
        if self._engine is not None:
            await self._engine.close()


def _over(base: object, data: object) -> object:
    """Settings as JSON: those in ``data``, and those in ``base`` that it does not mention."""
    if not isinstance(base, dict) or not isinstance(data, dict):
        return base if data is None else data
    merged = {**base, **data}
    for name in base.keys() & data.keys():
        if isinstance(base[name], dict) and isinstance(data[name], dict):
            merged[name] = {**base[name], **data[name]}
    return merged


def _store_generation(root: Path) -> str:
    """Which generation of the store is in use; empty when there is none."""
    from planfirst.store.layout import DamageError, read_current

    try:
        return read_current(root).sha256
    except (StoreError, DamageError):
        return ""
