"""The decisions that make a profile, in an order that spends little: each one builds on those before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, cast

from planfirst.core.profile import ExampleForm, PlanForm, Profile
from planfirst.core.retrieve import worth
from planfirst_lab.evaluation.items import Item
from planfirst_lab.evaluation.tuning.choice import (
    LEAST,
    Decision,
    Option,
    better_than,
    halved,
    prefer,
    settled,
    tokens_of,
)
from planfirst_lab.evaluation.tuning.trials import Trial, Trials
from planfirst_lab.statistics import mean

GATES = (0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1)
PLANS = (60, 90, 120, 160, 192, 256)
_LONGEST_PLAN = 192  # that is let run, to see how long plans get
_HELD = 0.95  # of the plans must fit
_LOOKS = (10, 24)  # tasks after which it is seen whether more are needed
_DRAFTS = 10  # of which the plans are looked at
_DRAWN = 3
_FAILED = 12  # tasks for which more answers are drawn
# The part of the time after which each decision must be over; what one leaves, the next have.
_SHARES = {"begun": 0.25, "example": 0.55, "min_score": 0.72, "plan": 0.92, "candidates": 1.0}

Likeness = Literal["close", "related", "none", ""]


@dataclass(frozen=True, slots=True)
class Task:
    """An item of the development set, and what the store has for it."""

    item: Item
    example: Likeness


class Progress(Protocol):
    """What hears how it goes."""

    def begins(self, field: str, trials: int) -> None:
        """A decision begins, which needs so many answers at most."""
        ...

    def goes_on(self) -> None:
        """One more answer is there."""
        ...

    def decided(self, decision: Decision) -> None:
        """A decision was made."""
        ...


class Tuning:
    """Decides one field after another.

    Args:
        base: the profile to begin with.
        begins: whether an answer can be begun for this model.
        seconds: that it may take.
    """

    def __init__(
        self, trials: Trials, tasks: Sequence[Task], base: Profile, begins: bool, seconds: float, progress: Progress
    ) -> None:
        self._trials, self._tasks, self._progress = trials, tasks, progress
        self._base, self._begins, self._seconds = base, begins, seconds
        self._began = trials.clock()
        self._end = self._began + seconds
        self.decisions: list[Decision] = []

    async def run(self) -> Profile:
        """The profile; the decisions are in ``decisions``."""
        profile = self._base if self._begins else replace(self._base, begun=False)
        if self._begins:
            profile = await self._begun(profile)
        profile = await self._example(profile)
        if profile.example != "none":
            profile = await self._gates(profile)
        profile = await self._plan(profile)
        return await self._candidates(profile)

    async def _begun(self, profile: Profile) -> Profile:
        """On functions with a docstring and no body where there are enough, without an example."""
        stubs = [task.item for task in self._tasks if task.item.task.stub]
        items = stubs if len(stubs) >= LEAST else [task.item for task in self._tasks]
        bare = replace(profile, example="none", plan="none")
        ways = {"begun": replace(bare, begun=True), "whole": replace(bare, begun=False)}
        chosen = await self._compare("begun", ways, items, "begun" if profile.begun else "whole")
        return replace(profile, begun=chosen == "begun")

    async def _example(self, profile: Profile) -> Profile:
        """On tasks for which the store has something close, whatever its score."""
        items = [task.item for task in self._tasks if task.example == "close" and self._worth(task.item) >= GATES[0]]
        forms: tuple[ExampleForm, ...] = ("none", "inline", "turn")
        ways: dict[str, Profile] = {form: replace(_open(profile), example=form) for form in forms}
        chosen = await self._compare("example", ways, items, profile.example)
        return replace(profile, example=cast(ExampleForm, chosen))

    async def _gates(self, profile: Profile) -> Profile:
        """On all tasks for which something was found, the related ones first: they are what a gate is for."""
        order = {"related": 0, "close": 1}
        tasks = sorted(self._tasks, key=lambda task: order.get(task.example, 2))
        items = [task.item for task in tasks if self._worth(task.item) >= GATES[0]]
        ways = {"with": _open(profile), "without": replace(_open(profile), example="none")}
        await self._make("min_score", [Trial(way, item) for item in items for way in ways.values()])
        rights = self._rights(ways, items)
        new = [(self._worth(item), one, other) for item, (one, other) in rights if not item.task.stub]
        declared = [(self._worth(item), one, other) for item, (one, other) in rights if item.task.stub]
        profile = replace(profile, min_score=self._gate("min_score", profile.min_score, new))
        return replace(profile, stub_score=self._gate("stub_score", profile.stub_score, declared))

    def _gate(self, field: str, now: float, both: Sequence[tuple[float, bool, bool]]) -> float:
        """The gate that lets the right answers through, of those with and without the example, by its score."""
        if len(both) < LEAST:
            self._too_few(field, f"{now:g}", len(both), self._base)
            return now

        def at(least: float) -> Option:
            return Option(f"{least:g}", tuple(one if score >= least else other for score, one, other in both))

        options = [at(least) for least in sorted({*GATES, now}, key=lambda least: abs(least - now))]
        kept, says, told = better_than(options[0], max(options, key=lambda one: one.right))
        shown_in_order = tuple(sorted(options, key=lambda one: float(one.value)))
        self._decide(Decision(field, kept.value, says, told, shown_in_order))
        return float(kept.value)

    async def _plan(self, profile: Profile) -> Profile:
        """First, or from the draft of the code, which then is the same as without a plan; or none at all."""
        items = [task.item for task in self._tasks]
        first = replace(profile, plan="first", plan_tokens=_LONGEST_PLAN)
        ways = {"draft": replace(profile, plan="draft"), "first": first}
        chosen = await self._compare("plan", ways, items, profile.plan)
        if chosen == "first":
            return self._plan_tokens(replace(profile, plan="first"), first, items)
        if chosen == "draft" and self._begins:  # its steps are written behind a beginning, too
            return await self._drafted(replace(profile, plan="draft"), items)
        return replace(profile, plan=cast(PlanForm, chosen))

    def _plan_tokens(self, profile: Profile, first: Profile, items: Sequence[Item]) -> Profile:
        """The least limit that nearly all plans keep to."""
        made = [answer.plan_tokens for item in items if (answer := self._trials.get(Trial(first, item)))]
        if len(made) < LEAST:
            return self._too_few("plan_tokens", str(profile.plan_tokens), len(made), profile)
        least = next((most for most in PLANS if mean([float(n <= most) for n in made]) >= _HELD), PLANS[-1])
        says = f"{sum(n <= least for n in made)} of {len(made)} plans have no more than {least} tokens."
        self._decide(Decision("plan_tokens", str(least), says, told=True))
        return replace(profile, plan_tokens=least)

    async def _drafted(self, profile: Profile, items: Sequence[Item]) -> Profile:
        """Whether the model can say what its code does: else its plans are of no use to anybody."""
        trials = [Trial(profile, item, drafted=True) for item in items[:_DRAFTS]]
        await self._trials.make(trials, self._until("plan"), self._end, self._progress.goes_on)
        made = [answer for trial in trials if (answer := self._trials.get(trial))]
        if len(made) < LEAST:
            return profile
        useful = sum(answer.passed for answer in made)
        if 2 * useful > len(made):
            return profile
        says = f"Of {len(made)} plans from a draft only {useful} say more than the code."
        self._decide(Decision("plan", "none", says, told=True))
        return replace(profile, plan="none")

    async def _candidates(self, profile: Profile) -> Profile:
        """How many answers are worth drawing where one can be checked: as many as still solve further tasks."""
        greedy = replace(profile, plan="first" if profile.plan == "first" else "none")
        answers = [(task.item, self._trials.get(Trial(greedy, task.item))) for task in self._tasks]
        failed = [item for item, answer in answers if answer is not None and not answer.passed][:_FAILED]
        drawn = range(1, _DRAWN + 1)
        trials = [Trial(greedy, item, n) for item in failed for n in drawn]
        await self._make("candidates", trials)
        rows = [
            [answer.passed for n in drawn if (answer := self._trials.get(Trial(greedy, item, n)))] for item in failed
        ]
        whole = [row for row in rows if len(row) == _DRAWN]
        if len(whole) < LEAST:
            return self._too_few("candidates", str(profile.candidates), len(whole), profile)
        options = [Option(str(n), tuple(any(row[: n - 1]) for row in whole)) for n in (1, 2, 4)]
        one, two, four = (option.right for option in options)
        chosen = 4 if four > two else 2 if two > one else 1
        says = (
            f"Of {len(whole)} tasks that the first answer got wrong, one more answer solves {two}, three more {four}."
        )
        self._decide(Decision("candidates", str(chosen), says, True, tuple(options)))
        return replace(profile, candidates=chosen)

    async def _compare(self, field: str, ways: dict[str, Profile], items: Sequence[Item], now: str) -> str:
        """The value to keep; ``now`` when there were too few tasks. The simplest or cheapest way comes first."""
        self._progress.begins(field, len(items) * len(ways))
        until, live, seen = self._until(field), dict(ways), 0
        given_up: list[Option] = []
        options: list[Option] = []
        for end in [look for look in _LOOKS if look < len(items)] + [len(items)]:
            block = [Trial(way, item) for item in items[seen:end] for way in live.values()]
            await self._trials.make(block, until, self._end, self._progress.goes_on)
            seen, options = end, self._options(live, items[:end])
            if self._trials.clock() >= until or settled(options):
                break
            if end < len(items):
                staying = halved(options, now)
                given_up += [one for one in options if one not in staying]
                live = {one.value: live[one.value] for one in staying}
                options = staying
        if len(options[0].rights) < LEAST:
            self._too_few(field, now, len(options[0].rights), self._base)
            return now
        kept, says, told = prefer(options, now)
        if given_up:
            says += " Given up early: " + ", ".join(f"{_in_short(one)}" for one in given_up) + "."
        self._decide(Decision(field, kept.value, says, told, (*options, *given_up)))
        return kept.value

    def _options(self, ways: dict[str, Profile], items: Sequence[Item]) -> list[Option]:
        rights = self._rights(ways, items)
        made = []
        for n, (value, way) in enumerate(ways.items()):
            answers = [self._trials.get(Trial(way, item)) for item, _ in rights]
            tokens = tokens_of([answer.tokens + answer.plan_tokens for answer in answers if answer])
            made.append(Option(value, tuple(right[n] for _, right in rights), tokens))
        return made

    def _rights(self, ways: dict[str, Profile], items: Sequence[Item]) -> list[tuple[Item, list[bool]]]:
        """For each item that was answered in all ways, whether each answer is right."""
        rows = []
        for item in items:
            answers = [self._trials.get(Trial(way, item)) for way in ways.values()]
            if all(answers):
                rows.append((item, [answer.passed for answer in answers if answer]))
        return rows

    async def _make(self, field: str, trials: Sequence[Trial]) -> None:
        self._progress.begins(field, len(trials))
        await self._trials.make(trials, self._until(field), self._end, self._progress.goes_on)

    def _until(self, field: str) -> float:
        return self._began + self._seconds * _SHARES[field]

    def _worth(self, item: Item) -> float:
        example = self._trials.example(item)
        return worth(example) if example else -1.0

    def _too_few(self, field: str, now: str, tasks: int, profile: Profile) -> Profile:
        says = f"It takes {LEAST} tasks to decide, and {tasks} could be compared in the time; so nothing is changed."
        self._decide(Decision(field, now, says, told=False))
        return profile

    def _decide(self, decision: Decision) -> None:
        self.decisions.append(decision)
        self._progress.decided(decision)


def _open(profile: Profile) -> Profile:
    """The profile without a gate, and without a plan."""
    return replace(profile, min_score=GATES[0], stub_score=-1.0, plan="none")


def _in_short(option: Option) -> str:
    return f"{option.value} ({option.right} of {len(option.rights)} right)"
