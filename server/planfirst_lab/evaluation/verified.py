"""Answers as verified generation does in the editor: checked by what the request shows, and tried again if that fails.

The first attempt is the answer of the arm ``full``: the same search, the same plan, the same prompt and limits. What
measures the answer afterwards is never shown to it. All attempts together keep to the budget that every arm has.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from planfirst.core.ports import Sandbox
from planfirst.core.types import Example, Text
from planfirst.source.examples import checks_in
from planfirst.verify.attempt import Attempt, Budget, best
from planfirst.verify.destination import Destination
from planfirst.verify.verification import verification
from planfirst_lab.evaluation.arms import Answerer, Coded, Planned
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.placing import site_of
from planfirst_lab.evaluation.retrieval import Hits

_SECONDS = 3600.0  # tokens end the attempts, and not a clock, which would not give the same twice
_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Verified:
    """The best attempt; ``coded`` bears the cost of all of them. ``said`` is what the product says of it."""

    planned: Planned | None
    coded: Coded
    attempts: int
    said: str


Verifier = Callable[[Item, Hits, float, int], Awaitable[Verified]]


def verifier(answerer: Answerer, sandbox: Sandbox) -> Verifier:
    """Answers an item from the hits of its searches, at a temperature and under a seed."""

    async def answer(item: Item, hits: Hits, temperature: float, seed: int) -> Verified:
        destination = Destination(item.file, site_of(item.file, item.line)) if item.file else Destination()
        found = await verification(item.task, destination, _given(sandbox), trusted=True, permit=_yes)
        # ahead, so that it can be counted
        planned = await answerer.plan(item.task, hits.store) if answerer.plans_first else None
        pipeline = answerer.pipeline(hits.store, answerer.limits_after(planned, temperature, seed))
        pipeline = replace(pipeline, retriever=_Searched(hits, found.prose))
        tries = found.attempts(
            pipeline,
            replace(item.task, plan=planned.plan if planned else None),
            Budget(_SECONDS, pipeline.limits.code_tokens, _ATTEMPTS),
            leave_out=frozenset() if planned and planned.plan else frozenset({"plan"}),
            seed=seed,
        )
        made, began, first = list[Attempt](), perf_counter(), None
        async with aclosing(tries) as events:
            async for event in events:
                if isinstance(event, Text) and first is None:
                    first = perf_counter() - began
                elif isinstance(event, Attempt):
                    made.append(event)
        chosen = best(made)
        assert chosen.outcome.generation is not None  # the goal was to generate
        coded = Coded(
            chosen.outcome.generation.code, sum(one.tokens for one in made), sum(one.seconds for one in made), first
        )
        verdict = chosen.verdict
        said = "only read" if verdict.status == "read" else verdict.status
        return Verified(planned, coded, len(made), said)

    return answer


def prose_of(item: Item) -> str:
    """The request without the examples in it; empty where it has none, or is nothing else."""
    found = checks_in(item.task.request)
    return found.prose if found.checks and found.prose != item.task.request else ""


class _Searched:
    """A retriever whose searches are done: for the request, and for the words of it alone."""

    def __init__(self, hits: Hits, words: str) -> None:
        self._hits, self._words = hits, words

    async def search(self, query: str, count: int) -> list[Example]:
        prose = self._hits.prose if query == self._words else None
        return list(self._hits.store if prose is None else prose)[:count]


def _given(sandbox: Sandbox) -> Callable[[Sequence[Path]], Awaitable[Sandbox]]:
    async def get(packages: Sequence[Path]) -> Sandbox:
        return sandbox

    return get


async def _yes(checks: bool) -> bool:
    return True
