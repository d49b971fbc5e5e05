"""Work in hand: runs the pipeline for a place in a document, streams what happens, and turns the result into an edit.

Two ways lead here: a custom request, which its client can cancel and whose answer holds the edit, and a command, for
any other editor, which answers at once, shows work-done progress and applies the edit itself.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from planfirst.core.errors import BadRequest, PlanfirstError, StoreError
from planfirst.core.types import Decoding, Event, Goal, Notice, Outcome, Prompt, Stage, StageName, Task, Text
from planfirst.folders import data_folder, store_folder
from planfirst.lsp.convert import Snapshot, snapshot, workspace_edit
from planfirst.lsp.messages import (
    TITLES,
    Ask,
    AttemptEvent,
    NoticeEvent,
    Placed,
    Speed,
    StageEvent,
    TextEvent,
    Verb,
    WireVerdict,
)
from planfirst.lsp.plan_book import KnownPlan, PlanKey
from planfirst.lsp.verified import budget_of, event_of, prepared, said_of, verdict_of, words_of
from planfirst.source.locate import Spot
from planfirst.source.place import Placement, place_code, place_plan
from planfirst.store.layout import DamageError, read_current
from planfirst.verify.attempts import Attempt, Checking, Trying, best
from planfirst.verify.verification import Verification

if TYPE_CHECKING:
    from planfirst.core.pipeline import Pipeline
    from planfirst.core.ports import Writer
    from planfirst.lsp.server import PlanfirstServer

log = logging.getLogger(__name__)
_DOING: dict[StageName, str] = {
    "retrieve": "Looking for a similar question",
    "plan": "Writing the plan",
    "prompt": "Putting the prompt together",
    "generate": "Writing the code",
}
_GOALS: dict[Verb, Goal] = {
    "plan": "plan",
    "generate": "generate",
    "showPrompt": "prompt",
    "insertPlan": "plan",
    "generateFromPlan": "generate",
}

_SAMPLE = "Write a Python function that counts the words of a text and returns the ten most frequent ones."
_SAMPLE_TOKENS = 64
_ALLOW = "Run it in the sandbox"
_MAY_RUN = (
    "Planfirst: there are examples or tests for this code. May generated code be run against them? It runs in a "
    "sandbox, without network, and sees no files but those that it imports. The answer holds until the server ends."
)
_LEAVE_SECONDS = 60.0  # after which the code is offered without being run
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
        self._leave: asyncio.Future[bool] | None = None

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
        spot = before.spot(ask.first, ask.last)
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
        progress = _Progress(self._server, ask, before.uri)
        pace = _Pace()
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
                verification = await prepared(self._server, ask, before, spot, trusted, self._may_run)
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
        finally:
            progress.end()
        chosen = best(made) if made else None
        outcome = replace(chosen.outcome, task=task) if chosen else outcome
        assert outcome is not None  # the last event of a run
        planned = made[0].outcome if made else outcome  # what was offered in the end may have been written without
        if planned.plan is not None and task.plan is None:
            known = KnownPlan(planned.plan, planned.example, planned.planner)
            self._server.plans.put(self.key(task), known)
        elif outcome.plan is not None:
            outcome = replace(outcome, planner=planner)
            self._remember_own(ask, outcome)
        rate = await pace.rate(pipeline.planner if pace.stage == "plan" else pipeline.generator)
        edit, notices = self._edit(before, spot, outcome, goal)
        self._server.watch.used(before.uri)
        problems = verification.problems if verification else ()
        verdict = verdict_of(verification, made, chosen) if goal == "generate" else None
        return Finished(before, outcome, edit, (*notices, *problems), rate, verdict)

    def place(self, ask: Ask) -> Placed:
        """The edit that puts code or a plan at a place in the document as it is now.

        Raises:
            BadRequest: there is no such place, or nothing to put there.
        """
        before, spot = self.find(ask)
        if ask.code is not None:
            placement = place_code(before.text, spot, ask.code, before.language)
        elif ask.plan is not None:
            placement = place_plan(before.text, spot, ask.plan, before.language)
        else:
            raise BadRequest("The request is malformed: code or plan is missing.", "Update the editor's plug-in.")
        edit = self.to_edit(before, placement) if placement.edits else None
        return Placed(edit=edit, notices=[placement.warning] if placement.warning else [])

    async def speed(self) -> Speed:
        """Lets the generator write a little and measures it.

        Raises:
            PlanfirstError: it cannot answer.
        """
        writer = self._server.engine.pipeline().generator
        pieces: list[str] = []
        begun = time.perf_counter()
        async with aclosing(writer.stream(Prompt("", _SAMPLE), Decoding(_SAMPLE_TOKENS))) as stream:
            async for piece in stream:
                if not pieces:
                    begun = time.perf_counter()
                pieces.append(piece)
        seconds = time.perf_counter() - begun
        (tokens,) = await writer.count(["".join(pieces)])
        return Speed(model=writer.name, tokens=tokens, seconds=round(seconds, 4))

    def start(self, verb: Verb, ask: Ask) -> None:
        """Does the work of a command in the background."""
        task = asyncio.create_task(self._command(verb, ask), name=f"command {verb}")
        self._keep(task)

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

    async def _may_run(self) -> bool:
        """Asks the user once, and never again as long as the server runs. Our own client asks by itself."""
        if self._server.is_ours:
            return False
        if self._leave is None:
            self._leave = asyncio.ensure_future(self._asked())
        done, _ = await asyncio.wait({self._leave}, timeout=_LEAVE_SECONDS)
        return bool(done) and self._leave.result()

    async def _asked(self) -> bool:
        actions = [lsp.MessageActionItem(title=title) for title in (_ALLOW, "No")]
        message = lsp.ShowMessageRequestParams(type=lsp.MessageType.Info, message=_MAY_RUN, actions=actions)
        try:
            answer = await self._server.window_show_message_request_async(message)
        except JsonRpcException:
            return False
        return answer is not None and answer.title == _ALLOW

    def _task(self, ask: Ask, spot: Spot, goal: Goal, from_file: bool) -> tuple[Task, str]:
        """The task, and who wrote the plan that it brings along: a model's name, or empty for the user."""
        if ask.plan is not None:
            return replace(spot.task, plan=ask.plan), ""
        if spot.task.plan is not None and from_file and goal != "plan" and not ask.fresh:
            return spot.task, ""
        known = None if ask.fresh or goal == "plan" else self.known(spot.task)
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
            placement = place_code(before.text, spot, outcome.generation.code, before.language)
        elif goal == "plan" and outcome.plan:
            placement = place_plan(before.text, spot, outcome.plan, before.language)
        if placement is None:
            return None, ()
        warnings = (placement.warning,) if placement.warning else ()
        if not before.unchanged(self._server.document(before.uri)):
            return None, (*warnings, "The document changed or was closed meanwhile, so nothing was written to it.")
        return self.to_edit(before, placement), warnings

    def to_edit(self, before: Snapshot, placement: Placement) -> lsp.WorkspaceEdit:
        """A placement in the client's terms."""
        workspace = self._server.client_capabilities.workspace
        edits = workspace.workspace_edit if workspace else None
        versioned = bool(edits and edits.document_changes)
        return workspace_edit(before, placement.edits, self._server.workspace.position_codec, versioned)

    # ------------------------------------------------------------------ commands, for editors without our extension

    async def _command(self, verb: Verb, ask: Ask) -> None:
        try:
            token = await self._progress_token()
            finished = await self.run(replace(ask, work_token=token), _GOALS[verb], verb == "generateFromPlan")
            await self._deliver(verb, finished)
        except PlanfirstError as error:
            self._server.say(str(error), lsp.MessageType.Error)
        except asyncio.CancelledError:
            self._server.say("Cancelled; nothing was written.", lsp.MessageType.Info)
        except Exception:
            log.exception("command %s failed", verb)
            self._server.say(
                "Something unexpected went wrong. The server's log has the details.", lsp.MessageType.Error
            )

    async def _progress_token(self) -> str | None:
        """A progress the client shows, with a Cancel that reaches this job; None if the client has no such thing."""
        window = self._server.client_capabilities.window
        if not (window and window.work_done_progress):
            return None
        token = str(uuid.uuid4())
        await self._server.work_done_progress.create_async(token)
        return token

    async def _deliver(self, verb: Verb, finished: Finished) -> None:
        for notice in (*finished.outcome.notices, *finished.notices):
            self._server.say(notice)
        if finished.verdict is not None and finished.edit is not None:
            is_good = finished.verdict["status"] == "passed"
            self._server.say(said_of(finished.verdict), lsp.MessageType.Info if is_good else lsp.MessageType.Warning)
        if verb == "showPrompt":
            await self._show_prompt(finished.outcome)
        elif verb == "plan" and finished.outcome.plan:
            self._server.say(f"Plan:\n{finished.outcome.plan.numbered()}", lsp.MessageType.Info)
        elif verb != "plan":
            await self._apply(verb, finished)

    async def _apply(self, verb: Verb, finished: Finished) -> None:
        """Applies the edit; what the editor does not take is kept in a file."""
        reason = "the document has moved on"
        before = finished.before
        if finished.edit is not None and before.unchanged(self._server.document(before.uri)):
            # Looked at once more: between the edit's making and now, other messages may have been read.
            answer = await self._server.workspace_apply_edit_async(
                lsp.ApplyWorkspaceEditParams(edit=finished.edit, label=TITLES[verb])
            )
            if answer.applied:
                return
            reason = answer.failure_reason or "the editor refused the edit"
        outcome = finished.outcome
        text = outcome.generation.code if outcome.generation else outcome.plan.numbered() if outcome.plan else ""
        if text:
            self._server.say(f"Not written, since {reason}. The text is kept in {_keep_text('kept.txt', text)}.")

    async def _show_prompt(self, outcome: Outcome) -> None:
        assert outcome.prompt is not None  # the goal was a prompt
        path = _keep_text("prompt.md", outcome.prompt.text)
        window = self._server.client_capabilities.window
        if window and window.show_document and window.show_document.support:
            await self._server.window_show_document_async(lsp.ShowDocumentParams(uri=path.as_uri(), take_focus=True))
        else:
            self._server.say(f"The enhanced prompt is in {path}.", lsp.MessageType.Info)


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


def _keep_text(name: str, text: str) -> Path:
    path = data_folder() / "kept" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return path


class _Pace:
    """How fast the last stage that wrote did so, from its first piece of text to its end."""

    def __init__(self) -> None:
        self.stage: StageName | None = None
        self._text: list[str] = []
        self._begun = self._seconds = 0.0

    def take(self, event: Event | Trying | Checking | Attempt) -> None:
        if isinstance(event, Trying):
            self.stage = None
        elif isinstance(event, Text):
            if event.stage != self.stage:
                self.stage, self._text, self._begun = event.stage, [], time.perf_counter()
            self._text.append(event.text)
        elif isinstance(event, Stage) and event.name == self.stage and event.seconds is not None:
            self._seconds = time.perf_counter() - self._begun

    async def rate(self, writer: Writer) -> float:
        """Tokens per second; the first piece came before the clock started, so it does not count."""
        if len(self._text) < 2 or not self._seconds:
            return 0.0
        try:
            (tokens,) = await writer.count(["".join(self._text[1:])])
        except PlanfirstError:
            return 0.0
        return tokens / self._seconds


class _Progress:
    """Sends what happens: to the partial-result token as events, to the work-done token as words."""

    def __init__(self, server: PlanfirstServer, ask: Ask, uri: str) -> None:
        self._server = server
        self._partial = ask.partial_token
        self._work = ask.work_token
        self._last = Trying(1, "", 0.0, 0)
        self.runs_checks = False

    def begin(self, title: str) -> None:
        if self._work is None:
            return
        progress = self._server.work_done_progress
        progress.begin(self._work, lsp.WorkDoneProgressBegin(title=f"Planfirst: {title}", cancellable=True))
        task = asyncio.current_task()
        if task is not None:
            progress.tokens[self._work].add_done_callback(_cancels(task))

    def report(self, event: Event | Trying | Checking | Attempt) -> None:
        message: StageEvent | TextEvent | NoticeEvent | AttemptEvent
        if isinstance(event, Trying | Checking | Attempt):
            self._last = event if isinstance(event, Trying) else self._last
            message = event_of(event, self._last, self._server.settings.verify.attempts)
            if self._work is not None and (event.number > 1 or (self.runs_checks and not isinstance(event, Trying))):
                said = lsp.WorkDoneProgressReport(message=words_of(message), cancellable=True)
                self._server.work_done_progress.report(self._work, said)
        elif isinstance(event, Stage):
            message = StageEvent(kind="stage", stage=event.name)
            if event.seconds is not None:
                message["ms"] = round(event.seconds * 1000, 1)
            elif self._work is not None:
                words = lsp.WorkDoneProgressReport(message=_DOING[event.name], cancellable=True)
                self._server.work_done_progress.report(self._work, words)
        elif isinstance(event, Text):
            message = TextEvent(kind="text", stage=event.stage, text=event.text)
        elif isinstance(event, Notice):
            message = NoticeEvent(kind="notice", text=event.text)
        else:
            return
        if self._partial is not None:
            self._server.progress(lsp.ProgressParams(token=self._partial, value=message))

    def end(self) -> None:
        if self._work is not None:
            self._server.work_done_progress.end(self._work, lsp.WorkDoneProgressEnd())
            self._server.work_done_progress.tokens.pop(self._work, None)  # pygls never does


def _cancels(task: asyncio.Task[Any]) -> Callable[[Any], None]:
    def cancel(future: Any) -> None:
        if future.cancelled():
            task.cancel()

    return cancel
