"""The hover: a known plan as Markdown. It never starts a model."""

from __future__ import annotations

import json
import time
from urllib.parse import quote

from lsprotocol import types as lsp

from planfirst.core.plan import as_markdown, inert
from planfirst.core.types import Example, Plan
from planfirst.likelihood import Match, match
from planfirst.lsp.client import Client
from planfirst.lsp.command_names import TITLES, Verb, client_command
from planfirst.lsp.convert import location_of
from planfirst.lsp.messages import WireLocation
from planfirst.lsp.plan_book import KnownPlan
from planfirst.lsp.session import Session
from planfirst.lsp.snapshot import snapshot
from planfirst.words import Message, Words

LINKS: dict[Verb, str] = {
    "generate": "link-generate",
    "insertPlan": "link-insert-plan",
    "showPrompt": "link-show-prompt",
    "plan": "link-plan-again",
}
_MATCHES: dict[Match, str] = {"close match": "hover-close", "related": "hover-related", "none": "hover-score"}


def hover(session: Session, client: Client, uri: str, line: int) -> lsp.Hover | None:
    """What is known at a line; None if that is nothing, or if you switched hovers off."""
    document = session.document(uri)
    if document is None or not session.settings.editor.hover:
        return None
    before = snapshot(document)
    site = before.site(line, line)
    if site is None:
        return None
    location = location_of(site.first, site.last, before)
    if site.task.plan is not None:
        text = _of_plan_in_file(site.task.plan, location, client)
    elif (known := session.known(site.task)) is not None:
        text = _of_known_plan(known, location, client)
    elif client.is_ours:
        text = _of_no_plan(location, client)
    else:
        return None
    return lsp.Hover(contents=lsp.MarkupContent(lsp.MarkupKind.Markdown, text))


def _of_known_plan(known: KnownPlan, location: WireLocation, client: Client) -> str:
    """A plan that was made, with its example, score, model and age."""
    words = client.words
    parts = [f"**{words(Message('hover-plan'))}**", as_markdown(known.plan)]
    parts.append(_example(known.example, words) if known.example else f"_{words(Message('hover-no-example'))}_")
    age = _age(time.time() - known.made)
    planned = "hover-planner-draft" if known.plan.is_drafted else "hover-planner"
    parts.append(
        words(Message(planned, model=known.planner, age=age) if known.planner else Message("hover-own", age=age))
    )
    if client.is_ours:
        parts.append(" · ".join(_link(words(Message(title)), verb, location) for verb, title in LINKS.items()))
    return "\n\n".join(parts)


def _of_plan_in_file(plan: Plan, location: WireLocation, client: Client) -> str:
    """The plan that stands in the comment."""
    parts = [f"**{client.words(Message('hover-plan-in-comment'))}**", as_markdown(plan)]
    if client.is_ours:
        parts.append(_link(client.words(Message(TITLES["generateFromPlan"])), "generateFromPlan", location))
    return "\n\n".join(parts)


def _of_no_plan(location: WireLocation, client: Client) -> str:
    """An offer to plan; only for a client that can follow the link."""
    words = client.words
    return " · ".join(
        [
            _link(words(Message("link-plan")), "plan", location),
            _link(words(Message("link-plan-and-generate")), "generate", location),
        ]
    )


def _example(example: Example, words: Words) -> str:
    pair = example.pair
    title = words(Message(_MATCHES[match(example)], score=f"{example.score:.2f}"))
    return f"{title}: {inert(pair.question)}  \n{inert(pair.source)}, {inert(pair.licence)}, {inert(pair.place)}"


def _link(title: str, verb: Verb, location: WireLocation) -> str:
    return f"[{title}](command:{client_command(verb)}?{quote(json.dumps([location]))})"


def _age(seconds: float) -> Message:
    for size, code in ((86400, "age-days"), (3600, "age-hours"), (60, "age-minutes")):
        if seconds >= size:
            return Message(code, count=int(seconds // size))
    return Message("age-now")
