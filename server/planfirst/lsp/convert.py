"""Converts our own values to those of the protocol and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types as lsp

from planfirst.core.types import Example, Outcome
from planfirst.likelihood import match
from planfirst.lsp.ask import Ask
from planfirst.lsp.messages import Answer, WireExample, WireKnown, WireLocation, WireNotice, WirePrompt, WireSite
from planfirst.lsp.plan_book import KnownPlan
from planfirst.lsp.snapshot import Snapshot
from planfirst.source.site import Site
from planfirst.words import Message, Words

if TYPE_CHECKING:  # it takes the prompt templates with it, which an editor's first question need not wait for
    from planfirst.lsp.run import Run


def location_of(first: int, last: int, before: Snapshot) -> WireLocation:
    """A command's argument for those lines."""
    lines = {"start": {"line": first, "character": 0}, "end": {"line": last + 1, "character": 0}}
    return WireLocation(uri=before.uri, version=before.version, range=lines)


def ask_of(uri: str, range_: lsp.Range) -> Ask:
    """The lines that a range touches; one that ends at the start of a line does not touch that line."""
    last = range_.end.line
    if last > range_.start.line and range_.end.character == 0:
        last -= 1
    return Ask(uri, range_.start.line, last)


def answer_of(run: Run, words: Words) -> Answer:
    """What a custom request answers."""
    outcome, generation = run.outcome, run.outcome.generation
    return Answer(
        request=outcome.task.request,
        examples=[example_of(example, example is outcome.example) for example in outcome.examples],
        plan=list(outcome.plan.steps) if outcome.plan else [],
        parts=list(outcome.plan.parts) if outcome.plan and generation else [],
        planner=outcome.planner,
        prompt=_prompt_of(outcome),
        code=generation.code if generation else "",
        model=generation.model if generation else "",
        notices=[notice_of(notice, words) for notice in (*outcome.notices, *run.notices)],
        tokensPerSecond=round(run.rate, 1),
        timingsMs={stage: round(seconds * 1000, 1) for stage, seconds in outcome.seconds.items()},
        verdict=run.verdict,
        edit=run.edit,
    )


def notice_of(message: Message, words: Words) -> WireNotice:
    """A notice as data."""
    error = message.args.get("error")
    return WireNotice(code=error.code if isinstance(error, Message) else message.code, text=words(message))


def example_of(example: Example, used: bool) -> WireExample:
    """A retrieved example as data."""
    pair = example.pair
    return WireExample(
        question=pair.question,
        code=pair.code,
        score=round(example.score, 4),
        match=match(example),
        source=pair.source,
        licence=pair.licence,
        place=pair.place,
        used=used,
    )


def site_of(site: Site, known: KnownPlan | None) -> WireSite:
    """A site as data, with the plan that is known for it."""
    return WireSite(
        kind=site.kind,
        first=site.first,
        last=site.last,
        requestLast=site.request_last,
        request=site.task.request,
        plan=list(site.task.plan.steps) if site.task.plan else None,
        known=_known_of(known) if known else None,
    )


def _known_of(known: KnownPlan) -> WireKnown:
    example = example_of(known.example, True) if known.example else None
    return WireKnown(
        steps=list(known.plan.steps),
        parts=list(known.plan.parts),
        planner=known.planner,
        draft=known.plan.is_drafted,
        made=known.made,
        example=example,
    )


def _prompt_of(outcome: Outcome) -> WirePrompt | None:
    prompt = outcome.prompt
    if prompt is None:
        return None
    return WirePrompt(
        system=prompt.system,
        user=prompt.user,
        sections=[{"name": s.name, "text": s.text, "tokens": s.tokens, "trimmed": s.trimmed} for s in prompt.sections],
    )
