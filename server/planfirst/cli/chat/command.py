"""``planfirst chat`` and the commands for conversations that are kept."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from planfirst.build import Engine
from planfirst.chat.conversations import Conversations
from planfirst.chat.export import as_json, as_markdown
from planfirst.chat.turns import Conversation
from planfirst.cli.chat.desk import show
from planfirst.cli.chat.loop import talk
from planfirst.cli.chat.on_page import on_page
from planfirst.cli.chat.slash import export, table
from planfirst.cli.console import Sets, settings_from, tell
from planfirst.core.errors import BadRequest
from planfirst.folders import conversations_file

app = typer.Typer(help="Talk with a model, and manage what was said.", invoke_without_command=True)
Id = Annotated[str, typer.Argument(help="The conversation's id, or the beginning of it.", show_default=False)]
Words = Annotated[list[str], typer.Argument(help="Words, or their beginnings.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def chat(
    context: typer.Context,
    open_: Annotated[str, typer.Option("--open", metavar="ID", help="Continue a conversation.")] = "",
    last: Annotated[bool, typer.Option("--continue", help="Continue the last conversation.")] = False,
    system: Annotated[str, typer.Option("--system", help="What the model is told before the conversation.")] = "",
    web: Annotated[
        bool, typer.Option("--web", help="Talk on a page in your browser, which only you can open.")
    ] = False,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port of --web on 127.0.0.1; 0 picks a free one.")
    ] = 0,
    no_open: Annotated[bool, typer.Option("--no-open", help="With --web, only print the address.")] = False,
    sets: Sets = None,
) -> None:
    """Talk with a model in the terminal. From a pipe, each line is a message."""
    if context.invoked_subcommand is not None:
        return
    settings = settings_from(sets)
    conversations = Conversations(conversations_file())
    conversation = Conversation(system=system)
    if last and not open_:
        listed = conversations.listed(1)
        open_ = listed[0].id if listed else ""
    if open_:
        conversation = conversations.get(open_)
        conversation = replace(conversation, system=system or conversation.system)
    if web:
        settings = replace(settings, chat=replace(settings.chat, system=system or settings.chat.system))
        on_page(Engine(settings), conversations, port, conversation.id if open_ else "", opens=not no_open)
        return
    engine = Engine(settings)
    from planfirst.lsp import read_permission  # what it imports takes half a second that no other command should wait

    folder = Path.cwd()
    if read_permission.answer(folder):  # what the user said in an editor
        engine.search_in([folder])
    raise SystemExit(talk(engine, conversations, conversation))


@app.command("list", help="List the conversations, the last one first.")
def list_(as_json: AsJson = False) -> None:
    listed = Conversations(conversations_file()).listed(1000)
    _print_json([asdict(one) for one in listed]) if as_json else show(table(listed))


@app.command("show", help="Show a conversation.")
def show_(id: Id) -> None:
    show(as_markdown(Conversations(conversations_file()).get(id)))


@app.command(help="Look for words in all conversations.")
def search(words: Words, as_json: AsJson = False) -> None:
    found = Conversations(conversations_file()).search(" ".join(words), 100)
    _print_json([asdict(one) for one in found]) if as_json else show(table(found))


@app.command("export", help="Write a conversation to a new file, as JSON if that ends in .json, or print it.")
def export_(
    id: Id,
    file: Annotated[Path | None, typer.Argument(help="The file; it must not be there yet.", show_default=False)] = None,
    json_: AsJson = False,
) -> None:
    conversation = Conversations(conversations_file()).get(id)
    if file is None:
        sys.stdout.write(as_json(conversation) if json_ else as_markdown(conversation))
    else:
        export(conversation, str(file.with_suffix(".json") if json_ else file))


@app.command(help="Delete a conversation for good.")
def delete(id: Id, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    conversations = Conversations(conversations_file())
    conversation = conversations.get(id)
    if not yes and not (sys.stdin.isatty() and typer.confirm(f"Delete {conversation.title!r} for good?")):
        raise BadRequest("chat-delete-unconfirmed", id=conversation.id)
    conversations.delete(conversation.id)
    tell(f"{conversation.id} is deleted.")


def _print_json(data: object) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")
