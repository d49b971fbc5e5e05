"""Code actions and code lenses: what the editor offers at a site. They come from the syntax alone, without a model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lsprotocol import types as lsp

from planfirst.lsp.ask import parse_ask
from planfirst.lsp.client import Client
from planfirst.lsp.command_names import REWRITE, TITLES, WRITE_BELOW, Verb, client_command, server_command
from planfirst.lsp.convert import ask_of, location_of
from planfirst.lsp.messages import WireLocation
from planfirst.lsp.session import Session
from planfirst.lsp.snapshot import Snapshot, snapshot
from planfirst.source.placement import place_plan
from planfirst.source.site import Site
from planfirst.words import Message

KIND = "refactor.rewrite.planfirst"
_LARGEST_SCAN = 2000  # lines; a code lens must not make a large file slow


def _command(verb: Verb, location: WireLocation, client: Client) -> lsp.Command:
    """The command behind an entry: our extension's own where that is the client, else one that the server executes."""
    name = client_command(verb) if client.is_ours else server_command(verb)
    return lsp.Command(title=client.words(Message(TITLES[verb])), command=name, arguments=[location])


def _verbs(site: Site) -> tuple[Verb, ...]:
    """What you can do there, the likeliest first."""
    if site.task.plan is not None:
        return ("generateFromPlan", "plan", "showPrompt", "insertPlan")
    return ("generate", "plan", "showPrompt", "insertPlan")


def code_actions(session: Session, client: Client, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    """The entries for a site."""
    document = session.document(params.text_document.uri)
    if document is None or not _is_wanted(params.context.only):
        return []
    before, ask = snapshot(document), ask_of(document.uri, params.range)
    site = before.site(ask.first, ask.last)
    if site is None:
        return []
    later = client.resolves_edits and session.known(site.task) is not None
    return list(_entries(site, location_of(ask.first, ask.last, before), client, later))


def resolve(session: Session, client: Client, action: lsp.CodeAction) -> lsp.CodeAction:
    """The chosen entry, with the edit that inserts the plan."""
    if action.edit is None and isinstance(action.data, dict):
        before, site = session.find(parse_ask(action.data))
        known = session.known(site.task)
        if known is not None:
            action.edit = client.edit(before, place_plan(before.text, site, known.plan, before.language).edits)
    return action


def _entries(site: Site, location: WireLocation, client: Client, later: bool) -> Iterator[lsp.CodeAction]:
    """The entries for a site.

    Args:
        later: the plan is known, and inserting it is a plain edit, which is only computed if that entry is chosen.
    """
    words = client.words
    for verb in _verbs(site):
        may_change = verb == "generate" and site.described is not None
        title = WRITE_BELOW if may_change and not site.task.changed else TITLES[verb]
        action = lsp.CodeAction(title=words(Message(title)), kind=KIND)
        if verb == "insertPlan" and later:
            action.data = location
        else:
            action.command = _command(verb, location, client)
        yield action
        for rewrite in ((True, False) if site.task.changed else (True,)) if may_change else ():
            other = _command(verb, WireLocation(**location, rewrite=rewrite), client)
            yield lsp.CodeAction(title=words(Message(REWRITE if rewrite else WRITE_BELOW)), kind=KIND, command=other)


def _is_wanted(only: Sequence[Any] | None) -> bool:
    """Whether a client that asks for some kinds of code action asks for ours."""
    return not only or any(kind == KIND or KIND.startswith(f"{kind}.") for kind in map(str, map(_value, only)))


def lenses(session: Session, client: Client, uri: str) -> list[lsp.CodeLens]:
    """A lens above each comment that holds a plan."""
    document = session.document(uri)
    if document is None or not session.settings.editor.code_lens:
        return []
    return list(_lenses(snapshot(document), client))


def _lenses(before: Snapshot, client: Client) -> Iterator[lsp.CodeLens]:
    lines = before.text.split("\n")
    line = 0
    while line < min(len(lines), _LARGEST_SCAN):
        site = before.site(line, line) if "Plan:" in lines[line] else None
        if site is not None and site.task.plan is not None:
            at = lsp.Range(lsp.Position(site.first, 0), lsp.Position(site.first, 0))
            location = location_of(site.first, site.last, before)
            yield lsp.CodeLens(at, _command("generateFromPlan", location, client))
            line = max(line, site.last)
        line += 1


def _value(kind: Any) -> Any:
    return getattr(kind, "value", kind)
