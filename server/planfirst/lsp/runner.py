"""Runs the pipeline for a site in a document, streams what happens, and turns the result into an edit.

Two ways lead here: a custom request, which its client can cancel and whose answer holds the edit, and a command, for
any other editor, which answers at once, shows work-done progress and applies the edit itself (`commands`).
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from planfirst.core import plan as plans
from planfirst.core.errors import PlanfirstError
from planfirst.core.pipeline import Pipeline
from planfirst.core.types import CodeSoFar, Event, Goal, Outcome, Plan, Task
from planfirst.lsp.ask import Ask
from planfirst.lsp.client import Client
from planfirst.lsp.command_names import TITLES
from planfirst.lsp.opened_folders import OpenedFolders
from planfirst.lsp.plan_book import KnownPlan
from planfirst.lsp.run import Run
from planfirst.lsp.run_permission import RunPermission
from planfirst.lsp.run_progress import Pace, RunProgress
from planfirst.lsp.session import Session
from planfirst.lsp.snapshot import Snapshot
from planfirst.lsp.verdicts import verdict_of
from planfirst.source.place import place_code
from planfirst.source.placement import Placement, place_plan
from planfirst.source.site import Site
from planfirst.verify.attempt import Attempt, Budget, Checking, Trying, best
from planfirst.verify.destination import Destination
from planfirst.verify.project import project_of
from planfirst.verify.verification import Verification, verification
from planfirst.words import Message

log = logging.getLogger(__name__)
_RETRY_TEMPERATURE = 0.6  # at 0 the same prompt gives the same code, however often it is asked


class Runner:
    """Does the work of one connection's requests.

    Args:
        folders: hears where requests were answered.
    """

    def __init__(self, session: Session, client: Client, folders: OpenedFolders) -> None:
        self._session = session
        self._client = client
        self._folders = folders
        self._permission = RunPermission(client)

    async def warm(self) -> None:
        """Starts the child processes before they are needed, if the user wants that."""
        if not self._session.settings.editor.warm_up:
            return
        try:
            await self._session.engine.warm()
        except PlanfirstError as error:
            log.warning("warming up: %s", error)

    async def read_ahead(self, ask: Ask) -> None:
        """Has the model read the prompt of a request that may come; what goes wrong comes with the request itself."""
        try:
            before, site = self._session.find(ask)
            task, _ = self._task(ask, before, site, "generate", from_file=True)
            await self._session.engine.pipeline(before.path).read_ahead(task)
        except PlanfirstError as error:
            log.debug("reading ahead: %s", error)

    async def run(self, ask: Ask, goal: Goal, from_file: bool = True) -> Run:
        """Does all of the work.

        Args:
            from_file: use the plan that stands in the comment, when there is one.

        Raises:
            PlanfirstError: it cannot be done.
            asyncio.CancelledError: the client cancelled it; the model has been stopped.
        """
        before, site = self._session.find(ask)
        title = Message(TITLES["plan"] if goal == "plan" else TITLES["generate"])
        pace = Pace()
        with RunProgress(self._client, ask, title, self._session.settings.verify.attempts) as progress:
            run = self._begun(ask, goal, before, site, from_file)
            run = await self._verifiable(run)
            run = await self._written(run, progress, pace)
            run = await self._explained(run, progress)
        run = self._remembered(run)
        writer = run.pipeline.planner if pace.stage == "plan" else run.pipeline.generator
        run = replace(run, rate=await pace.rate(writer))
        run = self._placed(run)
        self._folders.used(before.uri)
        return self._judged(run)

    def _begun(self, ask: Ask, goal: Goal, before: Snapshot, site: Site, from_file: bool) -> Run:
        task, planner = self._task(ask, before, site, goal, from_file)
        pipeline = _varied(self._session.engine.pipeline(before.path), ask.attempt)
        pipeline = replace(pipeline, new_part=Destination(before.text, site, language=before.language).new_part)
        return Run(ask, goal, before, site, task, planner, pipeline, Outcome(task))

    def _task(self, ask: Ask, before: Snapshot, site: Site, goal: Goal, from_file: bool) -> tuple[Task, str]:
        """The task with the project's rules, and who wrote the plan it brings along: a model's name; empty for you."""
        asked = self._session.engine.ruled(site.task, before.path, self._session.folders)
        known = self._session.known(asked)
        behind = known.plan if known and not ask.attempt else None
        if ask.plan is not None:
            return replace(asked, plan=plans.adopted(ask.plan, behind)), ""
        if site.task.plan is not None and from_file and goal != "plan" and not ask.fresh:
            return replace(asked, plan=plans.adopted(site.task.plan, behind)), ""
        if ask.fresh or goal == "plan" or (known and known.planner and known.plan.draft and ask.attempt):
            known = None  # another attempt at a plan from a draft is another draft
        if known is None:
            return replace(asked, plan=None), ""
        return replace(asked, plan=Plan(known.plan.steps) if ask.attempt else known.plan), known.planner

    async def _verifiable(self, run: Run) -> Run:
        """With what generated code will be checked with, if code is asked for."""
        if run.goal != "generate":
            return run
        ask, before, setting = run.ask, run.before, self._session.settings.verify.run
        trusted = ask.trusted or not self._client.is_ours  # other editors leave that to their users

        async def permitted(worth_asking: bool) -> bool:
            if setting != "ask":
                return setting == "on"
            return ask.may_run or (worth_asking and await self._permission.given())

        project = project_of(before.path, self._session.folders) if before.path and trusted else None
        found = await verification(
            run.site.task,
            Destination(before.text, run.site, project, before.language, before.path),
            self._session.engine.sandbox,
            trusted=trusted,
            permit=permitted,
        )
        if found.refused:
            self._client.say_once(Message("verify-without-sandbox", error=found.refused))
        if setting == "off" and found.needs == "permission":
            found = replace(found, needs="")  # the user has decided
        return replace(run, verification=found)

    async def _written(self, run: Run, progress: RunProgress, pace: Pace) -> Run:
        """With its attempts, or with the outcome of the pipeline where nothing is checked."""
        work: AsyncGenerator[Event | Trying | Checking | Attempt, None]
        if run.verification is None:
            work = run.pipeline.run(run.task, run.goal, run.ask.leave_out)
        else:
            progress.runs_checks = bool(run.verification.checks and not run.verification.needs)
            work = self._attempts(run, run.verification)
        made: list[Attempt] = []
        async with aclosing(work) as events:
            async for event in events:
                pace.take(event)
                progress.report(event)
                if isinstance(event, CodeSoFar) and run.ask.edits and run.ask.request is None:
                    so_far = self._placement(run, event.code)
                    if so_far.edits:
                        progress.show(self._client.edit(run.before, so_far.edits))
                elif isinstance(event, Attempt):
                    made.append(event)
                elif isinstance(event, Outcome):
                    run = replace(run, outcome=event)
        return replace(run, attempts=tuple(made), outcome=best(made).outcome) if made else run

    def _attempts(self, run: Run, checks: Verification) -> AsyncGenerator[Event | Trying | Checking | Attempt, None]:
        settings = self._session.settings.verify
        budget = Budget(settings.seconds, settings.tokens, settings.attempts)
        own = run.task.plan is not None and not run.planner
        return checks.attempts(run.pipeline, run.task, budget, leave_out=run.ask.leave_out, keep_plan=own)

    async def _explained(self, run: Run, progress: RunProgress) -> Run:
        """With a plan of the best attempt, where the planner plans from drafts."""
        if run.chosen is None or "plan" in run.ask.leave_out:
            return run
        async with aclosing(run.pipeline.explained(run.chosen.outcome)) as events:
            async for event in events:
                progress.report(event)
                if isinstance(event, Outcome):
                    run = replace(run, outcome=event)
        return run

    def _remembered(self, run: Run) -> Run:
        """Keeps the plan, and says who wrote it."""
        outcome = planned = run.outcome
        if run.attempts and outcome.plan is None:  # what was offered in the end may have been written without the plan
            planned = run.attempts[0].outcome
        if planned.plan is not None and run.task.plan is None:
            self._session.remember(run.task, KnownPlan(planned.plan, planned.example, planned.planner))
        elif outcome.plan is not None:
            outcome = replace(outcome, planner=run.planner)
            self._remember_own(run.ask, outcome)
        if run.goal == "plan":
            outcome = replace(outcome, generation=None)  # a draft waits behind its plan, unseen
        return replace(run, outcome=outcome)

    def _remember_own(self, ask: Ask, outcome: Outcome) -> None:
        """A plan that the user changed takes the place of the one that was made, with what is known of its code."""
        known = self._session.known(outcome.task)
        if ask.plan is not None and (known is None or known.plan != ask.plan or not known.planner):
            plan = outcome.plan if outcome.plan == ask.plan else ask.plan
            self._session.remember(outcome.task, KnownPlan(plan, outcome.example, ""))

    def _placed(self, run: Run) -> Run:
        """With the edit that puts the result into the document, if that is possible, and what is to be said of it."""
        outcome, before = run.outcome, run.before
        placement: Placement | None = None
        if run.goal == "generate" and outcome.generation and outcome.generation.code.strip():
            placement = self._placement(run, outcome.generation.code)
        elif run.goal == "plan" and outcome.plan:
            placement = place_plan(before.text, run.site, outcome.plan, before.language)
        if placement is None:
            return run
        notices = tuple(said for said in (*placement.notices, placement.warning) if said)
        if placement.refused:
            return replace(run, notices=notices)
        only_adds = all(edit.line == edit.end_line for edit in placement.edits)
        in_place = any(said.code == "answer-changes-code" for said in placement.notices)
        between = (
            run.site.described and not in_place and any(edit.line == run.site.described[0] for edit in placement.edits)
        )
        if between and run.goal == "generate" and only_adds:
            notices = (*notices, Message("code-goes-between"))
        if run.ask.request is not None:
            return replace(run, notices=notices)  # `planfirst/place` puts it in, and the code with it
        if not before.unchanged(self._session.document(before.uri)):
            changed = Message("document-moved-on")
            return replace(run, notices=(*notices, changed))
        return replace(run, notices=notices, edit=self._client.edit(before, placement.edits))

    def _placement(self, run: Run, code: str) -> Placement:
        before = run.before
        return place_code(before.text, run.site, code, before.language, before.depth(self._session.folders))

    def _judged(self, run: Run) -> Run:
        """With the verdict on the code that is offered."""
        if run.verification is None or run.chosen is None:
            return run
        verdict = verdict_of(run.verification, run.attempts, run.chosen, self._client.words)
        return replace(run, notices=(*run.notices, *run.verification.problems), verdict=verdict)


def _varied(pipeline: Pipeline, attempt: int) -> Pipeline:
    """The same pipeline for the first attempt; for a later one, warm enough to write something else."""
    if not attempt:
        return pipeline
    limits = pipeline.limits
    warm = replace(limits, temperature=max(limits.temperature, _RETRY_TEMPERATURE), seed=limits.seed + attempt)
    return replace(pipeline, limits=warm)
