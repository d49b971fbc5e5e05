"""``planfirst demo``: drives ``planfirst serve`` over LSP as an editor does, and shows every stage."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient
from rich.markdown import Markdown
from rich.markup import escape
from rich.panel import Panel
from rich.syntax import Syntax

from planfirst import __version__
from planfirst.adapters.stores import store_at
from planfirst.cli.console import out, settings_data, settings_from
from planfirst.cli.index import build_store
from planfirst.cli.models import fetch_shown
from planfirst.core.errors import FetchError, ModelError, StoreError, WorkerError
from planfirst.folders import store_folder
from planfirst.lsp.messages import METHODS, OUR_CLIENT
from planfirst.lsp.protocol import plain
from planfirst.models.choice import AUTO, choose
from planfirst.models.entries import manifest, path_of
from planfirst.models.sources import known_model
from planfirst.settings import Settings

_FILE = '''"""Reads what the warehouse exports."""

from pathlib import Path

STOCK = Path("stock.csv")

# read a csv file into a list of dicts
'''
_MODEL = "qwen2.5-coder-0.5b"  # the smallest real one
_COMMENT_LINE = 6
_CHECKED = """# how often each word occurs, ignoring case
# >>> counted("Pear apple pear")
# {"pear": 2, "apple": 1}
# >>> counted("")
# {}
"""
_LINK = re.compile(r"\[([^\]]+)\]\(command:[^)]*\)")  # a terminal cannot follow them
_PATIENCE = 120.0


def demo(picture: Path | None, sets: list[str] | None) -> None:
    """Runs the whole way of a request, from a comment to code in the file; saves a picture of it if one is wanted."""
    settings = settings_from(sets)
    out.record = picture is not None
    _get_model(settings)
    try:
        state = store_at(settings.retriever.store, store_folder(settings.retriever.store)).status()
        out.print(f"[bold]Store[/]  {state.count} examples, already built")
    except StoreError as error:
        out.print(f"[bold]Store[/]  {escape(error.what)} Building it takes a minute or two.")
        asyncio.run(build_store(settings, list(settings.retriever.corpora)))
    asyncio.run(_drive(settings, sets))
    if picture is not None:
        out.save_svg(str(picture), title="make demo")


def _get_model(settings: Settings) -> None:
    """Fetches a real model where none is installed and none was chosen; without one, says what that means."""
    if settings.planner.model != AUTO:
        return
    if any(path_of(entry).is_file() for entry in manifest() if not entry.shipped):
        out.print(f"[bold]Model[/]  {escape(choose().name)}, {escape(choose().reason)}")
        return
    try:
        fetch_shown(known_model(_MODEL))
        out.print(f"[bold]Model[/]  {escape(choose().name)}, fetched")
    except (FetchError, ModelError) as error:
        out.print(f"[bold]Model[/]  {escape(error.what)}", soft_wrap=True)
        out.print("The demo continues with the starter, which can only carry over an example that the search finds.")


async def _drive(settings: Settings, sets: list[str] | None) -> None:
    editor = _Editor()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stock.py"
        path.write_text(_FILE, encoding="utf-8")
        await editor.greet(sets)
        out.print(f"[bold]Server[/] answers initialize after {time.perf_counter() - started:.2f} s")
        await editor.show(path)
        await editor.check(Path(folder) / "words.py")
        await editor.leave()


class _Editor(LanguageClient):
    """The least that an editor does: start, open, ask, apply."""

    def __init__(self) -> None:
        super().__init__("planfirst-demo", __version__)
        self.feature(lsp.PROGRESS)(self._make_progress())
        self.feature(lsp.WINDOW_SHOW_MESSAGE)(_show_message)

    async def greet(self, sets: list[str] | None) -> None:
        """Starts the server as a child and greets it."""
        await self.start_io(sys.executable, "-P", "-m", "planfirst", "serve")
        options = {"client": OUR_CLIENT, **settings_data(sets)}
        await self._patiently(
            self.initialize_async(
                lsp.InitializeParams(
                    process_id=os.getpid(),
                    capabilities=lsp.ClientCapabilities(
                        workspace=lsp.WorkspaceClientCapabilities(
                            workspace_edit=lsp.WorkspaceEditClientCapabilities(document_changes=True)
                        )
                    ),
                    initialization_options=options,
                )
            )
        )
        self.initialized(lsp.InitializedParams())

    async def show(self, path: Path) -> None:
        """Opens the file, asks for everything at its comment, and prints what comes."""
        uri = path.as_uri()
        self.text_document_did_open(
            lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, lsp.LanguageKind.Python, 1, _FILE))
        )
        at = lsp.Range(lsp.Position(_COMMENT_LINE, 0), lsp.Position(_COMMENT_LINE, 5))
        document = lsp.TextDocumentIdentifier(uri)
        actions = await self._patiently(
            self.text_document_code_action_async(
                lsp.CodeActionParams(document, at, lsp.CodeActionContext(diagnostics=[]))
            )
        )
        comment = _FILE.splitlines()[_COMMENT_LINE]
        out.print(f"\n[bold]Code actions[/] on [green]{escape(comment)}[/]")
        for action in actions or []:
            out.print(f"  • {escape(action.title)}")
        out.print("\n[bold]Plan and generate from comment[/]")
        answer = plain(
            await self._patiently(
                self.protocol.send_request_async(
                    METHODS["generate"],
                    {
                        "textDocument": {"uri": uri, "version": 1},
                        "range": {"start": {"line": _COMMENT_LINE}, "end": {"line": _COMMENT_LINE}},
                        "partialResultToken": "demo",
                    },
                )
            )
        )
        _print_answer(answer, path)
        hover = await self._patiently(
            self.text_document_hover_async(lsp.HoverParams(document, lsp.Position(_COMMENT_LINE, 3)))
        )
        contents = hover.contents if hover else None
        if isinstance(contents, lsp.MarkupContent):
            out.print(
                Panel(Markdown(_LINK.sub(r"[\1]", contents.value)), title="Hover on the comment", border_style="blue")
            )

    async def check(self, path: Path) -> None:
        """Asks for code at a comment that says what should come out, and prints each attempt at it."""
        uri = path.as_uri()
        self.text_document_did_open(
            lsp.DidOpenTextDocumentParams(lsp.TextDocumentItem(uri, lsp.LanguageKind.Python, 1, _CHECKED))
        )
        out.print(Panel(Syntax(_CHECKED.rstrip(), "python"), title="A comment with examples", border_style="blue"))
        out.print("[bold]Generated, and run in a sandbox until the examples hold[/]")
        ask = {
            "textDocument": {"uri": uri, "version": 1},
            "range": {"start": {"line": 0}, "end": {"line": 0}},
            "partialResultToken": "demo",
            "trusted": True,
            "mayRun": True,  # our own comment; what is run sees no network and no file of the user's
        }
        answer = plain(await self._patiently(self.protocol.send_request_async(METHODS["generate"], ask)))
        verdict = answer["verdict"]
        how = f", {verdict['how']}" if verdict["how"] else ""
        held = f": {verdict['held']} of {verdict['of']} hold" if verdict["ran"] else ""
        title = f"{verdict['status']}{held}, attempt {verdict['attempts']}{how}"
        border = "green" if verdict["status"] == "passed" else "yellow"
        out.print(Panel(Syntax(answer["code"], "python", word_wrap=True), title=title, border_style=border))
        if verdict["output"]:
            out.print(escape(verdict["output"]))

    async def leave(self) -> None:
        """Ends the server in good order."""
        await self._patiently(self.shutdown_async(None))
        self.exit(None)
        await self.stop()  # type: ignore[no-untyped-call]

    async def _patiently(self, answer: Any) -> Any:
        try:
            return await asyncio.wait_for(answer, _PATIENCE)
        except TimeoutError:
            raise WorkerError("server-silent", seconds=_PATIENCE) from None

    def _make_progress(self) -> Any:
        def progress(params: lsp.ProgressParams) -> None:
            event = plain(params.value)
            if event.get("kind") == "stage" and "ms" in event:
                out.print(f"  [cyan]{event['stage']:<9}[/] {event['ms'] / 1000:6.2f} s")
            elif event.get("kind") == "attempt" and event["doing"] == "failed":
                out.print(f"  attempt {event['number']} fails: {escape(event['output'])}")
            elif event.get("kind") == "notice":
                out.print(f"  [yellow]{escape(event['notice']['text'])}[/]")

        return progress


def _show_message(params: lsp.ShowMessageParams) -> None:
    out.print(f"[yellow]{escape(params.message)}[/]")


def _print_answer(answer: dict[str, Any], path: Path) -> None:
    for example in answer["examples"]:
        style = "bold green" if example["used"] else "dim"
        origin = f"{example['source']}, {example['licence']}, {example['place']}"
        out.print(f"  [{style}]{example['score']:.2f}  {escape(example['question'])}[/]  [dim]{escape(origin)}[/]")
    plan = "\n".join(f"{n}. {step}" for n, step in enumerate(answer["plan"], start=1))
    out.print(Panel(escape(plan), title=f"Plan, by {answer['planner']}", border_style="cyan"))
    prompt = answer["prompt"]
    sections = ", ".join(f"{section['name']} {section['tokens']} tokens" for section in prompt["sections"])
    text = f"{prompt['system']}\n\n{prompt['user']}".strip()  # few models are given a system message
    out.print(Panel(escape(text), title="Enhanced prompt", subtitle=sections, border_style="magenta"))
    out.print(
        Panel(
            Syntax(answer["code"], "python", word_wrap=True), title=f"Code, by {answer['model']}", border_style="green"
        )
    )
    for notice in answer["notices"]:
        out.print(f"[yellow]{escape(notice['text'])}[/]")
    edited = _apply(_FILE, answer["edit"])
    out.print(
        Panel(
            Syntax(edited, "python", line_numbers=True, word_wrap=True),
            title=f"{path.name}, as edited",
            border_style="green",
        )
    )


def _apply(text: str, edit: dict[str, Any] | None) -> str:
    """Applies a WorkspaceEdit whose edits are whole lines, from the bottom to the top."""
    if edit is None:
        return text
    lines = text.splitlines(keepends=True)
    edits = edit["documentChanges"][0]["edits"]
    for each in sorted(edits, key=lambda e: e["range"]["start"]["line"], reverse=True):
        start, end = each["range"]["start"]["line"], each["range"]["end"]["line"]
        lines[start:end] = [each["newText"]]
    return "".join(lines)
