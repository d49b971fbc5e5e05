"""The server: gives each request of the protocol to the feature that answers it, and nothing more.

`create_server` makes as many servers as a test likes. Nothing heavy is imported before a request needs it, so that
``initialize`` answers at once.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_args

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from planfirst import __version__
from planfirst.core.errors import BadRequest, PlanfirstError
from planfirst.core.types import Goal
from planfirst.lsp import actions, hover, sites
from planfirst.lsp.ask import parse_ask
from planfirst.lsp.background import Background
from planfirst.lsp.client import Client
from planfirst.lsp.command_names import Verb, server_command
from planfirst.lsp.convert import answer_of, ask_of
from planfirst.lsp.editor_process import end_with
from planfirst.lsp.messages import (
    METHODS,
    OUR_CLIENT,
    QUERIES,
    Answer,
    ChatAnswer,
    ChatModel,
    Counted,
    Placed,
    Speed,
    WireSite,
)
from planfirst.lsp.opened_folders import INDEX_COMMAND, OpenedFolders
from planfirst.lsp.protocol import PlanfirstProtocol, plain
from planfirst.lsp.reading_ahead import ReadingAhead
from planfirst.lsp.session import Session
from planfirst.lsp.speed import measured
from planfirst.words import Message, Words

if TYPE_CHECKING:
    from planfirst.lsp.commands import Commands
    from planfirst.lsp.runner import Runner

log = logging.getLogger(__name__)
_REQUEST_FAILED = -32803
_INVALID_PARAMS = -32602


class PlanfirstServer(LanguageServer):
    """One connection: its session, its client, and the features that need a memory of their own."""

    def __init__(self) -> None:
        # Full synchronisation: pygls splits lines at form feeds and U+2028 as well, which editors do not, so that its
        # copy of such a document would drift away from the editor's under incremental changes.
        super().__init__(
            "planfirst",
            __version__,
            text_document_sync_kind=lsp.TextDocumentSyncKind.Full,
            protocol_cls=PlanfirstProtocol,
        )
        self.client = Client(self)
        self.session = Session(self)
        self.folders = OpenedFolders(self.session, self.client)
        self.background = Background()
        self.warmed = False

    @cached_property
    def runner(self) -> Runner:
        from planfirst.lsp.runner import Runner

        return Runner(self.session, self.client, self.folders)

    @cached_property
    def reading_ahead(self) -> ReadingAhead:
        return ReadingAhead(self.session, self.background, lambda ask: self.runner.read_ahead(ask))

    @cached_property
    def commands(self) -> Commands:
        from planfirst.lsp.commands import Commands

        return Commands(self.session, self.client, self.runner)

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Into the log only: the message of an internal error helps no user, and can hold their code."""
        data = getattr(error, "data", None)
        said = data.get("code") if isinstance(data, dict) else None  # of an error of ours, which the editor is told
        log.error("%s: %s", getattr(source, "__name__", source), said or type(error).__name__)


def create_server() -> PlanfirstServer:
    """A server with all its handlers, not yet connected to anything."""
    server = PlanfirstServer()
    server.feature(lsp.INITIALIZE)(_initialize)
    server.feature(lsp.INITIALIZED)(_initialized)
    server.feature(lsp.SHUTDOWN)(_shutdown)
    server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)(_did_change_configuration)
    server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)(_did_open)
    server.feature(lsp.TEXT_DOCUMENT_DID_SAVE, lsp.SaveOptions(include_text=False))(_did_save)
    server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)(_did_change_watched_files)
    server.feature(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(_did_change_workspace_folders)
    server.command(INDEX_COMMAND)(_index_workspace)
    options = lsp.CodeActionOptions(code_action_kinds=[actions.KIND], resolve_provider=True)
    server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, options)(_code_action)
    server.feature(lsp.CODE_ACTION_RESOLVE)(_code_action_resolve)
    server.feature(lsp.TEXT_DOCUMENT_HOVER)(_hover)
    server.feature(lsp.TEXT_DOCUMENT_CODE_LENS)(_code_lens)
    for goal, method in METHODS.items():
        server.feature(method)(_goal(goal))
    server.feature(QUERIES["site"])(_site)
    server.feature(QUERIES["place"])(_place)
    server.feature(QUERIES["speed"])(_speed)
    server.feature(QUERIES["chat"])(_chat)
    server.feature(QUERIES["models"])(_models)
    server.feature(QUERIES["count"])(_count)
    for verb in get_args(Verb):
        server.command(server_command(verb))(_command(verb))
    return server


# ---------------------------------------------------------------------- the connection


def _initialize(server: PlanfirstServer, params: lsp.InitializeParams) -> None:
    options = params.initialization_options
    if isinstance(options, dict):
        server.client.is_ours = options.get("client") == OUR_CLIENT
        options = {name: value for name, value in options.items() if name != "client"}
    server.client.words = Words(params.locale)
    _settings_changed(server, server.session.take_options(options))
    if params.process_id is not None:
        end_with(params.process_id)


async def _initialized(server: PlanfirstServer, params: lsp.InitializedParams) -> None:
    await _pull_settings(server)
    server.folders.opened(folder.uri for folder in server.workspace.folders.values())
    await server.folders.watch()


async def _shutdown(server: PlanfirstServer, params: None) -> None:
    await server.folders.end()
    await server.background.end()
    await server.session.end()


async def _did_change_configuration(server: PlanfirstServer, params: lsp.DidChangeConfigurationParams) -> None:
    if isinstance(params.settings, dict) and "planfirst" in params.settings:
        _settings_changed(server, server.session.take_settings(params.settings["planfirst"]))
    else:
        await _pull_settings(server)


async def _pull_settings(server: PlanfirstServer) -> None:
    settings = await server.client.configuration()
    if settings is not None:
        _settings_changed(server, server.session.take_settings(settings))


def _settings_changed(server: PlanfirstServer, problems: list[Message]) -> None:
    """After new settings: says once what in them cannot be used, and reads the folders that they want read."""
    for problem in problems:
        server.client.say_once(problem)
    server.folders.settings_changed()


# ---------------------------------------------------------------------- documents and folders


async def _did_open(server: PlanfirstServer, params: lsp.DidOpenTextDocumentParams) -> None:
    if not server.warmed:
        server.warmed = True
        server.background.start(server.runner.warm(), "warm up")


def _did_save(server: PlanfirstServer, params: lsp.DidSaveTextDocumentParams) -> None:
    server.folders.changed([params.text_document.uri])


def _did_change_watched_files(server: PlanfirstServer, params: lsp.DidChangeWatchedFilesParams) -> None:
    server.folders.changed(change.uri for change in params.changes)


def _did_change_workspace_folders(server: PlanfirstServer, params: lsp.DidChangeWorkspaceFoldersParams) -> None:
    event = params.event
    server.folders.opened([folder.uri for folder in event.added], [folder.uri for folder in event.removed])


def _index_workspace(server: PlanfirstServer, *arguments: Any) -> None:
    server.folders.read_all()


# ---------------------------------------------------------------------- what is there


def _code_action(server: PlanfirstServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    offered = actions.code_actions(server.session, server.client, params)
    if (
        offered or not params.context.only
    ):  # else it is about a kind of action that is not ours, as when a file is saved
        document = server.session.document(params.text_document.uri)
        ask = replace(ask_of(document.uri, params.range), version=document.version) if offered and document else None
        server.reading_ahead.rests_on(ask)
    return offered


def _code_action_resolve(server: PlanfirstServer, action: lsp.CodeAction) -> lsp.CodeAction:
    return actions.resolve(server.session, server.client, action)


def _hover(server: PlanfirstServer, params: lsp.HoverParams) -> lsp.Hover | None:
    return hover.hover(server.session, server.client, params.text_document.uri, params.position.line)


def _code_lens(server: PlanfirstServer, params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
    return actions.lenses(server.session, server.client, params.text_document.uri)


def _site(server: PlanfirstServer, params: Any) -> WireSite | None:
    with _answered(server):
        return sites.site(server.session, parse_ask(params))


def _place(server: PlanfirstServer, params: Any) -> Placed:
    with _answered(server):
        return sites.place(server.session, server.client, parse_ask(params))


async def _speed(server: PlanfirstServer, params: Any) -> Speed:
    with _answered(server):
        return await measured(server.session.engine.pipeline().generator)


# ---------------------------------------------------------------------- conversations


async def _chat(server: PlanfirstServer, params: Any) -> ChatAnswer:
    from planfirst.lsp import chat, chat_ask

    with _answered(server):
        return await chat.chat(server.session, server.client, chat_ask.parse_chat(params))


async def _models(server: PlanfirstServer, params: Any) -> list[ChatModel]:
    from planfirst.lsp import chat

    with _answered(server):
        return await chat.models(server.session)


async def _count(server: PlanfirstServer, params: Any) -> Counted:
    from planfirst.lsp import chat, chat_ask

    with _answered(server):
        return await chat.count(server.session, *chat_ask.parse_count(params))


# ---------------------------------------------------------------------- runs


def _goal(goal: Goal) -> Callable[[PlanfirstServer, Any], Awaitable[Answer]]:
    async def request(server: PlanfirstServer, params: Any) -> Answer:
        with _answered(server):
            ask = parse_ask(params)
            server.reading_ahead.asked(ask)
            return answer_of(await server.runner.run(ask, goal), server.client.words)

    return request


def _command(verb: Verb) -> Callable[..., Awaitable[None]]:
    async def command(server: PlanfirstServer, *arguments: Any) -> None:
        with _answered(server):
            ask = parse_ask(plain(arguments[0]) if arguments else None)
            server.reading_ahead.asked(ask)
        server.background.start(server.commands.execute(verb, ask), f"command {verb}")

    return command


@contextmanager
def _answered(server: PlanfirstServer) -> Iterator[None]:
    """Answers a request with the error that comes up, in the user's language."""
    try:
        yield
    except PlanfirstError as error:
        code = _INVALID_PARAMS if isinstance(error, BadRequest) else _REQUEST_FAILED
        words, said = server.client.words, error.message
        data = {"type": type(error).__name__, "code": said.code, "what": words.what(said), "next": words.next(said)}
        raise JsonRpcException(code=code, message=words(said), data=data) from error
