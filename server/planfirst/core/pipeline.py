"""The verbs in order: retrieve, plan, prompt, generate. Each step sends events while it runs."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from planfirst.core.errors import BadRequest
from planfirst.core.limits import Limits as Limits
from planfirst.core.resources import Resources
from planfirst.core.types import (
    Event,
    Goal,
    Outcome,
    SectionName,
    Stage,
    StageName,
    Task,
)
from planfirst.core.work import NamedStage, Work

_LAST: dict[Goal, StageName] = {"plan": "plan", "prompt": "prompt", "generate": "generate"}


@dataclass(frozen=True, slots=True)
class Pipeline(Resources):
    """Turns a task into a plan, an enhanced prompt or code.

    If the retriever fails, you are told, and the work goes on without an example.
    """

    async def run(
        self, task: Task, goal: Goal, leave_out: frozenset[SectionName] = frozenset()
    ) -> AsyncGenerator[Event, None]:
        """Events as they happen; the last one is the `Outcome`.

        ``task.plan``, if set, is used as it is and no planner runs. Cancelling the consumer, or closing this
        generator, stops the model that is at work.

        Raises:
            BadRequest: the request is empty.
            PlanfirstError: a model cannot answer.
        """
        if not task.request.strip():
            raise BadRequest("request-empty")
        work = Work(self, leave_out, Outcome(task, plan=task.plan))
        async with aclosing(self._worked(work, work.stages(_LAST[goal]))) as events:
            async for event in events:
                yield event

    async def read_ahead(self, task: Task) -> None:
        """Lets the model read the first prompt of a request that may come, so that the answer begins sooner.

        Raises:
            PlanfirstError: a model cannot read it.
        """
        await Work(self, frozenset(), Outcome(task, plan=task.plan)).read_ahead()

    async def explained(self, outcome: Outcome) -> AsyncGenerator[Event, None]:
        """The plan that says what an outcome's code does, where the planner plans from drafts; events as of `run`."""
        work = Work(self, frozenset(), outcome)
        stages = work.explaining if outcome.plan is None and outcome.generation and outcome.generation.code else []
        async with aclosing(self._worked(work, stages)) as events:
            async for event in events:
                yield event

    async def _worked(self, work: Work, stages: Sequence[NamedStage]) -> AsyncGenerator[Event, None]:
        try:
            for name, stage in stages:
                yield Stage(name)
                started = time.perf_counter()
                async with aclosing(stage()) as events:
                    async for event in events:
                        yield event
                seconds = time.perf_counter() - started
                work.so_far = replace(work.so_far, seconds={**work.so_far.seconds, name: seconds})
                yield Stage(name, seconds)
        finally:
            work.close()
        yield work.so_far
