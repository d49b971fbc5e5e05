"""Answers requests of one's own by the full pipeline, to be looked at: nothing checks them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from planfirst.core.prompt import PromptBook
from planfirst.core.retrieve import gate
from planfirst.core.types import Task
from planfirst.models import resolve
from planfirst_lab.evaluation.arms import Answerer, Spending
from planfirst_lab.evaluation.checks import Check
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.prepare import limits_of, search
from planfirst_lab.evaluation.retrieval import Hits
from planfirst_lab.evaluation.starter import Options
from planfirst_lab.evaluation.writer import InProcessWriter
from planfirst_lab.parsing import parses


@dataclass(frozen=True, slots=True)
class Sample:
    """One answered request. ``score`` is None, and ``question`` empty, when no example was close enough."""

    request: str
    question: str
    score: float | None
    plan: str
    code: str
    parses: bool


def ask(options: Options, requests: Sequence[str]) -> list[Sample]:
    """Plans and answers each request greedily, with the example that the store has for it.

    Raises:
        PlanfirstError: the model or the store is missing or refused.
    """
    settings = options.settings
    spec = resolve(options.model, settings.planner.context)
    items = [Item(f"own/{n}", Task(text), Check("doctest", ""), "") for n, text in enumerate(requests)]
    found, _ = asyncio.run(search(options.store_folder, settings, items))
    writer = InProcessWriter(spec, settings.planner.threads)
    try:
        answerer = Answerer(writer, PromptBook(), limits_of(settings, spec.profile), Spending())
        return asyncio.run(_answered(answerer, items, found, settings.retriever.gate(spec.profile)))
    finally:
        writer.close()


async def _answered(
    answerer: Answerer, items: Sequence[Item], found: dict[str, Hits], min_score: float
) -> list[Sample]:
    samples: list[Sample] = []
    for item in items:
        hits = found[item.id].store
        example, _ = gate(hits, min_score)
        planned = await answerer.plan(item.task, hits)
        coded = await answerer.code(item.task, hits, planned, shown=True)
        samples.append(
            Sample(
                item.task.request,
                example.pair.question if example else "",
                example.score if example else None,
                planned.plan.numbered() if planned.plan else "",
                coded.code,
                parses(coded.code),
            )
        )
    return samples
