"""Tries candidates until one passes its checks or the budget is spent.

The first candidate is what would be written without any check: the same prompt, so the same code. When it passes,
nothing else is drawn, so checking costs no more than the check. Else the model answers in its own words where its
answer was begun for it; then it is tried without the plan, with other examples or without one, where the model can
follow that, with the failing check fed back, and at last at random. A model whose profile says so writes several of
them at once; all end as soon as one holds.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING

from planfirst.core.errors import PlanfirstError
from planfirst.core.generate import REMARKS, without_remarks
from planfirst.core.retrieve import gate
from planfirst.core.types import CodeSoFar, Event, Example, Outcome, Plan, SectionName, Stage, Task, Text
from planfirst.verify import repair
from planfirst.verify.assessment import Assessment, Fit, Judge, of_a_part
from planfirst.verify.attempt import Attempt, Budget, Checking, Trying, best
from planfirst.verify.candidates import Candidate, drawn, merged, others
from planfirst.verify.side_by_side import side_by_side
from planfirst.words import Message

if TYPE_CHECKING:  # it takes the prompt templates with it, which an editor's first question need not wait for
    from planfirst.core.pipeline import Pipeline

Complete = Callable[[str, Outcome], str]
_LEAST_TOKENS = 16  # fewer make no code
_PLAN: frozenset[SectionName] = frozenset({"plan"})


async def attempts(
    pipeline: Pipeline,
    task: Task,
    judge: Judge,
    budget: Budget,
    *,
    seed: int = 0,
    leave_out: frozenset[SectionName] = frozenset(),
    search: str = "",
    keep_plan: bool = False,
    fit: Fit | None = None,
    complete: Complete | None = None,
) -> AsyncGenerator[Event | Trying | Checking | Attempt, None]:
    """Every attempt as it is made, and between them what happens; no `Outcome` by itself. The last is not the best.

    Where the planner plans from drafts, the outcomes have no plan yet: see `Pipeline.explained`.

    Closing this generator, or cancelling who reads it, stops the model or the check that is at work. The same seed
    gives the same attempts as long as the clock does not end them.

    Args:
        judge: says what a code is worth. It must stand on what the user can see, never on what measures the result.
        seed: of the candidates that are drawn at random.
        search: what other examples are looked for with, beside the request, once the first attempt has failed.
        keep_plan: the task's plan is the user's own, and no attempt goes without it.
        fit: gives a code that fails another form, which is then judged in its place; None where there is none.
        complete: gives a code what it takes from the example and the declarations that its model was shown.

    Raises:
        PlanfirstError: the first attempt cannot be made; later ones are given up in silence.
    """
    run = _Run(pipeline, task, judge, budget, seed, leave_out, search, keep_plan, fit, complete)
    async with aclosing(run.first()) as events:
        async for event in events:
            yield event
    if run.goes_on():
        await run.look_further()
    while run.goes_on():
        chosen = run.next_round()
        if not chosen:
            return
        events = run.again(*chosen[0]) if len(chosen) == 1 else run.together(chosen)
        async with aclosing(events) as later:
            async for event in later:
                yield event


@dataclass
class _Run:
    pipeline: Pipeline
    task: Task
    judge: Judge
    budget: Budget
    seed: int
    leave_out: frozenset[SectionName]
    search: str
    keep_plan: bool
    fit: Fit | None
    complete: Complete | None
    made: list[Attempt] = field(default_factory=list)
    begun: float = field(default_factory=time.monotonic)
    repairs: int = 0

    def __post_init__(self) -> None:
        self._assessment = Assessment(self.judge, self.fit)
        self._waiting: Iterator[Candidate] = iter(())
        self._tried = 0

    # ------------------------------------------------------------------ what is next

    @property
    def tokens_left(self) -> int:
        return self.budget.tokens - sum(attempt.tokens for attempt in self.made)

    @property
    def seconds_left(self) -> float:
        return self.budget.seconds - (time.monotonic() - self.begun)

    def goes_on(self) -> bool:
        """Whether the best so far leaves something to wish for, and there is budget left."""
        verdict = best(self.made).verdict
        return (
            (verdict.status == "failed" or verdict.again)
            and self._tried < self.budget.attempts
            and self.tokens_left >= _LEAST_TOKENS
            and self.seconds_left > 0
        )

    def next_round(self) -> list[tuple[Candidate, Attempt | None]]:
        """The next candidates, as many as the model writes at once; with those that mend one, the attempt they mend.

        No more than the tokens that are left would do for, if each took as many as the first attempt.
        """
        most = min(self.pipeline.generator.profile.candidates, self.budget.attempts - self._tried)
        most = max(1, min(most, self.tokens_left // max(1, self.made[0].tokens)))
        chosen: list[tuple[Candidate, Attempt | None]] = []
        while len(chosen) < most:
            candidate, of = self.next(early=most > 1)
            if candidate is None:
                break
            chosen.append((candidate, of))
        return chosen

    def next(self, early: bool = False) -> tuple[Candidate | None, Attempt | None]:
        """The next candidate; with the attempt that it mends, if it does that.

        Args:
            early: the first failure is mended at once, and not only after another way was tried.
        """
        failed = best(self.made)
        soon = len(self.made) < 2 and not early
        if self._copies or soon or self.repairs >= repair.MOST or not failed.outcome.generation:
            return next(self._waiting, None), None
        if self.repairs and not self._got_better():
            return next(self._waiting, None), None
        self.repairs += 1
        used = failed.outcome
        return Candidate(Message("how-fed-back"), used.example, self._follows_plan, mends=True), failed

    def _got_better(self) -> bool:
        """Whether the last repair holds more than all before it."""
        mended = [attempt for attempt in self.made if attempt.mends]
        before = self.made[: self.made.index(mended[-1])] if mended else self.made
        return bool(mended) and mended[-1].verdict.rank > best(before).verdict.rank

    @property
    def _follows_plan(self) -> bool:
        """Whether the plan of the first attempt was there before its code, and is followed by it."""
        plan = self.task.plan or self.made[0].outcome.plan
        return self.keep_plan or (plan is not None and not plan.draft)

    @property
    def _copies(self) -> bool:
        return self.pipeline.generator.profile.copies  # such a model was not made to mend code

    # ------------------------------------------------------------------ making them

    async def first(self) -> AsyncGenerator[Event | Trying | Checking | Attempt, None]:
        """The attempt that would be made without any check."""
        yield self._trying(None)
        started, outcome = time.monotonic(), None
        # A plan that says what the code does waits until it is known which code is offered.
        late = self.task.plan is None and self.pipeline.planner.profile.plan == "draft"
        off = self.leave_out | _PLAN if late else self.leave_out
        async with aclosing(self.pipeline.run(self.task, "generate", off)) as events:
            async for event in events:
                if isinstance(event, Outcome):
                    outcome = event
                else:
                    yield event
        assert outcome is not None  # the last event of a run
        yield Checking(1)
        yield await self._take(1, None, outcome, started, self.task.plan is None)

    async def look_further(self) -> None:
        """Finds the other ways to try; to be called once, after the first attempt."""
        first, limits = self.made[0].outcome, self.pipeline.limits
        fits = merged(first.examples, await self._searched())
        if not self._copies:  # a poor example costs a model that copies one attempt, and others more than that
            fits = [one for one in fits if gate([one], limits.min_score)[0] is not None]
        profile, carried = self.pipeline.generator.profile, _is_carried_over(self.made[0])
        self._waiting = chain(
            others(first, fits, self._follows_plan, self.keep_plan, self.leave_out, profile, carried),
            drawn(first, self._follows_plan, self.keep_plan, self.leave_out, limits.seed + self.seed),
        )

    async def _searched(self) -> list[Example]:
        """What is found with the other words."""
        if not self.search or "example" in self.leave_out:
            return []
        looking = self.pipeline.retriever.search(self.search, self.pipeline.limits.examples)
        try:
            return await asyncio.wait_for(looking, max(self.seconds_left, 0))
        except (TimeoutError, PlanfirstError):
            return []

    async def again(
        self, candidate: Candidate, of: Attempt | None, share: int = 1
    ) -> AsyncGenerator[Event | Trying | Checking | Attempt, None]:
        """One more attempt; none comes of it when the time is over before it is written, or its model fails.

        Args:
            share: among how many attempts the tokens that are left are shared.
        """
        trying = self._trying(candidate.how)
        yield trying
        number, started, outcome = trying.number, time.monotonic(), None
        pipeline = candidate.pipeline(self.pipeline, max(_LEAST_TOKENS, self.tokens_left // share))
        events = pipeline.run(self._task(candidate, of), "generate", candidate.leave_out(self.leave_out))
        async with aclosing(events):
            try:
                while not isinstance(outcome, Outcome):
                    outcome = await asyncio.wait_for(anext(events), max(self.seconds_left, 0))
                    if isinstance(outcome, Text | CodeSoFar) or (
                        isinstance(outcome, Stage) and outcome.name == "generate"
                    ):
                        yield outcome
            except (TimeoutError, PlanfirstError):
                return
        yield Checking(number)
        first = self.made[0].outcome
        outcome = replace(
            outcome,
            task=self.task,
            examples=_with(first.examples, outcome.example),
            planner=first.planner if outcome.plan else "",
            notices=(*without_remarks(first.notices), *(one for one in outcome.notices if one.code in REMARKS)),
            seconds={**first.seconds, "generate": outcome.seconds["generate"]},
        )
        yield await self._take(number, candidate.how, outcome, started, False, candidate.mends)

    async def together(
        self, chosen: Sequence[tuple[Candidate, Attempt | None]]
    ) -> AsyncGenerator[Event | Trying | Checking | Attempt, None]:
        """Several attempts at once. What they write is not told, since it would be read as one text."""
        async with aclosing(side_by_side([self.again(*one, share=len(chosen)) for one in chosen])) as events:
            async for event in events:
                if not isinstance(event, Text | CodeSoFar):
                    yield event
                if isinstance(event, Attempt) and event.verdict.status == "passed":
                    return

    def _task(self, candidate: Candidate, of: Attempt | None) -> Task:
        plan = (self.task.plan or self.made[0].outcome.plan) if candidate.plan else None
        if plan and plan.is_drafted:
            plan = Plan(plan.steps)  # its code is what failed
        task = replace(self.task, plan=plan)
        if of is None or of.outcome.generation is None:
            return task
        return repair.repaired(task, of.outcome.generation.code, of.verdict)

    def _trying(self, how: Message | None) -> Trying:
        self._tried += 1
        return Trying(self._tried, how, max(0.0, self.seconds_left), max(0, self.tokens_left))

    async def _take(
        self, number: int, how: Message | None, outcome: Outcome, started: float, planned: bool, mends: bool = False
    ) -> Attempt:
        """Judges what was written and keeps it."""
        made = outcome.generation
        assert made is not None  # the goal was to generate
        code, verdict = await self._assessment.of(self.complete(made.code, outcome) if self.complete else made.code)
        (tokens,) = await self.pipeline.generator.count([made.raw])
        if planned and outcome.plan:
            tokens += (await self.pipeline.planner.count([outcome.plan.numbered()]))[0]
        if made.is_cut:
            verdict = of_a_part(verdict)
            outcome = replace(outcome, notices=without_remarks(outcome.notices))
        outcome = replace(outcome, generation=replace(made, code=code))
        seconds = time.monotonic() - started
        self.made.append(Attempt(number, how, outcome, verdict, tokens, seconds, mends))
        return self.made[-1]


def _is_carried_over(attempt: Attempt) -> bool:
    """Whether a code is said to lack a name that stands in its example."""
    said, example = attempt.verdict.output, attempt.outcome.example
    faults = said if isinstance(said, tuple) else (said,)
    names = [str(one.args["name"]) for one in faults if isinstance(one, Message) and "name" in one.args]
    return example is not None and any(re.search(rf"\b{re.escape(name)}\b", example.pair.code) for name in names)


def _with(examples: tuple[Example, ...], used: Example | None) -> tuple[Example, ...]:
    """The hits that the user is shown, and the one that was used in any case."""
    return examples if used is None or any(one is used for one in examples) else (used, *examples)
