"""The hover: a known plan as Markdown. It never starts a model."""

from __future__ import annotations

import json
import time
from urllib.parse import quote

from planfirst.core.plan import as_markdown
from planfirst.core.types import Example, Plan
from planfirst.likelihood import match
from planfirst.lsp.messages import Place, Verb, client_command
from planfirst.lsp.plan_book import KnownPlan

_LINKS: dict[Verb, str] = {
    "generate": "Generate",
    "insertPlan": "Insert plan",
    "showPrompt": "Show prompt",
    "plan": "Plan again",
}


def of_known_plan(known: KnownPlan, place: Place, ours: bool) -> str:
    """A plan that was made, with its example, score, model and age."""
    parts = ["**Plan**", as_markdown(known.plan)]
    parts.append(_example(known.example) if known.example else "_No similar question was close enough to be used._")
    parts.append(f"Planned by {known.planner or 'you'}, {_age(time.time() - known.made)}.")
    if ours:
        parts.append(" · ".join(_link(title, verb, place) for verb, title in _LINKS.items()))
    return "\n\n".join(parts)


def of_plan_in_file(plan: Plan, place: Place, ours: bool) -> str:
    """The plan that stands in the comment."""
    parts = ["**Plan in this comment**", as_markdown(plan)]
    if ours:
        parts.append(_link("Generate from this plan", "generateFromPlan", place))
    return "\n\n".join(parts)


def of_no_plan(place: Place) -> str:
    """An offer to plan; only for a client that can follow the link."""
    return " · ".join([_link("Plan", "plan", place), _link("Plan and generate", "generate", place)])


def _example(example: Example) -> str:
    pair = example.pair
    question = pair.question.replace("[", "\\[").replace("]", "\\]")
    found = match(example)
    said = f"score {example.score:.2f}" if found == "none" else f"{found}, score {example.score:.2f}"
    return f"Similar question ({said}): {question}  \n{pair.source}, {pair.licence}, `{pair.place}`"


def _link(title: str, verb: Verb, place: Place) -> str:
    return f"[{title}](command:{client_command(verb)}?{quote(json.dumps([place]))})"


def _age(seconds: float) -> str:
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"
