"""What a conversation in the terminal works with: the engine, the conversation, and how things are said."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from planfirst.build import Engine
from planfirst.chat.session import Chat
from planfirst.chat.tasks import fenced
from planfirst.chat.turns import Turn
from planfirst.cli.chat.live import PlainMarkdown, Streamed, unechoed
from planfirst.cli.console import err, out, tell
from planfirst.cli.example import used
from planfirst.cli.workflows import shown
from planfirst.core.begun import label
from planfirst.core.types import Goal, Notice, Outcome, Stage, Text
from planfirst.source.alone import alone
from planfirst.words import Message
from planfirst.workflows.workflow import Source, Workflow, WorkflowName

_DOING = {
    "retrieve": "Looking for a similar question",
    "plan": "Writing the plan",
    "prompt": "Putting the prompt together",
    "generate": "Writing the code",
}


@dataclass(eq=False)
class Desk:
    """The engine and the conversation.

    Attributes:
        attached: files that go with the next message, as Markdown.
        planned: the last plan that was written here, with its example.
    """

    engine: Engine
    chat: Chat
    attached: list[str] = field(default_factory=list)
    planned: Outcome | None = None

    async def answer(self, message: str) -> None:
        """Asks the model and shows what it writes."""
        whole = "\n\n".join([message, *self.attached]) if message.strip() else message
        await self._show(self.chat.ask(whole))
        self.attached.clear()

    async def answer_again(self) -> None:
        """The same for the last message."""
        await self._show(self.chat.retry())

    async def run(self, goal: Goal, request: str) -> None:
        """A plan, an enhanced prompt or code, by the pipeline with its search; it joins the conversation."""
        task = alone(request.strip())
        outcome: Outcome | None = None
        with unechoed(), err.status("Starting") as status:
            async with aclosing(self.engine.pipeline().run(task, goal)) as events:
                async for event in events:
                    if isinstance(event, Stage) and event.seconds is None:
                        status.update(_DOING[event.name])
                    elif isinstance(event, Notice):
                        tell(event.message)
                    elif isinstance(event, Outcome):
                        outcome = event
        assert outcome is not None  # the last event of a run
        self.planned = outcome if outcome.plan else self.planned
        text = as_markdown(outcome, goal)
        show(text)
        for notice in self.chat.note(f"/{goal} {request}", text, outcome.planner or self.chat.writer.name):
            tell(notice)

    async def work(self, name: WorkflowName, source: Source, request: str) -> None:
        """A summary or an analysis; it joins the conversation, and the file that it is about does not."""
        workflow = Workflow(name, self.engine.pipeline(), self.chat.settings.max_tokens)
        text = await shown(workflow.run(source, request))
        for notice in self.chat.note(f"/{name} {source.name} {request}".strip(), text, self.chat.writer.name):
            tell(notice)

    async def use(self, model: str) -> None:
        """Goes on with another model; where there is none of that name, with the one from before."""
        before = self.engine.settings
        settings = replace(
            before,
            planner=replace(before.planner, model=model),
            generator=replace(before.generator, model="", endpoint=""),
        )
        self.engine.reconfigure(settings)
        try:
            self.chat.writer = self.engine.pipeline().generator
        except BaseException:
            self.engine.reconfigure(before)
            self.chat.writer = self.engine.pipeline().generator
            raise

    async def _show(self, events: AsyncGenerator[Text | Notice | Turn, None]) -> None:
        notices: list[Message] = []
        async with aclosing(events):
            with Streamed(out) as streamed:
                async for event in events:
                    if isinstance(event, Text):
                        streamed.add(event.text)
                    elif isinstance(event, Notice):
                        notices.append(event.message)
        for notice in notices:
            tell(notice)


def as_markdown(outcome: Outcome, goal: Goal) -> str:
    """What a run made, with the example that it used."""
    parts = [used(outcome)]
    if outcome.plan and goal != "prompt":
        parts.append(outcome.plan.numbered())
    if goal == "prompt" and outcome.prompt:
        parts.append(fenced(outcome.prompt.text, "text"))
    if goal == "generate" and outcome.generation:
        parts.append(fenced(outcome.generation.code, label(outcome.task.language)))
    return "\n\n".join(parts)


def show(text: str) -> None:
    """Shows Markdown; what does not go to a terminal is written as it is."""
    if out.is_terminal:
        out.print(PlainMarkdown(text))
    else:
        out.file.write(f"{text.rstrip()}\n")
        out.file.flush()
