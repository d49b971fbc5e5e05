"""What the server may say to the editor and ask of it, within its capabilities."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.server import LanguageServer

from planfirst.lsp.protocol import plain
from planfirst.lsp.snapshot import Snapshot
from planfirst.source.edits import Insertion
from planfirst.words import Message, Words

log = logging.getLogger(__name__)
_WATCHED_FILES = "planfirst-watched-files"


class Client:
    """The editor at the other end of the connection.

    Attributes:
        is_ours: whether it is our own extension, which brings its own commands and asks you by itself.
        words: puts messages into your language.
    """

    def __init__(self, server: LanguageServer) -> None:
        self._server = server
        self.is_ours = False
        self.words = Words()
        self._said: set[Message] = set()

    # ------------------------------------------------------------------ what it can do

    @property
    def resolves_edits(self) -> bool:
        """Whether a code action may get its edit when it is chosen."""
        document = self._server.client_capabilities.text_document
        action = document.code_action if document else None
        support = action.resolve_support if action else None
        return bool(support and "edit" in support.properties)

    def edit(self, before: Snapshot, insertions: Sequence[Insertion]) -> lsp.WorkspaceEdit:
        """Insertions in the editor's terms."""
        workspace = self._server.client_capabilities.workspace
        edits = workspace.workspace_edit if workspace else None
        versioned = bool(edits and edits.document_changes)
        return before.edit(insertions, self._server.workspace.position_codec, versioned)

    # ------------------------------------------------------------------ what is said

    def say(self, message: Message, kind: lsp.MessageType = lsp.MessageType.Warning) -> None:
        """Shows you a message."""
        text = f"Planfirst: {self.words(message)}"
        self._server.window_show_message(lsp.ShowMessageParams(type=kind, message=text))

    def log(self, message: Message) -> None:
        """Writes a message into the editor's log of this server."""
        self._server.window_log_message(lsp.LogMessageParams(type=lsp.MessageType.Info, message=self.words(message)))

    def say_once(self, message: Message) -> None:
        """Shows you a message, unless you have seen it before."""
        if message not in self._said:
            self._said.add(message)
            self.say(message)

    async def show(self, path: Path) -> bool:
        """Opens a file in the editor; False if the editor has no way to."""
        window = self._server.client_capabilities.window
        if not (window and window.show_document and window.show_document.support):
            return False
        await self._server.window_show_document_async(lsp.ShowDocumentParams(uri=path.as_uri(), take_focus=True))
        return True

    def send_partial(self, token: str | int, value: object) -> None:
        """Sends a part of a request's result."""
        self._server.progress(lsp.ProgressParams(token=token, value=value))

    def progress(self, token: str | int) -> Progress:
        """The progress with a token that the editor gave or knows."""
        return Progress(self._server, token)

    async def new_progress(self) -> str | None:
        """The token of a progress that the editor shows; None if it shows none."""
        window = self._server.client_capabilities.window
        if not (window and window.work_done_progress):
            return None
        token = str(uuid.uuid4())
        await self._server.work_done_progress.create_async(token)
        return token

    # ------------------------------------------------------------------ what is asked

    async def ask(self, question: Message, choices: Sequence[Message]) -> str | None:
        """The code of your choice; None if you closed the question.

        Raises:
            JsonRpcException: the editor cannot ask.
        """
        titles = {self.words(choice): choice.code for choice in choices}
        actions = [lsp.MessageActionItem(title) for title in titles]
        params = lsp.ShowMessageRequestParams(lsp.MessageType.Info, self.words(question), actions)
        chosen = await self._server.window_show_message_request_async(params)
        return None if chosen is None else titles.get(chosen.title, "")

    async def apply(self, edit: lsp.WorkspaceEdit, label: Message) -> lsp.ApplyWorkspaceEditResult:
        """Asks the editor to apply an edit."""
        params = lsp.ApplyWorkspaceEditParams(edit=edit, label=self.words(label))
        return await self._server.workspace_apply_edit_async(params)

    async def configuration(self) -> object:
        """Your settings; None if the editor keeps none for us."""
        workspace = self._server.client_capabilities.workspace
        if not (workspace and workspace.configuration):
            return None
        items = [lsp.ConfigurationItem(section="planfirst")]
        answer = await self._server.workspace_configuration_async(lsp.ConfigurationParams(items=items))
        return plain(answer[0]) if answer else None

    async def watch(self, watchers: list[lsp.FileSystemWatcher]) -> None:
        """Asks the editor to watch files; one that cannot still reports what you save."""
        workspace = self._server.client_capabilities.workspace
        watched = workspace.did_change_watched_files if workspace else None
        if not (watched and watched.dynamic_registration):
            return
        options = lsp.DidChangeWatchedFilesRegistrationOptions(watchers)
        registration = lsp.Registration(_WATCHED_FILES, lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
        try:
            await self._server.client_register_capability_async(lsp.RegistrationParams([registration]))
        except Exception as error:  # the client's answer; without watchers, saved documents are still told
            log.warning("the editor does not watch files: %s", type(error).__name__)


class Progress:
    """One work-done progress."""

    def __init__(self, server: LanguageServer, token: str | int) -> None:
        self._all = server.work_done_progress
        self._token = token

    def begin(
        self, title: str, on_cancel: Callable[[], object], percentage: int | None = None, cancellable: bool = True
    ) -> None:
        """Shows it, and calls ``on_cancel`` when you cancel."""

        def ended(future: Any) -> None:
            if future.cancelled():
                on_cancel()

        shown = lsp.WorkDoneProgressBegin(title=title, cancellable=cancellable, percentage=percentage)
        self._all.begin(self._token, shown)
        self._all.tokens[self._token].add_done_callback(ended)

    def report(self, message: str, percentage: int | None = None, cancellable: bool | None = None) -> None:
        """Updates its text."""
        shown = lsp.WorkDoneProgressReport(message=message, percentage=percentage, cancellable=cancellable)
        self._all.report(self._token, shown)

    def end(self, message: str | None = None) -> None:
        """Removes it."""
        self._all.end(self._token, lsp.WorkDoneProgressEnd(message=message))
        self._all.tokens.pop(self._token, None)  # pygls never does
