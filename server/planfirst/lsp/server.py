"""The server object: what one connection with an editor has, and how it is made.

`create_server` makes as many as a test likes. Nothing heavy is imported: the models, the store and even the prompt
templates come with the first request that needs them, so that ``initialize`` answers at once.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import attrs
from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.workspace import TextDocument

from planfirst import __version__
from planfirst.lsp.messages import METHODS, OUR_CLIENT, QUERIES
from planfirst.lsp.plan_book import PlanBook
from planfirst.lsp.watch import Watch
from planfirst.lsp.words import Words
from planfirst.settings import Settings, parse

if TYPE_CHECKING:
    from planfirst.build import Engine
    from planfirst.lsp.jobs import Jobs

log = logging.getLogger(__name__)


@attrs.define
class RawRequest:
    """A custom request whose parameters are left as JSON; a wrong shape then gets an answer that says what is wrong."""

    id: str | int
    method: str
    jsonrpc: str
    params: Any = None


class PlanfirstProtocol(LanguageServerProtocol):
    """Leaves the parameters of our own requests alone."""

    @lru_cache  # noqa: B019 (one protocol lives as long as the process)
    def get_message_type(self, method: str) -> type[Any] | None:
        ours = method in METHODS.values() or method in QUERIES.values()
        return RawRequest if ours else super().get_message_type(method)


class PlanfirstServer(LanguageServer):
    """One connection: its settings, its language, its engine, the plans it knows and the work in hand."""

    def __init__(self) -> None:
        # Full synchronisation: pygls splits lines at form feeds and U+2028 as well, which editors do not, so that its
        # copy of such a document would drift away from the editor's under incremental changes.
        super().__init__(
            "planfirst",
            __version__,
            text_document_sync_kind=lsp.TextDocumentSyncKind.Full,
            protocol_cls=PlanfirstProtocol,
        )
        self.settings = Settings()
        self.plans = PlanBook()
        self.is_ours = False
        self.words = Words()
        self._options: object = None
        self._engine: Engine | None = None
        self._jobs: Jobs | None = None
        self.watch = Watch(self)
        self.warmed = False
        self._said: set[str] = set()

    @property
    def has_engine(self) -> bool:
        """Whether the engine was needed already."""
        return self._engine is not None

    @property
    def engine(self) -> Engine:
        """The engine, made when it is first needed."""
        if self._engine is None:
            from planfirst.build import Engine

            self._engine = Engine(self.settings)
        return self._engine

    @property
    def jobs(self) -> Jobs:
        """The work in hand."""
        if self._jobs is None:
            from planfirst.lsp.jobs import Jobs

            self._jobs = Jobs(self)
        return self._jobs

    def document(self, uri: str) -> TextDocument | None:
        """An open document; None for any other. pygls keeps them under their unquoted URIs."""
        document: TextDocument | None = self.workspace.text_documents.get(unquote(uri))
        return document

    def take_options(self, options: object) -> None:
        """Reads initializationOptions: settings by section, and who the client is."""
        data = dict(options) if isinstance(options, dict) else options
        if isinstance(data, dict):
            self.is_ours = data.pop("client", None) == OUR_CLIENT
        self._options = data
        self.take_settings(None)

    def take_settings(self, data: object) -> None:
        """Uses new settings, over those of the beginning; says once what in them cannot be used."""
        self.settings, problems = parse(_over(self._options, data))
        for problem in problems:
            self.say_once(problem)
        if self._engine is not None:
            self._engine.reconfigure(self.settings)
        self.watch.settings_changed()

    def say(self, text: str, kind: lsp.MessageType = lsp.MessageType.Warning) -> None:
        """Shows the user a message."""
        self.window_show_message(lsp.ShowMessageParams(type=kind, message=f"Planfirst: {self.words(text)}"))

    def say_once(self, text: str) -> None:
        """Shows the user a message that has not been shown yet."""
        if text not in self._said:
            self._said.add(text)
            self.say(text)

    async def end(self) -> None:
        """Stops all work and all child processes."""
        await self.watch.end()
        if self._jobs is not None:
            await self._jobs.end()
        if self._engine is not None:
            await self._engine.close()

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Into the log only: the message of an internal error helps no user, and can hold their code."""
        log.error("%s: %s", getattr(source, "__name__", source), type(error).__name__)


def _over(base: object, data: object) -> object:
    """Settings as JSON: those in ``data``, and those in ``base`` that it does not mention."""
    if not isinstance(base, dict) or not isinstance(data, dict):
        return base if data is None else data
    merged = {**base, **data}
    for name in base.keys() & data.keys():
        if isinstance(base[name], dict) and isinstance(data[name], dict):
            merged[name] = {**base[name], **data[name]}
    return merged


def create_server() -> PlanfirstServer:
    """A server with all its handlers, not yet connected to anything."""
    from planfirst.lsp import handlers

    server = PlanfirstServer()
    handlers.register(server)
    return server
