"""One short function a request: fetch, convert, call, convert back."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any, get_args

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from planfirst.core.errors import BadRequest, PlanfirstError
from planfirst.core.types import Goal
from planfirst.lsp import actions, hover
from planfirst.lsp.convert import answer_of, ask_of, place_of, snapshot, spot_of
from planfirst.lsp.messages import (
    METHODS,
    QUERIES,
    Answer,
    Placed,
    Speed,
    Verb,
    WireSpot,
    parse_ask,
    plain,
    server_command,
)
from planfirst.lsp.parent import end_with
from planfirst.lsp.server import PlanfirstServer
from planfirst.lsp.watch import INDEX_COMMAND
from planfirst.lsp.words import Words
from planfirst.source.place import place_plan

log = logging.getLogger(__name__)
_REQUEST_FAILED = -32803
_INVALID_PARAMS = -32602


def register(server: PlanfirstServer) -> None:
    """Gives a server all its handlers."""
    server.feature(lsp.INITIALIZE)(initialize)
    server.feature(lsp.INITIALIZED)(initialized)
    server.feature(lsp.SHUTDOWN)(shutdown)
    server.feature(lsp.WORKSPACE_DID_CHANGE_CONFIGURATION)(did_change_configuration)
    server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)(did_open)
    server.feature(lsp.TEXT_DOCUMENT_DID_SAVE, lsp.SaveOptions(include_text=False))(did_save)
    server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)(did_change_watched_files)
    server.feature(lsp.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(did_change_workspace_folders)
    server.command(INDEX_COMMAND)(index_workspace)
    options = lsp.CodeActionOptions(code_action_kinds=[actions.KIND], resolve_provider=True)
    server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, options)(code_action)
    server.feature(lsp.CODE_ACTION_RESOLVE)(code_action_resolve)
    server.feature(lsp.TEXT_DOCUMENT_HOVER)(show_hover)
    server.feature(lsp.TEXT_DOCUMENT_CODE_LENS)(code_lens)
    for goal, method in METHODS.items():
        server.feature(method)(_custom(goal))
    server.feature(QUERIES["spot"])(spot)
    server.feature(QUERIES["place"])(place)
    server.feature(QUERIES["speed"])(speed)
    for verb in get_args(Verb):
        server.command(server_command(verb))(_command(verb))


def initialize(server: PlanfirstServer, params: lsp.InitializeParams) -> None:
    server.words = Words(params.locale)
    server.take_options(params.initialization_options)
    if params.process_id is not None:
        end_with(params.process_id)


async def initialized(server: PlanfirstServer, params: lsp.InitializedParams) -> None:
    await _pull_settings(server)
    server.watch.folders(folder.uri for folder in server.workspace.folders.values())
    await server.watch.register()


async def shutdown(server: PlanfirstServer, params: None) -> None:
    await server.end()


async def did_change_configuration(server: PlanfirstServer, params: lsp.DidChangeConfigurationParams) -> None:
    if isinstance(params.settings, dict) and "planfirst" in params.settings:
        server.take_settings(params.settings["planfirst"])
    else:
        await _pull_settings(server)


async def did_open(server: PlanfirstServer, params: lsp.DidOpenTextDocumentParams) -> None:
    if not server.warmed:
        server.warmed = True
        server.jobs.warm()


def did_save(server: PlanfirstServer, params: lsp.DidSaveTextDocumentParams) -> None:
    server.watch.changed([params.text_document.uri])


def did_change_watched_files(server: PlanfirstServer, params: lsp.DidChangeWatchedFilesParams) -> None:
    server.watch.changed(change.uri for change in params.changes)


def did_change_workspace_folders(server: PlanfirstServer, params: lsp.DidChangeWorkspaceFoldersParams) -> None:
    event = params.event
    server.watch.folders([folder.uri for folder in event.added], [folder.uri for folder in event.removed])


def index_workspace(server: PlanfirstServer, *arguments: Any) -> None:
    server.watch.read_all()


def code_action(server: PlanfirstServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    document = server.document(params.text_document.uri)
    if document is None or not actions.wanted(params.context.only):
        return []
    before, ask = snapshot(document), ask_of(document.uri, params.range)
    spot = before.spot(ask.first, ask.last)
    if spot is None:
        return []
    known = server.jobs.known(spot.task) is not None
    wording = actions.Wording(server.is_ours, server.words)
    return list(actions.code_actions(before, spot, ask.first, ask.last, wording, known, _resolves(server)))


def code_action_resolve(server: PlanfirstServer, action: lsp.CodeAction) -> lsp.CodeAction:
    if action.edit is None and isinstance(action.data, dict):
        before, spot = server.jobs.find(parse_ask(action.data))
        known = server.jobs.known(spot.task)
        if known is not None:
            action.edit = server.jobs.to_edit(before, place_plan(before.text, spot, known.plan, before.language))
    return action


def show_hover(server: PlanfirstServer, params: lsp.HoverParams) -> lsp.Hover | None:
    document = server.document(params.text_document.uri)
    if document is None or not server.settings.editor.hover:
        return None
    before, line = snapshot(document), params.position.line
    spot = before.spot(line, line)
    if spot is None:
        return None
    place, wording = place_of(spot.first, spot.last, before), actions.Wording(server.is_ours, server.words)
    if spot.task.plan is not None:
        text = hover.of_plan_in_file(spot.task.plan, place, wording)
    elif (known := server.jobs.known(spot.task)) is not None:
        text = hover.of_known_plan(known, place, wording)
    elif server.is_ours:
        text = hover.of_no_plan(place, wording)
    else:
        return None
    return lsp.Hover(contents=lsp.MarkupContent(lsp.MarkupKind.Markdown, text))


def code_lens(server: PlanfirstServer, params: lsp.CodeLensParams) -> list[lsp.CodeLens]:
    document = server.document(params.text_document.uri)
    if document is None or not server.settings.editor.code_lens:
        return []
    return list(actions.lenses(snapshot(document), actions.Wording(server.is_ours, server.words)))


def spot(server: PlanfirstServer, params: Any) -> WireSpot | None:
    try:
        ask = parse_ask(params)
    except PlanfirstError as error:
        raise _as_response(error, server.words) from error
    document = server.document(ask.uri)
    found = snapshot(document).spot(ask.first, ask.last, ask.rewrite) if document else None
    return spot_of(found, server.jobs.known(found.task)) if found else None


def place(server: PlanfirstServer, params: Any) -> Placed:
    try:
        return server.jobs.place(parse_ask(params))
    except PlanfirstError as error:
        raise _as_response(error, server.words) from error


async def speed(server: PlanfirstServer, params: Any) -> Speed:
    try:
        return await server.jobs.speed()
    except PlanfirstError as error:
        raise _as_response(error, server.words) from error


def _custom(goal: Goal) -> Callable[[PlanfirstServer, Any], Awaitable[Answer]]:
    async def custom(server: PlanfirstServer, params: Any) -> Answer:
        try:
            finished = await server.jobs.run(parse_ask(params), goal)
        except PlanfirstError as error:
            raise _as_response(error, server.words) from error
        answer = answer_of(finished.outcome, finished.edit, finished.notices, finished.rate, finished.verdict)
        answer["notices"] = list(map(server.words, answer["notices"]))
        return answer

    return custom


def _command(verb: Verb) -> Callable[..., Awaitable[None]]:
    async def command(server: PlanfirstServer, *arguments: Any) -> None:
        try:
            server.jobs.start(verb, parse_ask(plain(arguments[0]) if arguments else None))
        except PlanfirstError as error:
            raise _as_response(error, server.words) from error

    return command


async def _pull_settings(server: PlanfirstServer) -> None:
    workspace = server.client_capabilities.workspace
    if not (workspace and workspace.configuration):
        return
    items = [lsp.ConfigurationItem(section="planfirst")]
    answer = await server.workspace_configuration_async(lsp.ConfigurationParams(items=items))
    if answer and answer[0] is not None:
        server.take_settings(plain(answer[0]))


def _resolves(server: PlanfirstServer) -> bool:
    document = server.client_capabilities.text_document
    action = document.code_action if document else None
    support = action.resolve_support if action else None
    return bool(support and "edit" in support.properties)


def _as_response(error: PlanfirstError, words: Words) -> JsonRpcException:
    code = _INVALID_PARAMS if isinstance(error, BadRequest) else _REQUEST_FAILED
    what, next_step = words(error.what), words(error.next_step)
    data = {"type": type(error).__name__, "what": what, "next": next_step}
    return JsonRpcException(code=code, message=f"{what} {next_step}", data=data)
