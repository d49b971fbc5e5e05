"""The verbs in order: retrieve, plan, prompt, generate. Each step is told as an event while it happens."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from planfirst.core import plan as plans
from planfirst.core.errors import BadRequest, ModelError, StoreError, WorkerError
from planfirst.core.generate import extract_code
from planfirst.core.ports import Retriever, Writer
from planfirst.core.prompt import Budget, Kind, PromptBook, build
from planfirst.core.retrieve import gate
from planfirst.core.types import (
    Decoding,
    Event,
    Generation,
    Goal,
    Notice,
    Outcome,
    Plan,
    Prompt,
    SectionName,
    Stage,
    StageName,
    Task,
    Text,
)

_QUERY_CHARS = 2000  # an embedding model reads no more than a few hundred tokens
_LAST: dict[Goal, StageName] = {"plan": "plan", "prompt": "prompt", "generate": "generate"}


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use.

    Attributes:
        min_score: cosine below which no example is used.
        examples: how many hits to fetch; the best one can become the example.
        plan_tokens, code_tokens: the longest answers, in tokens.
        temperature: of the generator; the planner is always greedy.
    """

    min_score: float
    examples: int = 3
    plan_tokens: int = 256
    code_tokens: int = 512
    temperature: float = 0.0
    seed: int = 0
    budget: Budget = field(default_factory=Budget)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Turns a task into a plan, an enhanced prompt or code.

    A failing retriever does not stop it: the user is told, and the work goes on without an example.
    """

    retriever: Retriever
    planner: Writer
    generator: Writer
    book: PromptBook
    limits: Limits
    unread: Callable[[str], str] = lambda request: ""  # why the search may not understand a request, if so

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
            raise BadRequest("The comment is empty.", "Write what the code should do, then try again.")
        work = _Work(self, leave_out, Outcome(task, plan=task.plan))
        for name, stage in work.stages(_LAST[goal]):
            yield Stage(name)
            started = time.perf_counter()
            async with aclosing(stage()) as events:
                async for event in events:
                    yield event
            seconds = time.perf_counter() - started
            work.so_far = replace(work.so_far, seconds={**work.so_far.seconds, name: seconds})
            yield Stage(name, seconds)
        yield work.so_far


@dataclass
class _Work:
    """One run in the making."""

    with_: Pipeline
    leave_out: frozenset[SectionName]
    so_far: Outcome

    def stages(self, last: StageName) -> list[tuple[StageName, Callable[[], AsyncGenerator[Event, None]]]]:
        """The stages that this run needs, in order."""
        stages: list[tuple[StageName, Callable[[], AsyncGenerator[Event, None]]]] = []
        if "example" not in self.leave_out:
            stages.append(("retrieve", self._retrieve))
        if self.so_far.plan is None and (last == "plan" or "plan" not in self.leave_out):
            stages.append(("plan", self._plan))
        if last in ("prompt", "generate"):
            stages.append(("prompt", self._prompt))
        if last == "generate":
            stages.append(("generate", self._generate))
        return stages

    def _notice(self, text: str) -> Notice:
        self.so_far = replace(self.so_far, notices=(*self.so_far.notices, text))
        return Notice(text)

    async def _retrieve(self) -> AsyncGenerator[Event, None]:
        limits, request = self.with_.limits, self.so_far.task.request[:_QUERY_CHARS]
        if warning := self.with_.unread(request):
            yield self._notice(warning)
        try:
            found = await self.with_.retriever.search(request, limits.examples)
        except (StoreError, ModelError, WorkerError) as error:
            yield self._notice(f"{error} This time no example is used.")
            return
        example, said = gate(found, limits.min_score)
        self.so_far = replace(self.so_far, examples=tuple(found), example=example)
        if said:
            yield self._notice(said)

    async def _plan(self) -> AsyncGenerator[Event, None]:
        writer, limits = self.with_.planner, self.with_.limits
        example = self.so_far.example
        prompt = await self._fill(writer, "plan", example.pair.plan if example else None)
        decoding = Decoding(limits.plan_tokens, grammar=plans.grammar())
        answer: list[str] = []
        async with aclosing(writer.stream(prompt, decoding)) as pieces:
            async for piece in pieces:
                answer.append(piece)
                yield Text("plan", piece)
        plan = plans.parse("".join(answer))
        self.so_far = replace(self.so_far, plan=plan, planner=writer.name)
        if plan is None:
            yield self._notice(f"{writer.name} wrote no steps; the code is written without a plan.")

    async def _prompt(self) -> AsyncGenerator[Event, None]:
        prompt = await self._fill(self.with_.generator, "code", self.so_far.plan)
        self.so_far = replace(self.so_far, prompt=prompt)
        if prompt.trimmed:
            yield self._notice(prompt.trimmed)

    async def _generate(self) -> AsyncGenerator[Event, None]:
        assert self.so_far.prompt is not None  # the stages are in order
        writer, limits = self.with_.generator, self.with_.limits
        decoding = Decoding(limits.code_tokens, limits.temperature, limits.seed)
        answer: list[str] = []
        async with aclosing(writer.stream(self.so_far.prompt, decoding)) as pieces:
            async for piece in pieces:
                answer.append(piece)
                yield Text("generate", piece)
        raw = "".join(answer)
        self.so_far = replace(self.so_far, generation=Generation(extract_code(raw), raw, writer.name))
        if not extract_code(raw).strip():
            yield self._notice(f"{writer.name} wrote no code. Try again, or word the comment differently.")

    async def _fill(self, writer: Writer, kind: Kind, plan: Plan | None) -> Prompt:
        limits = self.with_.limits
        answer = min(max(limits.plan_tokens, limits.code_tokens), writer.context // 2)  # a prompt needs its room, too
        return await build(
            self.with_.book,
            writer.profile,
            kind,
            self.so_far.task,
            self.so_far.example,
            plan,
            limits.budget,
            writer.context - answer,
            writer.count,
            self.leave_out,
        )
