"""One run in the making: its stages, and what each adds to the outcome."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import partial

from planfirst.core import begun, draft, followed, freely
from planfirst.core import plan as plans
from planfirst.core.declaration import MOST_ASKED, declared_for, listing_in
from planfirst.core.errors import ModelError, NotBegun, PlanfirstError, StoreError, WorkerError
from planfirst.core.example_language import suits
from planfirst.core.generate import reaches_end, remark
from planfirst.core.parts import parts_of
from planfirst.core.ports import CUT, Writer
from planfirst.core.prompt import Kind, build
from planfirst.core.resources import Resources
from planfirst.core.retrieve import worth
from planfirst.core.screened import Screened
from planfirst.core.telling import Telling
from planfirst.core.types import (
    CodeSoFar,
    Decoding,
    Event,
    Generation,
    Notice,
    Outcome,
    Plan,
    Prompt,
    SectionName,
    StageName,
    Text,
)
from planfirst.core.written import code_in
from planfirst.words import Message

_OFTEN = 120  # characters after which it is looked whether an answer goes round in circles
NamedStage = tuple[StageName, Callable[[], AsyncGenerator[Event, None]]]
_AROUND: frozenset[SectionName] = frozenset({"rules", "context", "declarations"})
_FOUND: frozenset[SectionName] = frozenset({"example", "declarations"})
_RULES: frozenset[SectionName] = frozenset({"rules"})


@dataclass
class Work:
    """One run in the making."""

    with_: Resources
    leave_out: frozenset[SectionName]
    so_far: Outcome
    _telling: Telling | None = field(default=None, init=False)  # of the draft that was written last, unseen

    def stages(self, last: StageName) -> list[NamedStage]:
        """The stages of this run, in order; where the plan is made from a draft, the code comes first."""
        stages: list[NamedStage] = []
        if not self.leave_out >= _FOUND and (last == "prompt" or not self._is_drafted):
            stages.append(("retrieve", self._retrieve))
        planned = self.so_far.plan is not None or (last != "plan" and "plan" in self.leave_out)
        form = self.with_.planner.profile.plan
        if not planned and form == "first":
            stages.append(("plan", self._plan))
        if last in ("prompt", "generate") or form == "draft":
            stages.append(("prompt", self._prompt))
        if last == "generate" or (last == "plan" and form == "draft"):
            stages.append(("generate", partial(self._generate, unseen=last == "plan")))
        if not planned and last != "prompt":
            stages += self.explaining
        return stages

    async def read_ahead(self) -> None:
        """Has the first prompt of this run read, and nothing written."""
        if self._is_drafted:
            return
        async for _ in self._retrieve():
            pass
        prompt = (await self._plan_prompt())[0] if self._plans_first else await self._code_prompt()
        reader = self.with_.planner if self._plans_first else self.with_.coder(prompt)
        async with aclosing(reader.stream(prompt, Decoding(0))) as pieces:
            async for _ in pieces:
                pass

    def close(self) -> None:
        """Stops what is still at work."""
        if self._telling is not None:
            self._telling.cancel()

    @property
    def _plans_first(self) -> bool:
        """Whether a plan is to be written before the code."""
        is_left = self.so_far.plan is None and "plan" not in self.leave_out
        return is_left and self.with_.planner.profile.plan == "first"

    @property
    def explaining(self) -> list[NamedStage]:
        """The stage that says in a plan what the code does, where the planner works so."""
        return [("plan", self._plan_from_draft)] if self.with_.planner.profile.plan == "draft" else []

    @property
    def _is_drafted(self) -> bool:
        """Whether the code of the plan waits behind it."""
        return self.so_far.plan is not None and self.so_far.plan.is_drafted

    def _notice(self, code: str, /, **args: object) -> Notice:
        return self._tell(Message(code, **args))

    def _tell(self, message: Message) -> Notice:
        self.so_far = replace(self.so_far, notices=(*self.so_far.notices, message))
        return Notice(message)

    async def _retrieve(self) -> AsyncGenerator[Event, None]:
        limits, task = self.with_.limits, self.so_far.task
        request = task.request[:MOST_ASKED]
        if warning := self.with_.unread(request):
            yield self._tell(warning)
        # The model that comes next is loaded meanwhile; whatever fails there fails again when it is asked.
        first = self.with_.planner if self._plans_first else self.with_.generator
        loading = asyncio.ensure_future(first.count([""]))
        loading.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            if "declarations" not in self.leave_out and self.with_.generator.profile.declarations:
                self.so_far = replace(self.so_far, declarations=await declared_for(task, self.with_.declared))
            if "example" in self.leave_out or task.changed:
                return  # an example has other code than that which is to be changed
            found = await self.with_.retriever.search(request, limits.examples)
        except (StoreError, ModelError, WorkerError) as error:
            yield self._notice("example-failed", error=error)
            return
        finally:
            loading.cancel()
        fitting = [one for one in found if suits(one, task.language)]
        example, said = limits.gate(task, fitting) if not warning else (None, None)
        if found and not fitting:
            said = Message("example-other-language", language=begun.spoken(task.language))
        self.so_far = replace(self.so_far, examples=tuple(found), example=example)
        if said:
            yield self._tell(said)

    async def _plan(self) -> AsyncGenerator[Event, None]:
        writer, limits, example = self.with_.planner, self.with_.limits, self.so_far.example
        prompt, shown = await self._plan_prompt()
        decoding = Decoding(limits.plan_tokens, grammar=plans.grammar())
        answer: list[str] = []
        async with aclosing(writer.stream(prompt, decoding)) as pieces:
            async for piece in pieces:
                answer.append(piece)
                yield Text("plan", piece)
        plan = plans.parse("".join(answer))
        if plan and example and not shown and plan == example.pair.plan:
            plan = None  # of what the example does, and not of what was asked for
        self.so_far = replace(self.so_far, plan=plan, planner=writer.name)
        if plan is None:
            yield self._notice("plan-without-steps", model=writer.name)

    async def _plan_prompt(self) -> tuple[Prompt, Plan | None]:
        """The prompt for a plan, and the example's own plan if it stands there."""
        writer, example = self.with_.planner, self.so_far.example
        shown = example.pair.plan if example and worth(example) >= writer.profile.own_plan_score else None
        return await self._fill(writer, "plan", shown), shown

    async def _plan_from_draft(self) -> AsyncGenerator[Event, None]:
        """Lets the planner comment each part of the code that was written; the comments are the steps.

        The code is there already, so a planner that fails costs the plan and nothing else.
        """
        made, prompt, writer = self.so_far.generation, self.so_far.prompt, self.with_.planner
        code = self.with_.new_part(made.code) if made else ""
        if not made or not prompt or not (parts := parts_of(code, self.so_far.task)):
            return
        steps: list[str] = []
        telling = self._telling or Telling(prompt, self.so_far.task, None)
        whole = draft.Draft(prompt, prompt.begun + made.raw, code)
        try:
            await telling.finish()
            async with aclosing(draft.explained(writer, whole, parts, self.so_far.task, telling.steps)) as said:
                async for step in said:
                    steps.append(step)
                    if len(steps) > telling.told:
                        yield Text("plan", f"{len(steps)}. {step}\n")
        except PlanfirstError as error:
            yield self._notice("plan-failed", error=error)
            return
        self.so_far = replace(self.so_far, plan=draft.plan_of(code, steps, parts), planner=writer.name)

    async def _prompt(self) -> AsyncGenerator[Event, None]:
        prompt = await self._code_prompt()
        self.so_far = replace(self.so_far, prompt=prompt)
        for notice in prompt.notices:
            yield self._tell(notice)

    async def _code_prompt(self) -> Prompt:
        plan = self.so_far.plan
        prompt = await self._fill(self.with_.generator, "code", plan)
        if plan and plan.draft and prompt.begun:
            prompt = replace(prompt, begun=draft.kept(plan, self.so_far.task))
        elif plan and prompt.begun and self.so_far.task.header:
            prompt = replace(prompt, begun=prompt.begun + draft.first_step(plan, self.so_far.task))
        return prompt

    async def _generate(self, unseen: bool = False) -> AsyncGenerator[Event, None]:
        writer, plan = self.with_.generator, self.so_far.plan
        if plan and self._is_drafted:
            self.so_far = replace(self.so_far, generation=Generation(plan.draft, plan.draft, writer.name))
            return
        again = False
        while True:
            try:
                async with aclosing(self._written(unseen)) as events:
                    async for event in events:
                        yield event
            except NotBegun:  # the writer has found out just now, before it wrote anything
                await self._ask(plan)
                continue
            if again or not self._is_in_vain():
                break
            again = True
            # Without the plan, or without the code around it where the model wrote that again.
            asked = self.so_far.prompt
            await self._ask(None, alone=plan is None)
            if self.so_far.prompt == asked:
                break
        made, task = self.so_far.generation, self.so_far.task
        if made and (said := remark(made, self.so_far.example) or followed.unchanged(plan, made.code, task)):
            yield self._tell(said)

    async def _ask(self, plan: Plan | None, alone: bool = False) -> None:
        self.so_far = replace(self.so_far, prompt=await self._fill(self.with_.generator, "code", plan, alone))

    def _is_in_vain(self) -> bool:
        """Whether the answer is one that is asked for again, with less in the prompt."""
        made, prompt = self.so_far.generation, self.so_far.prompt
        if not made or not prompt:
            return made is not None
        led = bool(self.so_far.plan or self.so_far.declarations)
        return begun.is_in_vain(made.raw, made.code, self.so_far.task, led, bool(prompt.begun))

    async def _written(self, unseen: bool) -> AsyncGenerator[Event, None]:
        """One answer, as far as it is code."""
        prompt, task = self.so_far.prompt, self.so_far.task
        assert prompt is not None  # the stages are in order
        writer, limits = self.with_.coder(prompt), self.with_.limits
        decoding = Decoding(limits.code_tokens, limits.temperature, limits.seed, stops=writer.profile.stops)
        code = partial(code_in, prompt=prompt, task=task, plan=self.so_far.plan)
        answer, looked, is_cut = "", 0, False
        self.close()
        telling = Telling(prompt, task, writer if writer is self.with_.planner else None)
        self._telling = telling if unseen else None
        async with aclosing(writer.stream(prompt, decoding)) as pieces:
            async for piece in pieces:
                if is_cut := piece is CUT:
                    break
                answer += piece
                if len(answer) > looked + _OFTEN:
                    looked = len(answer)
                    if begun.goes_round(answer) or listing_in(answer, self.so_far.declarations) is not None:
                        break
                if not unseen:
                    yield Text("generate", piece)
                    if "\n" in piece:
                        yield CodeSoFar(code(answer[: answer.rfind("\n")]))
                elif prompt.begun and telling.listens(piece):
                    written = self.with_.new_part(code(begun.rows_of(answer)))
                    for step in telling.hear(prompt.begun + answer, written):
                        yield Text("plan", f"{telling.told}. {step}\n")
                if (end := (begun if prompt.begun else freely).end_of(answer, task)) is not None:
                    answer = answer[:end]
                    break
        answer = answer[: listing_in(answer, self.so_far.declarations)]
        whole, plan = code(answer), self.so_far.plan
        if plan and task.plan and prompt.begun:
            plan = followed.with_lines(plan, answer, whole, prompt, task)
        made = Generation(whole, answer, writer.name, is_cut and reaches_end(whole, answer))
        self.so_far = replace(self.so_far, generation=made, plan=plan)

    async def _fill(self, writer: Writer, kind: Kind, plan: Plan | None, alone: bool = False) -> Prompt:
        """The prompt; ``alone`` for the request without the code around it and the project's rules."""
        limits = self.with_.limits
        off = self.leave_out | _AROUND if alone else self.leave_out
        off = off if limits.shows_rules(writer.profile) else off | _RULES
        answer = min(max(limits.plan_tokens, limits.code_tokens), writer.context // 2)  # a prompt needs its room, too
        prompt = await build(
            self.with_.book,
            writer.profile,
            kind,
            replace(self.so_far.task, comment="") if "context" in off else self.so_far.task,
            self.so_far.example,
            plan,
            limits.budget,
            writer.context - answer,
            writer.count,
            off,
            self.so_far.declarations,
        )
        prompt = prompt if limits.begun else replace(prompt, begun="")
        return await writer.screened(prompt) if isinstance(writer, Screened) else prompt
