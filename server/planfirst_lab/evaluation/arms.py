"""The ways in which a request is answered, and answering it in one of them by the product's own pipeline."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Literal, Protocol, runtime_checkable

from planfirst.core.generate import extract_code
from planfirst.core.pipeline import Limits, Pipeline
from planfirst.core.ports import Writer
from planfirst.core.profile import Profile
from planfirst.core.prompt import NOTHING, PromptBook
from planfirst.core.types import Declaration, Decoding, Example, Goal, Outcome, Plan, Prompt, SectionName, Task, Text
from planfirst.words import Message


@dataclass(frozen=True, slots=True)
class Arm:
    """One way of answering.

    Attributes:
        example: where the example comes from: the store as it is, the store without the request's own pair, or nowhere.
        plan: whether the planner runs; it sees the example.
        shown: whether the generator sees the example.
        verified: whether the answer is checked by what the request shows, and tried again within the same budget.
        first: the plan is written before the code, whatever the model's profile says.
        adapted: the planner is the model with its adapter, and not the model that is asked in words alone.
        own: the plan is the task's own, as a user wrote it; no planner runs.
        bare: the model is asked as its makers ask it, in one user message; nothing of Planfirst is in the prompt.
    """

    name: str
    example: Literal["store", "left_out", "none"]
    plan: bool
    shown: bool
    verified: bool = False
    first: bool = False
    bare: bool = False
    own: bool = False
    adapted: bool = False


BARE = Arm("bare", "none", plan=False, shown=False, bare=True)
IN_STORE = Arm("in_store", "store", plan=True, shown=True)
LEFT_OUT = Arm("left_out", "left_out", plan=True, shown=True)
PLAIN = Arm("plain", "none", plan=False, shown=False)
EXAMPLE = Arm("example", "store", plan=False, shown=True)
DECLARED = Arm("declared", "store", plan=False, shown=False)
PLAN = Arm("plan", "store", plan=True, shown=False, first=True)
PLANNED = Arm("planned", "store", plan=True, shown=True, first=True)
ADAPTED = Arm("adapted", "store", plan=True, shown=True, first=True, adapted=True)
FULL = Arm("full", "store", plan=True, shown=True)
VERIFIED = Arm("verified", "store", plan=True, shown=True, verified=True)
FOLLOWED = Arm("followed", "none", plan=False, shown=False, own=True)
ARMS = (IN_STORE, LEFT_OUT, PLAIN, EXAMPLE, PLAN)


@dataclass(frozen=True, slots=True)
class Spending:
    """Tokens that one answer may take, the same in every arm.

    Attributes:
        total: plan and code together; without a plan the code may take all.
        plan: the longest plan.
    """

    total: int = 384
    plan: int = 160


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan, None when the planner wrote no step, and what it cost; ``first`` is when its first token was there."""

    plan: Plan | None
    tokens: int
    seconds: float
    first: float | None = None


@dataclass(frozen=True, slots=True)
class Coded:
    """Code as the product would put it into a file, and what it cost; ``first`` is when its first token was there."""

    code: str
    tokens: int
    seconds: float
    first: float | None = None


@runtime_checkable
class Forgetful(Protocol):
    """A writer that keeps the state of its last prompt, and can drop it."""

    def forget(self, system: str) -> None:
        """Keeps no more than the state of this system message."""
        ...


class Answerer:
    """Plans and codes with one writer for both, as the product does with its default settings.

    Args:
        limits: the product's; its token limits are replaced by ``spending``.
        adapted: the same model with an adapter for planning; None where there is none.
        follower: the same for the code of a changed plan.
    """

    def __init__(
        self,
        writer: Writer,
        book: PromptBook,
        limits: Limits,
        spending: Spending,
        adapted: Writer | None = None,
        follower: Writer | None = None,
    ) -> None:
        self._writer, self._book, self._limits, self._spending = writer, book, limits, spending
        self._adapted, self._follower = adapted, follower

    def gate(self, task: Task, hits: Sequence[Example]) -> tuple[Example | None, Message | None]:
        """The example that the pipeline would use, and what it would say."""
        return self._limits.gate(task, hits)

    @property
    def plans_first(self) -> bool:
        """Whether the model's profile has it plan before it writes code."""
        return self._writer.profile.plan == "first"

    def forget(self) -> None:
        """Lets the model begin the next answer as after a request for something else.

        So its time does not depend on what was asked before, nor does a choice between tokens that are almost equally
        likely.
        """
        if isinstance(self._writer, Forgetful):
            system, _ = self._book.render(self._writer.profile.name, "plan", NOTHING)
            self._writer.forget(system)

    async def bare(self, user: str) -> Coded:
        """The model's answer to one message, its code cut out."""
        began, first, said = time.perf_counter(), None, list[str]()
        async with aclosing(self._writer.stream(Prompt("", user), Decoding(self._spending.total))) as pieces:
            async for piece in pieces:
                first = first if first is not None else time.perf_counter() - began
                said.append(piece)
        answer = "".join(said)
        (tokens,) = await self._writer.count([answer])
        return Coded(extract_code(answer), tokens, time.perf_counter() - began, first)

    async def plan(
        self,
        task: Task,
        hits: Sequence[Example],
        first: bool = False,
        adapted: bool = False,
        declared: Sequence[Declaration] = (),
    ) -> Planned:
        """The greedy plan for a task whose search gave ``hits`` and ``declared``.

        Args:
            first: it is written before there is a draft.
            adapted: by the model with its adapter; only where there is one.
        """
        planner: Writer | None = Asked(self._writer, replace(self._writer.profile, plan="first")) if first else None
        if adapted:
            assert self._adapted is not None  # who asks for such an arm brings what it takes
            planner = self._adapted
        limits = replace(self._limits, plan_tokens=self._spending.plan, code_tokens=self._spending.total)
        outcome, said, began = await self._run(limits, task, hits, declared, "plan", frozenset(), planner)
        raw = outcome.generation.raw if outcome.generation else ""  # the draft behind the plan
        (tokens, drafted) = await self._writer.count([said, raw])
        seconds = sum(outcome.seconds.get(stage, 0.0) for stage in ("generate", "plan"))
        return Planned(outcome.plan, tokens + drafted, seconds, began)

    async def code(
        self,
        task: Task,
        hits: Sequence[Example],
        planned: Planned | None,
        shown: bool,
        temperature: float = 0.0,
        seed: int = 0,
        declared: Sequence[Declaration] = (),
    ) -> Coded:
        """The code for a task.

        Args:
            planned: the plan to follow; None for none. Its tokens are taken off what the code may take.
            shown: whether the generator sees the example.
        """
        plan = planned.plan if planned else None
        limits = self.limits_after(planned, temperature, seed)
        without: set[SectionName] = set()
        if plan is None:
            without.add("plan")
        if not shown:
            without.add("example")
        task = replace(task, plan=plan)
        outcome, said, first = await self._run(limits, task, hits, declared, "generate", frozenset(without))
        assert outcome.generation is not None  # the goal was to generate
        (tokens,) = await self._writer.count([said])
        return Coded(outcome.generation.code, tokens, outcome.seconds["generate"], first)

    def limits_after(self, planned: Planned | None, temperature: float, seed: int) -> Limits:
        """The limits for the code when this plan has been written."""
        left = max(1, self._spending.total - (planned.tokens if planned else 0))
        return replace(
            self._limits, plan_tokens=self._spending.plan, code_tokens=left, temperature=temperature, seed=seed
        )

    def pipeline(self, hits: Sequence[Example], limits: Limits, declared: Sequence[Declaration] = ()) -> Pipeline:
        """The product's pipeline over a search that is done."""

        async def known(request: str, names: Sequence[str], language: str) -> Sequence[Declaration]:
            return declared

        found = _FixedHits(hits)
        return Pipeline(found, self._writer, self._writer, self._book, limits, known, follower=self._follower)

    async def _run(
        self,
        limits: Limits,
        task: Task,
        hits: Sequence[Example],
        declared: Sequence[Declaration],
        goal: Goal,
        without: frozenset[SectionName],
        planner: Writer | None = None,
    ) -> tuple[Outcome, str, float | None]:
        """The outcome, what the model wrote word for word, and after how many seconds it began to."""
        pipeline = self.pipeline(hits, limits, declared)
        if planner:
            pipeline = replace(pipeline, planner=planner)
        said, outcome, began = list[str](), None, time.perf_counter()
        first: float | None = None
        async with aclosing(pipeline.run(task, goal, without)) as events:
            async for event in events:
                if isinstance(event, Text):
                    said.append(event.text)
                    first = first if first is not None else time.perf_counter() - began
                elif isinstance(event, Outcome):
                    outcome = event
        assert outcome is not None  # the last event of a run
        return outcome, "".join(said), first


class Asked:
    """A writer that is asked by another profile than its own."""

    def __init__(self, writer: Writer, profile: Profile) -> None:
        self.profile = profile
        self.name, self.context = writer.name, writer.context
        self.stream, self.count = writer.stream, writer.count


class _FixedHits:
    """A retriever whose search is already done."""

    def __init__(self, hits: Sequence[Example]) -> None:
        self._hits = list(hits)

    async def search(self, query: str, count: int) -> list[Example]:
        return self._hits[:count]
