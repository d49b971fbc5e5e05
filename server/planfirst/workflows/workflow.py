"""A summary of a document, or the analysis of a table: retrieve, plan, result, as one Markdown text.

The templates are ``templates/summary`` and ``templates/analysis``; a user's folder replaces them by the same names.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from planfirst.core import plan as plans
from planfirst.core.errors import BadRequest, ModelError, ModelRefused, StoreError, WorkerError
from planfirst.core.pipeline import Pipeline
from planfirst.core.ports import Writer
from planfirst.core.types import Decoding, Example, Notice, Plan, Prompt, Stage, Task, Text
from planfirst.words import Message
from planfirst.workflows.document import fitting, passages_of, spans
from planfirst.workflows.table import Table, table_of

WorkflowName = Literal["summarise", "analyse"]
TEMPLATES: Final[dict[WorkflowName, str]] = {"summarise": "summary", "analyse": "analysis"}
_LONGEST_REQUEST = 2000  # characters
_FRAME = 400  # tokens for the templates' own words and the plan
_HANGUL = re.compile("[가-힣]")
Event = Stage | Text | Notice


@dataclass(frozen=True, slots=True)
class Source:
    """What is worked on: the text of a file, and how the user calls it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Workflow:
    """One piece of work.

    Args:
        pipeline: the models, the search and the templates.
        max_tokens: of the result.
        worded: a message in the reader's language.
    """

    name: WorkflowName
    pipeline: Pipeline
    max_tokens: int
    worded: Callable[[Message], str] = str

    async def run(self, source: Source, request: str) -> AsyncGenerator[Event, None]:
        """Stages, notices, and the text as it is written: what was retrieved, the plan, the result, as Markdown.

        Closing it, or cancelling who reads it, stops the model.

        Raises:
            BadRequest: there is nothing to work on, or no question to a table.
            PlanfirstError: a model cannot answer.
        """
        request = " ".join(request.split())
        self._check(request)
        yield Stage("retrieve")
        values, said = await self._retrieved(source, request)
        for message in said:
            yield Text("retrieve", f"{plans.inert(self.worded(message))}\n\n")
        yield Stage("plan")
        written: list[str] = []
        prompt = self._prompt("plan", values)
        decoding = Decoding(self.pipeline.limits.plan_tokens, grammar=plans.grammar())
        async with aclosing(self.pipeline.planner.stream(prompt, decoding)) as pieces:
            async for piece in pieces:
                written.append(piece)
                yield Text("plan", piece)
        plan = plans.parse("".join(written))
        if plan is None:
            yield Notice(Message("plan-without-steps", model=self.pipeline.planner.name))
        yield Text("plan", "\n\n")
        yield Stage("generate")
        prompt = self._prompt("result", {**values, "plan": _numbered(plan)})
        if self.name == "analyse" and self.pipeline.generator.profile.begun:  # else a small model talks about it
            prompt = replace(prompt, begun="```python\n")
            yield Text("generate", prompt.begun)
        async with aclosing(self.pipeline.generator.stream(prompt, Decoding(self.max_tokens))) as pieces:
            async for piece in pieces:
                yield Text("generate", piece)

    def _check(self, request: str) -> None:
        if self.name == "analyse" and not request:
            raise BadRequest("workflow-no-question")
        if len(request) > _LONGEST_REQUEST:
            raise BadRequest("chat-message-long", characters=len(request), most=_LONGEST_REQUEST)
        for writer in (self.pipeline.planner, self.pipeline.generator):
            if writer.profile.copies:
                raise ModelRefused("chat-model-copies", model=writer.name)

    async def _retrieved(self, source: Source, request: str) -> tuple[dict[str, Any], list[Message]]:
        if self.name == "summarise":
            return await self._passages(source, request)
        table = table_of(source.text, source.name)
        example, message = await self._example(request, table)
        values = {
            "name": table.name,
            "rows": table.rows,
            "delimiter": repr(table.delimiter),
            "columns": table.described,
            "example": _shown(example),
        }
        read = Message("workflow-table-read", name=table.name, columns=len(table.columns), rows=table.rows)
        return values | _common(request, request), [read, message]

    async def _passages(self, source: Source, request: str) -> tuple[dict[str, Any], list[Message]]:
        passages = passages_of(source.text, source.name)
        writer = _narrower(self.pipeline)
        room = writer.context - max(self.max_tokens, self.pipeline.limits.plan_tokens) - _FRAME
        kept = await fitting(passages, request, max(room, writer.context // 4), writer.count)
        text = "\n\n[…]\n\n".join(one.text for one in kept) if len(kept) < len(passages) else source.text.strip("\n")
        values = {"name": source.name, "text": text, "is_cut": len(kept) < len(passages), "fence": _fence(text)}
        code = "workflow-part-read" if len(kept) < len(passages) else "workflow-all-read"
        read = Message(code, name=source.name, lines=spans(kept), kept=len(kept), count=len(passages))
        return values | _common(request, request or source.text[:2000]), [read]

    async def _example(self, request: str, table: Table) -> tuple[Example | None, Message]:
        """A similar question with its code, and what to say of it."""
        limits = self.pipeline.limits
        columns = " ".join(column.name for column in table.columns)
        try:
            found = await self.pipeline.retriever.search(f"{request} csv {columns}"[:1000], limits.examples)
        except (StoreError, ModelError, WorkerError) as error:
            return None, Message("example-failed", error=error)
        example, message = limits.gate(Task(request), found)
        if example is None:
            return None, message or Message("example-none-in-store")
        pair = example.pair
        shown = {"question": pair.question, "source": pair.source, "licence": pair.licence, "place": pair.place}
        return example, Message("workflow-example", score=f"{example.score:.2f}", **shown)

    def _prompt(self, kind: Literal["plan", "result"], values: dict[str, Any]) -> Prompt:
        return Prompt(*self.pipeline.book.render(TEMPLATES[self.name], kind, values))


def _narrower(pipeline: Pipeline) -> Writer:
    return min(pipeline.planner, pipeline.generator, key=lambda writer: writer.context)


def _common(request: str, told: str) -> dict[str, Any]:
    return {"request": request, "plan": "", "language": "Korean" if _HANGUL.search(told) else "English"}


def _shown(example: Example | None) -> dict[str, str] | None:
    if example is None:
        return None
    code = example.pair.code
    return {"question": example.pair.question, "code": code, "fence": _fence(code)}


def _numbered(plan: Plan | None) -> str:
    return plan.numbered() if plan else ""


def _fence(text: str) -> str:
    """A Markdown fence that no line of a text can end."""
    return "`" * (max([2, *(len(run) for run in re.findall("`+", text))]) + 1)
