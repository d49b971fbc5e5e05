"""The five tools, over the same pipeline and child processes as the command line. They write nothing to disk."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from planfirst.build import Engine
from planfirst.core.errors import BadRequest
from planfirst.core.example_language import suits
from planfirst.core.pipeline import Pipeline
from planfirst.core.types import Goal, Outcome, Task
from planfirst.human_language import unread
from planfirst.mcp_server.answers import (
    Edit,
    EnhancedPrompt,
    Examples,
    Generated,
    Verified,
    WrittenPlan,
    checked,
    code_of,
    edit_of,
    found,
    plan_of,
    prompt_of,
)
from planfirst.mcp_server.progress import Progress, Report
from planfirst.mcp_server.site import located
from planfirst.verify.attempt import Attempt, Budget, best
from planfirst.verify.destination import Destination
from planfirst.verify.located import Located
from planfirst.verify.verification import Verification, verification
from planfirst.words import Message

MOST_EXAMPLES = 20
_QUERY_CHARACTERS = 2000  # an embedding model reads no more than a few hundred tokens
_WIDER = 4  # times as many are looked up where only one language is wanted
_NOT_ALLOWED, _NOT_ASKED = Message("agent-run-not-allowed"), Message("agent-run-not-asked")


class Tools:
    """What the tools do.

    Args:
        folder: absolute, without links; files below it may be named. None for none.
        may_run: whether the user allows that code is run in a sandbox.
    """

    def __init__(self, engine: Engine, folder: Path | None, may_run: bool) -> None:
        self._engine = engine
        self._folder = folder
        self._may_run = may_run

    async def search_examples(self, request: str, count: int, language: str, report: Report) -> Examples:
        """Looks for similar questions.

        Args:
            language: an editor's language id; empty for any.

        Raises:
            PlanfirstError: the request is empty, or the store cannot be searched.
        """
        query = request.strip()[:_QUERY_CHARACTERS]
        if not query:
            raise BadRequest("request-empty")
        await report("Looking for similar questions")
        language = language.strip().lower()
        nearest = await self._engine.retriever().search(query, _WIDER * count if language else count)
        examples = [one for one in nearest if not language or suits(one, language)]
        notices = [unread(query, self._engine.settings.retriever.model)]
        if nearest and not examples:
            notices.append(Message("agent-language-unknown", count=len(nearest), language=language))
        return Examples([found(one) for one in examples[:count]], [str(notice) for notice in notices if notice])

    async def make_plan(self, request: str, file: str, line: int | None, report: Report) -> WrittenPlan:
        """Writes a plan.

        Raises:
            PlanfirstError: there is no such site, or a model cannot answer.
        """
        located = self._located(request, file, line)
        return plan_of(await _run(self._engine.pipeline(located.file), located.task, "plan", Progress(report)))

    async def enhanced_prompt(self, request: str, file: str, line: int | None, report: Report) -> EnhancedPrompt:
        """Puts the enhanced prompt together; raises as `make_plan`."""
        located = self._located(request, file, line)
        pipeline = self._engine.pipeline(located.file)
        return prompt_of(await _run(pipeline, located.task, "prompt", Progress(report)), pipeline.generator.name)

    async def generate(self, request: str, file: str, line: int | None, run: bool, report: Report) -> Generated:
        """Writes code and checks it; raises as `make_plan`."""
        located = self._located(request, file, line)
        verified = await self._verification(located.task, located.destination, run and self._may_run)
        pipeline = self._engine.pipeline(located.file)
        chosen, outcome = await self._written(pipeline, located.task, verified, Progress(report))
        edit, said = self._placed(located, outcome)
        notices = [*verified.problems, *said, *filter(None, [verified.refused])]
        if verified.needs == "permission":
            notices.append(_NOT_ASKED if self._may_run else _NOT_ALLOWED)
        elif run and not self._may_run:
            notices.append(_NOT_ALLOWED)
        return code_of(outcome, checked(chosen.verdict, verified.needs), edit, notices)

    async def verify_code(self, code: str, request: str, report: Report) -> Verified:
        """Checks Python code against the examples in a request.

        Raises:
            BadRequest: there is no code, or nothing to check it against.
        """
        if not code.strip():
            raise BadRequest("agent-code-missing")
        if not request.strip():
            raise BadRequest("agent-examples-missing")
        await report("Checking the code")
        verified = await self._verification(Task(request), Destination(), self._may_run)
        verdict = await verified.of(code)
        notices = [*verified.problems, *filter(None, [verified.refused])]
        if not self._may_run:
            notices.append(_NOT_ALLOWED)
        return Verified(checked(verdict, verified.needs), [str(notice) for notice in notices])

    def _located(self, request: str, file: str, line: int | None) -> Located:
        """The site of a request, with the rules of the project that it stands in."""
        located = located(request, file, line, self._folder)
        folders = [self._folder] if self._folder else []
        return replace(located, task=self._engine.ruled(located.task, located.file, folders))

    async def _verification(self, task: Task, destination: Destination, allowed: bool) -> Verification:
        async def permit(worth_asking: bool) -> bool:
            return allowed

        return await verification(task, destination, self._engine.sandbox, trusted=True, permit=permit)

    async def _written(
        self, pipeline: Pipeline, task: Task, verified: Verification, progress: Progress
    ) -> tuple[Attempt, Outcome]:
        """The best attempt, and its outcome with a plan of it."""
        settings = self._engine.settings.verify
        budget = Budget(settings.seconds, settings.tokens, settings.attempts)
        made: list[Attempt] = []
        async with aclosing(verified.attempts(pipeline, task, budget, keep_plan=task.plan is not None)) as events:
            async for event in events:
                await progress.on(event)
                if isinstance(event, Attempt):
                    made.append(event)
        chosen = best(made)
        outcome = chosen.outcome
        async with aclosing(pipeline.explained(outcome)) as explaining:
            async for event in explaining:
                await progress.on(event)
                outcome = event if isinstance(event, Outcome) else outcome
        return chosen, outcome

    def _placed(self, located: Located, outcome: Outcome) -> tuple[Edit | None, list[Message]]:
        """The edit, if the code can be put into the file, and what the user is to know of it."""
        made = outcome.generation
        if located.file is None or self._folder is None or made is None or not made.code.strip():
            return None, []
        placement = located.destination.placement(made.code)
        notices = [text for text in (*placement.notices, placement.warning) if text]
        if placement.refused or not placement.edits:
            return None, notices
        before, after = located.mark + located.destination.text, located.mark + placement.result
        return edit_of(before, after, located.file, self._folder), notices


async def _run(pipeline: Pipeline, task: Task, goal: Goal, progress: Progress) -> Outcome:
    outcome: Outcome | None = None
    async with aclosing(pipeline.run(task, goal)) as events:
        async for event in events:
            await progress.on(event)
            outcome = event if isinstance(event, Outcome) else outcome
    assert outcome is not None  # the last event of a run
    return outcome
