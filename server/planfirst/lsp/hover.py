"""The hover: a known plan as Markdown. It never starts a model."""

from __future__ import annotations

import json
import time
from urllib.parse import quote

from lsprotocol import types as lsp

from planfirst.core.plan import as_markdown
from planfirst.core.types import Example, Plan
from planfirst.likelihood import match
from planfirst.lsp.client import Client
from planfirst.lsp.convert import place_of
from planfirst.lsp.messages import Place, Verb, client_command
from planfirst.lsp.plan_book import KnownPlan
from planfirst.lsp.session import Session
from planfirst.lsp.snapshot import snapshot
from planfirst.lsp.words import Words

LINKS: dict[Verb, str] = {
    "generate": "Generate",
    "insertPlan": "Insert plan",
    "showPrompt": "Show prompt",
    "plan": "Plan again",
}


def hover(session: Session, client: Client, uri: str, line: int) -> lsp.Hover | None:
    """What is known at a line; None if that is nothing, or the user wants no hovers."""
    document = session.document(uri)
    if document is None or not session.settings.editor.hover:
        return None
    before = snapshot(document)
    spot = before.spot(line, line)
    if spot is None:
        return None
    place = place_of(spot.first, spot.last, before)
    if spot.task.plan is not None:
        text = _of_plan_in_file(spot.task.plan, place, client)
    elif (known := session.known(spot.task)) is not None:
        text = _of_known_plan(known, place, client)
    elif client.is_ours:
        text = _of_no_plan(place, client)
    else:
        return None
    return lsp.Hover(contents=lsp.MarkupContent(lsp.MarkupKind.Markdown, text))


def _of_known_plan(known: KnownPlan, place: Place, client: Client) -> str:
    """A plan that was made, with its example, score, model and age."""
    words = client.words
    parts = [f"**{words('Plan')}**", as_markdown(known.plan)]
    nothing = "No similar question was close enough to be used."
    parts.append(_example(known.example, words) if known.example else f"_{words(nothing)}_")
    age = words(_age(time.time() - known.made))
    parts.append(words(f"Planned by {known.planner}, {age}." if known.planner else f"Written by you, {age}."))
    if client.is_ours:
        parts.append(" · ".join(_link(words(title), verb, place) for verb, title in LINKS.items()))
    return "\n\n".join(parts)


def _of_plan_in_file(plan: Plan, place: Place, client: Client) -> str:
    """The plan that stands in the comment."""
    parts = [f"**{client.words('Plan in this comment')}**", as_markdown(plan)]
    if client.is_ours:
        parts.append(_link(client.words("Generate from this plan"), "generateFromPlan", place))
    return "\n\n".join(parts)


def _of_no_plan(place: Place, client: Client) -> str:
    """An offer to plan; only for a client that can follow the link."""
    words = client.words
    return " · ".join([_link(words("Plan"), "plan", place), _link(words("Plan and generate"), "generate", place)])


def _example(example: Example, words: Words) -> str:
    pair = example.pair
    question = pair.question.replace("[", "\\[").replace("]", "\\]")
    found = match(example)
    said = words(f"score {example.score:.2f}" if found == "none" else f"{found}, score {example.score:.2f}")
    return f"{words('Similar question')} ({said}): {question}  \n{pair.source}, {pair.licence}, `{pair.place}`"


def _link(title: str, verb: Verb, place: Place) -> str:
    return f"[{title}](command:{client_command(verb)}?{quote(json.dumps([place]))})"


def _age(seconds: float) -> str:
    for size, words in ((86400, "{} d ago"), (3600, "{} h ago"), (60, "{} min ago")):
        if seconds >= size:
            return words.format(int(seconds // size))
    return "just now"
