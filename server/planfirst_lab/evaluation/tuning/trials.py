"""Makes answers by a profile with the product's own pipeline, checks them, and keeps each in the journal.

Two profiles that differ in nothing that an answer depends on share it: an example that the gate keeps out, or that the
profile does not show, is no example.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from planfirst.core.example_language import suits
from planfirst.core.pipeline import Limits
from planfirst.core.ports import Writer
from planfirst.core.profile import Profile
from planfirst.core.prompt import PromptBook
from planfirst.core.retrieve import worth
from planfirst.core.types import Example, Plan
from planfirst_lab.evaluation.arms import Answerer, Asked, Coded, Planned, Spending
from planfirst_lab.evaluation.checks import Checker
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.journal import Answer, Journal
from planfirst_lab.evaluation.retrieval import Hits
from planfirst_lab.evaluation.runner import TEMPERATURE, id_of
from planfirst_lab.parsing import parses

Clock = Callable[[], float]
_CHECKS = 2  # sandboxes at a time


@dataclass(frozen=True, slots=True)
class Trial:
    """One answer to make.

    Attributes:
        sample: 0 for the greedy answer, else the number of a drawn one.
        drafted: a plan is made from the draft, and that is what is looked at.
    """

    profile: Profile
    item: Item
    sample: int = 0
    drafted: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """What trials are made with; tests make one with stand-ins.

    Attributes:
        streams: how many answers are written at a time.
        clock: seconds, from any beginning.
    """

    writer: Writer
    book: PromptBook
    limits: Limits
    spending: Spending
    journal: Journal
    found: Mapping[str, Hits]
    checker: Checker
    streams: int = 1
    clock: Clock = time.monotonic


class Trials:
    """Makes trials, and knows those that were made."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._checks = asyncio.Semaphore(_CHECKS)

    @property
    def clock(self) -> Clock:
        """What time is told by."""
        return self._world.clock

    def example(self, item: Item) -> Example | None:
        """The best example that the store has for an item, however poor."""
        return max(self._world.found[item.id].store, key=worth, default=None)

    def get(self, trial: Trial) -> Answer | None:
        """The answer, if it was made."""
        item = trial.item
        return self._world.journal.get(self._arm(trial), item.id, item.digest, trial.sample)

    async def make(self, trials: Iterable[Trial], until: float, end: float, done: Callable[[], None]) -> None:
        """Makes what is missing, in order, several at a time.

        Args:
            until: when the last one is begun; ``end``: when those that are not done are given up.
        """
        waiting = iter(trials)

        async def work() -> None:
            for trial in waiting:
                if self.get(trial) is None:
                    if self.clock() >= until:
                        return
                    self._world.journal.add(await self._made(trial))
                done()
                await asyncio.sleep(0)

        try:
            async with asyncio.timeout(max(0.0, end - self.clock())), asyncio.TaskGroup() as group:
                for _ in range(self._world.streams):
                    group.create_task(work())
        except TimeoutError:
            return
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None

    def _arm(self, trial: Trial) -> str:
        """What an answer depends on, besides the model, the templates and the item."""
        profile, example = trial.profile, self._shown(trial.profile, trial.item)
        parts = [profile.name, "begun" if profile.begun else "whole", profile.example if example else "none"]
        if profile.around != "code":
            parts.append(profile.around)
        if trial.drafted:
            parts.append("draft")
        elif profile.plan == "first":
            parts.append(f"first-{profile.plan_tokens}")
        return ".".join(parts)

    def _shown(self, profile: Profile, item: Item) -> Example | None:
        if profile.example == "none":
            return None
        hits = [one for one in self._world.found[item.id].store if suits(one, item.task.language)]
        return self._limits(profile).gate(item.task, hits)[0]

    def _limits(self, profile: Profile) -> Limits:
        return replace(self._world.limits, min_score=profile.min_score, stub_score=profile.stub_score)

    async def _made(self, trial: Trial) -> Answer:
        world, profile, item = self._world, trial.profile, trial.item
        spending = replace(world.spending, plan=min(profile.plan_tokens, world.spending.total // 2))
        answerer = Answerer(Asked(world.writer, profile), world.book, self._limits(profile), spending)
        hits = world.found[item.id].store
        if trial.drafted:
            planned = await answerer.plan(item.task, hits)
            code = planned.plan.draft if planned.plan else ""
            says = planned.plan is not None and _says_something(planned.plan)
            return self._answer(trial, planned, Coded(code, 0, 0.0), says, "" if says else "its steps say nothing")
        first = await answerer.plan(item.task, hits, first=True) if profile.plan == "first" else None
        shown = profile.example != "none"
        warmth = TEMPERATURE if trial.sample else 0.0
        coded = await answerer.code(item.task, hits, first, shown, warmth, trial.sample)
        program = item.program(coded.code) if coded.code.strip() else ""
        async with self._checks:
            verdict = await asyncio.to_thread(world.checker, program, item.check)
        return self._answer(trial, first, coded, verdict.passed, verdict.error)

    def _answer(self, trial: Trial, planned: Planned | None, coded: Coded, passed: bool, error: str) -> Answer:
        item, example = trial.item, self._shown(trial.profile, trial.item)
        return Answer(
            arm=self._arm(trial),
            item=item.id,
            digest=item.digest,
            sample=trial.sample,
            request=item.task.request,
            example=id_of(example.pair) if example else "",
            question=example.pair.question if example else "",
            score=round(example.score, 4) if example else None,
            plan=planned.plan.numbered() if planned and planned.plan else "",
            plan_tokens=planned.tokens if planned else 0,
            plan_seconds=round(planned.seconds, 4) if planned else None,
            code=coded.code,
            tokens=coded.tokens,
            seconds=round(coded.seconds, 4),
            parses=bool(coded.code.strip()) and parses(item.program(coded.code)),
            passed=passed,
            renamed=False,
            error=error,
        )


def _says_something(plan: Plan) -> bool:
    """Whether more than half of the steps say something else than their first line of code, and than each other."""
    said = set()
    for step, part in zip(plan.steps, plan.parts, strict=False):
        first = next((line.strip() for line in part.splitlines() if line.strip()), "")
        if step.casefold() != first.casefold() and len(step.split()) > 1:
            said.add(step.casefold())
    return 2 * len(said) > len(plan.steps)
