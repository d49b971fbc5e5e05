"""An editor for tests: a real LSP client that keeps documents, applies edits, and remembers what it was told."""

from __future__ import annotations

import ast
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pytest_lsp import LanguageClient, client_capabilities, make_test_lsp_client

from planfirst.lsp.messages import METHODS, OUR_CLIENT
from planfirst.lsp.protocol import plain


class Editor:
    """One server process and the documents opened in it."""

    def __init__(self) -> None:
        self.client: LanguageClient = make_test_lsp_client()
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}
        self.events: dict[str | int, list[dict[str, Any]]] = {}
        self.heard = asyncio.Event()  # of any partial result
        self.applied: asyncio.Queue[lsp.ApplyWorkspaceEditParams] = asyncio.Queue()
        self.messages: asyncio.Queue[lsp.ShowMessageParams] = asyncio.Queue()
        self.refuse_edits = ""
        self.is_shut_down = False
        self.result: lsp.InitializeResult | None = None
        features = self.client.protocol.fm.features
        for name, handler in (
            (lsp.PROGRESS, self._progress),
            (lsp.WORKSPACE_APPLY_EDIT, self._apply_edit),
            (lsp.WINDOW_SHOW_MESSAGE, self.messages.put_nowait),
        ):
            features.pop(name, None)
            self.client.feature(name)(_function(handler))

    async def start(
        self,
        options: dict[str, Any],
        like: str = "visual-studio-code",
        ours: bool = True,
        configuration: dict[str, Any] | None = None,
        folders: Sequence[Path] = (),
        locale: str | None = None,
    ) -> None:
        """Starts a server and initializes the session as that editor does, with these folders opened."""
        if configuration is not None:
            self.client.set_configuration(configuration)
        await self.client.start_io(sys.executable, "-m", "planfirst.lsp")
        if ours:
            options = {"client": OUR_CLIENT, **options}
        self.result = await self.client.initialize_session(
            lsp.InitializeParams(
                capabilities=client_capabilities(like),
                initialization_options=options,
                root_uri=None,
                process_id=None,
                locale=locale,
                workspace_folders=[lsp.WorkspaceFolder(folder.as_uri(), folder.name) for folder in folders] or None,
            )
        )

    async def shut_down(self) -> None:
        self.is_shut_down = True
        await self.client.shutdown_async(None)

    async def stop(self) -> None:
        if not self.is_shut_down:
            await self.shut_down()
        self.client.exit(None)
        await self.client.stop()

    def open(self, text: str, name: str = "a.py", language: str = "python") -> str:
        uri = (Path("/project") / name).as_uri()
        self.texts[uri], self.versions[uri] = text, 1
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, language, 1, text)))
        return uri

    def change(self, uri: str, text: str) -> None:
        self.texts[uri] = text
        self.versions[uri] += 1
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(self.versions[uri], uri),
                [lsp.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    def close(self, uri: str) -> None:
        self.client.text_document_did_close(lsp.DidCloseTextDocumentParams(lsp.TextDocumentIdentifier(uri)))

    async def actions(self, uri: str, line: int, last: int | None = None, character: int = 0) -> list[lsp.CodeAction]:
        end = lsp.Position(line if last is None else last, character)
        params = lsp.CodeActionParams(
            lsp.TextDocumentIdentifier(uri),
            lsp.Range(lsp.Position(line, 0), end),
            lsp.CodeActionContext(diagnostics=[]),
        )
        return [_as_action(action) for action in await self.client.text_document_code_action_async(params) or []]

    async def hover(self, uri: str, line: int) -> str:
        hover = await self.client.text_document_hover_async(
            lsp.HoverParams(lsp.TextDocumentIdentifier(uri), lsp.Position(line, 1))
        )
        return hover.contents.value if hover else ""  # type: ignore[union-attr]

    def ask(self, goal: Any, uri: str, line: int, last: int | None = None, **more: Any) -> asyncio.Future[Any]:
        """Sends a custom request; `self.events["t"]` gathers its partial results."""
        self.events.setdefault("t", [])
        params = {
            "textDocument": {"uri": uri, "version": self.versions.get(uri)},
            "range": {"start": {"line": line}, "end": {"line": line if last is None else last, "character": 1}},
            "partialResultToken": "t",
            **more,
        }
        return asyncio.ensure_future(self._plain(METHODS[goal], params))

    async def command(self, action: lsp.CodeAction) -> None:
        assert action.command is not None
        await self.client.workspace_execute_command_async(
            lsp.ExecuteCommandParams(action.command.command, action.command.arguments)
        )

    def apply(self, edit: dict[str, Any] | lsp.WorkspaceEdit | None) -> str:
        """Applies a versioned edit to our copy and returns the new text."""
        if not isinstance(edit, dict):
            edit = self.client.protocol._converter.unstructure(edit)
        if "documentChanges" in edit:
            (change,) = edit["documentChanges"]
            uri, edits = change["textDocument"]["uri"], change["edits"]
            assert change["textDocument"]["version"] == self.versions[uri]
        else:
            ((uri, edits),) = edit["changes"].items()
        self.texts[uri] = apply_text_edits(self.texts[uri], edits)
        return self.texts[uri]

    async def _plain(self, method: str, params: Any) -> Any:
        return plain(await self.client.protocol.send_request_async(method, params))

    def _progress(self, params: lsp.ProgressParams) -> None:
        self.events.setdefault(params.token, []).append(plain(params.value))
        self.heard.set()

    def _apply_edit(self, params: lsp.ApplyWorkspaceEditParams) -> lsp.ApplyWorkspaceEditResult:
        if not self.refuse_edits:
            self.apply(params.edit)
        self.applied.put_nowait(params)
        return lsp.ApplyWorkspaceEditResult(applied=not self.refuse_edits, failure_reason=self.refuse_edits or None)


def apply_text_edits(text: str, edits: list[dict[str, Any]]) -> str:
    """Text edits in UTF-16 units, all against the same text."""
    units = text.encode("utf-16-le", "surrogatepass")
    starts = [0]
    n = 0
    while n < len(text):
        if text[n] == "\r" and text[n + 1 : n + 2] == "\n":
            n += 1
        if text[n] in "\r\n":
            starts.append(len(text[: n + 1].encode("utf-16-le", "surrogatepass")))
        n += 1

    def offset(position: dict[str, int]) -> int:
        return starts[position["line"]] + 2 * position["character"]

    for edit in sorted(edits, key=lambda e: offset(e["range"]["start"]), reverse=True):
        start, end = offset(edit["range"]["start"]), offset(edit["range"]["end"])
        units = units[:start] + edit["newText"].encode("utf-16-le", "surrogatepass") + units[end:]
    return units.decode("utf-16-le", "surrogatepass")


def _as_action(action: lsp.CodeAction | lsp.Command) -> lsp.CodeAction:
    """lsprotocol reads a code action that holds a command as a command, whose name is then the command's text."""
    if isinstance(action, lsp.CodeAction):
        return action
    return lsp.CodeAction(title=action.title, command=lsp.Command(**ast.literal_eval(action.command)))


def _function(method: Any) -> Any:
    """pygls sets attributes on its handlers, which a bound method does not allow."""

    def handler(params: Any) -> Any:
        return method(params)

    return handler
