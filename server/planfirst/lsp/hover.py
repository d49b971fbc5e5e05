"""The hover: a known plan as Markdown. It never starts a model."""

from __future__ import annotations

import json
import time
from urllib.parse import quote

from planfirst.core.plan import as_markdown
from planfirst.core.types import Example, Plan
from planfirst.likelihood import match
from planfirst.lsp.actions import Wording
from planfirst.lsp.messages import Place, Verb, client_command
from planfirst.lsp.plan_book import KnownPlan
from planfirst.lsp.words import Words

LINKS: dict[Verb, str] = {
    "generate": "Generate",
    "insertPlan": "Insert plan",
    "showPrompt": "Show prompt",
    "plan": "Plan again",
}


def of_known_plan(known: KnownPlan, place: Place, wording: Wording) -> str:
    """A plan that was made, with its example, score, model and age."""
    words = wording.words
    parts = [f"**{words('Plan')}**", as_markdown(known.plan)]
    nothing = "No similar question was close enough to be used."
    parts.append(_example(known.example, words) if known.example else f"_{words(nothing)}_")
    age = words(_age(time.time() - known.made))
    parts.append(words(f"Planned by {known.planner}, {age}." if known.planner else f"Written by you, {age}."))
    if wording.ours:
        parts.append(" · ".join(_link(words(title), verb, place) for verb, title in LINKS.items()))
    return "\n\n".join(parts)


def of_plan_in_file(plan: Plan, place: Place, wording: Wording) -> str:
    """The plan that stands in the comment."""
    parts = [f"**{wording.words('Plan in this comment')}**", as_markdown(plan)]
    if wording.ours:
        parts.append(_link(wording.words("Generate from this plan"), "generateFromPlan", place))
    return "\n\n".join(parts)


def of_no_plan(place: Place, wording: Wording) -> str:
    """An offer to plan; only for a client that can follow the link."""
    words = wording.words
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
