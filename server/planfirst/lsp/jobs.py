"""Work in hand: runs the pipeline for a place in a document, streams what happens, and turns the result into an edit.

Two ways lead here: a custom request, which its client can cancel and whose answer holds the edit, and a command, for
any other editor, which answers at once, shows work-done progress and applies the edit itself (``commands``).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from planfirst.core import plan as plans
from planfirst.core.errors import BadRequest, PlanfirstError, StoreError
from planfirst.core.types import Event, Goal, Outcome, Task
from planfirst.folders import store_folder
from planfirst.lsp import commands
from planfirst.lsp.convert import Snapshot, depth_of, snapshot, workspace_edit
from planfirst.lsp.job_progress import JobProgress, Pace
from planfirst.lsp.messages import TITLES, Ask, Placed, Speed, Verb, WireVerdict
from planfirst.lsp.permission import Permission
from planfirst.lsp.plan_book import KnownPlan, PlanKey
from planfirst.lsp.speed import measured
from planfirst.lsp.verified import budget_of, folders_of, prepared, verdict_of
from planfirst.source.locate import Spot
from planfirst.source.place import Placement, place_code, place_plan
from planfirst.store.layout import DamageError, read_current
from planfirst.verify.attempts import Attempt, Checking, Trying, best
from planfirst.verify.verification import Verification

if TYPE_CHECKING:
    from planfirst.core.pipeline import Pipeline
    from planfirst.lsp.server import PlanfirstServer

log = logging.getLogger(__name__)
_BETWEEN = (
    "The code below this comment stays as it is, and the new code goes between the two. "
    "To change that code instead, choose Rewrite the code below this comment."
)
_RETRY_TEMPERATURE = 0.6  # at 0 the same prompt gives the same code, however often it is asked


@dataclass(frozen=True, slots=True)
class Finished:
    """What a job made.

    Attributes:
        edit: None if there is nothing to write or nowhere to.
        rate: tokens/s.
        verdict: of generated code.
    """

    before: Snapshot
    outcome: Outcome
    edit: lsp.WorkspaceEdit | None
    notices: tuple[str, ...]
    rate: float
    verdict: WireVerdict | None


class Jobs:
    """All jobs of one connection."""

    def __init__(self, server: PlanfirstServer) -> None:
        self._server = server
        self._running: set[asyncio.Task[Any]] = set()
        self._permission = Permission(server)

    # ------------------------------------------------------------------ places

    def find(self, ask: Ask) -> tuple[Snapshot, Spot]:
        """The document and the spot that an ask is about.

        Raises:
            BadRequest: the document is not open, has moved on, or has nothing to work from there.
        """
        document = self._server.document(ask.uri)
        if document is None:
            raise BadRequest("The document is not open in the editor.", "Open it, then try again.")
        before = snapshot(document)
        if ask.version is not None and before.version is not None and ask.version != before.version:
            raise BadRequest("The document has changed since the request was made.", "Try again.")
        spot = before.spot(ask.first, ask.last, ask.rewrite)
        if spot is None and ask.rewrite:
            raise BadRequest(
                "There is no code directly below this comment to rewrite.",
                "Put the comment above the code without a blank line between, then try again.",
            )
        if spot is None:
            raise BadRequest(
                "There is no comment, empty function or selection to work from here.",
                "Write a comment that says what the code should do, put the cursor on it, then try again.",
            )
        return before, spot

    def key(self, task: Task) -> PlanKey:
        """Under which key the plan of a task is known."""
        settings = self._server.settings
        return self._server.plans.key(
            task, settings.planner.model, _store_generation(store_folder(settings.retriever.store))
        )

    def known(self, task: Task) -> KnownPlan | None:
        """The plan that was made for a task, if there is one."""
        return self._server.plans.get(self.key(task))

    # ------------------------------------------------------------------ running

    async def run(self, ask: Ask, goal: Goal, from_file: bool = True) -> Finished:
        """Does the work of a custom request.

        Args:
            from_file: use the plan that stands in the comment, when there is one.

        Raises:
            PlanfirstError: it cannot be done.
            asyncio.CancelledError: the client cancelled it; the model has been stopped.
        """
        before, spot = self.find(ask)
        task, planner = self._task(ask, spot, goal, from_file)
        progress = JobProgress(self._server, ask)
        pace = Pace()
        outcome: Outcome | None = None
        made: list[Attempt] = []
        verification: Verification | None = None
        progress.begin(TITLES["plan"] if goal == "plan" else TITLES["generate"])
        try:
            pipeline = _varied(self._server.engine.pipeline(before.path), ask.attempt)
            work: AsyncGenerator[Event | Trying | Checking | Attempt, None]
            work = pipeline.run(task, goal, ask.leave_out)
            if goal == "generate":
                trusted = ask.trusted or not self._server.is_ours  # other editors leave that to their users
                verification = await prepared(self._server, ask, before, spot, trusted, self._permission.asked)
            if verification is not None:
                own = task.plan is not None and not planner
                budget = budget_of(self._server)
                progress.runs_checks = bool(verification.checks and not verification.needs)
                work = verification.attempts(pipeline, task, budget, leave_out=ask.leave_out, keep_plan=own)
            async with aclosing(work) as events:
                async for event in events:
                    pace.take(event)
                    if isinstance(event, Attempt):
                        made.append(event)
                    if isinstance(event, Outcome):
                        outcome = event
                    elif not isinstance(event, Attempt) or event.verdict.status == "failed":
                        progress.report(event)
            if made and "plan" not in ask.leave_out:
                async with aclosing(pipeline.explained(best(made).outcome)) as events:
                    async for event in events:
                        if isinstance(event, Outcome):
                            outcome = event
                        else:
                            progress.report(event)
        finally:
            progress.end()
        chosen = best(made) if made else None
        outcome = outcome or (chosen.outcome if chosen else None)
        assert outcome is not None  # the last event of a run
        planned = outcome
        if made and outcome.plan is None:  # what was offered in the end may have been written without the plan
            planned = made[0].outcome
        if planned.plan is not None and task.plan is None:
            known = KnownPlan(planned.plan, planned.example, planned.planner)
            self._server.plans.put(self.key(task), known)
        elif outcome.plan is not None:
            outcome = replace(outcome, planner=planner)
            self._remember_own(ask, outcome)
        if goal == "plan":
            outcome = replace(outcome, generation=None)  # a draft waits behind its plan, unseen
        rate = await pace.rate(pipeline.planner if pace.stage == "plan" else pipeline.generator)
        edit, notices = self._edit(before, spot, outcome, goal)
        self._server.watch.used(before.uri)
        problems = verification.problems if verification else ()
        verdict = verdict_of(verification, made, chosen, self._server.words) if verification and chosen else None
        return Finished(before, outcome, edit, (*notices, *problems), rate, verdict)

    def place(self, ask: Ask) -> Placed:
        """The edit that puts code or a plan at a place in the document as it is now.

        Raises:
            BadRequest: there is no such place, or nothing to put there.
        """
        before, spot = self.find(ask)
        if ask.code is not None:
            placement = place_code(before.text, spot, ask.code, before.language, self._depth(before))
        elif ask.plan is not None:
            placement = place_plan(before.text, spot, ask.plan, before.language)
        else:
            raise BadRequest("The request is malformed: code or plan is missing.", "Update the editor's plug-in.")
        edit = self.to_edit(before, placement) if placement.edits else None
        said = [self._server.words(text) for text in (*placement.notices, placement.warning) if text]
        return Placed(edit=edit, notices=said, refused=self._server.words(placement.refused))

    async def speed(self) -> Speed:
        """Lets the generator write a little and measures it.

        Raises:
            PlanfirstError: it cannot answer.
        """
        return await measured(self._server.engine.pipeline().generator)

    def start(self, verb: Verb, ask: Ask) -> None:
        """Does the work of a command in the background."""
        self._keep(asyncio.create_task(commands.run(self._server, verb, ask), name=f"command {verb}"))

    def warm(self) -> None:
        """Starts the child processes in the background."""
        if self._server.settings.editor.warm_up:
            self._keep(asyncio.create_task(self._warm(), name="warm up"))

    async def end(self) -> None:
        """Cancels everything and waits for it."""
        running = [task for task in self._running if task is not asyncio.current_task()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _warm(self) -> None:
        try:
            await self._server.engine.warm()
        except PlanfirstError as error:
            log.warning("warming up: %s", error)

    def _task(self, ask: Ask, spot: Spot, goal: Goal, from_file: bool) -> tuple[Task, str]:
        """The task, and who wrote the plan that it brings along: a model's name, or empty for the user."""
        known = self.known(spot.task)
        behind = known.plan if known and not ask.attempt else None
        if ask.plan is not None:
            return replace(spot.task, plan=plans.adopted(ask.plan, behind)), ""
        if spot.task.plan is not None and from_file and goal != "plan" and not ask.fresh:
            return replace(spot.task, plan=plans.adopted(spot.task.plan, behind)), ""
        if ask.fresh or goal == "plan" or (known and known.plan.draft and ask.attempt):
            known = None  # another attempt at a plan from a draft is another draft
        return replace(spot.task, plan=known.plan if known else None), known.planner if known else ""

    def _remember_own(self, ask: Ask, outcome: Outcome) -> None:
        """A plan that the user changed takes the place of the one that was made."""
        known = self.known(outcome.task)
        if ask.plan is not None and (known is None or known.plan != ask.plan):
            self._server.plans.put(self.key(outcome.task), KnownPlan(ask.plan, outcome.example, ""))

    def _edit(
        self, before: Snapshot, spot: Spot, outcome: Outcome, goal: Goal
    ) -> tuple[lsp.WorkspaceEdit | None, tuple[str, ...]]:
        placement: Placement | None = None
        if goal == "generate" and outcome.generation and outcome.generation.code.strip():
            placement = place_code(before.text, spot, outcome.generation.code, before.language, self._depth(before))
        elif goal == "plan" and outcome.plan:
            placement = place_plan(before.text, spot, outcome.plan, before.language)
        if placement is None:
            return None, ()
        warnings = tuple(text for text in (*placement.notices, placement.warning) if text)
        if placement.refused:
            return None, warnings
        if spot.described and goal == "generate":
            warnings = (*warnings, _BETWEEN)
        if not before.unchanged(self._server.document(before.uri)):
            return None, (*warnings, "The document changed or was closed meanwhile, so nothing was written to it.")
        return self.to_edit(before, placement), warnings

    def _depth(self, before: Snapshot) -> int | None:
        return depth_of(before.path, folders_of(self._server))

    def to_edit(self, before: Snapshot, placement: Placement) -> lsp.WorkspaceEdit:
        """A placement in the client's terms."""
        workspace = self._server.client_capabilities.workspace
        edits = workspace.workspace_edit if workspace else None
        versioned = bool(edits and edits.document_changes)
        return workspace_edit(before, placement.edits, self._server.workspace.position_codec, versioned)


def _varied(pipeline: Pipeline, attempt: int) -> Pipeline:
    """The same pipeline for the first attempt; for a later one, warm enough to write something else."""
    if not attempt:
        return pipeline
    limits = pipeline.limits
    warm = replace(limits, temperature=max(limits.temperature, _RETRY_TEMPERATURE), seed=limits.seed + attempt)
    return replace(pipeline, limits=warm)


def _store_generation(root: Path) -> str:
    """Which generation of the store is in use; empty when there is none."""
    try:
        return read_current(root).sha256
    except (StoreError, DamageError):
        return ""
