"""What a client hears of a job while it runs, and how fast the job's model writes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from planfirst.core.errors import PlanfirstError
from planfirst.core.types import Event, Notice, Stage, StageName, Text
from planfirst.lsp.messages import Ask, AttemptEvent, NoticeEvent, StageEvent, TextEvent
from planfirst.lsp.verified import event_of, words_of
from planfirst.verify.attempts import Attempt, Checking, Trying

if TYPE_CHECKING:
    from planfirst.core.ports import Writer
    from planfirst.lsp.server import PlanfirstServer

DOING: dict[StageName, str] = {
    "retrieve": "Looking for a similar question",
    "plan": "Writing the plan",
    "prompt": "Putting the prompt together",
    "generate": "Writing the code",
}


class Pace:
    """How fast the last stage that wrote did so, from its first piece of text to its end."""

    def __init__(self) -> None:
        self.stage: StageName | None = None
        self._text: list[str] = []
        self._begun = self._seconds = 0.0

    def take(self, event: Event | Trying | Checking | Attempt) -> None:
        """Hears of everything that happens."""
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


class JobProgress:
    """Sends what happens: to the partial-result token as events, to the work-done token as words.

    Attributes:
        runs_checks: whether code is run, and not only read, so that its checking takes time enough to be told.
    """

    def __init__(self, server: PlanfirstServer, ask: Ask) -> None:
        self._server = server
        self._partial = ask.partial_token
        self._work = ask.work_token
        self._last = Trying(1, "", 0.0, 0)
        self.runs_checks = False

    def begin(self, title: str) -> None:
        """Shows the progress; its Cancel ends the task that calls this."""
        if self._work is None:
            return
        progress = self._server.work_done_progress
        title = f"Planfirst: {self._server.words(title)}"
        progress.begin(self._work, lsp.WorkDoneProgressBegin(title=title, cancellable=True))
        task = asyncio.current_task()
        if task is not None:
            progress.tokens[self._work].add_done_callback(_cancels(task))

    def report(self, event: Event | Trying | Checking | Attempt) -> None:
        """Sends an event on."""
        words = self._server.words
        message: StageEvent | TextEvent | NoticeEvent | AttemptEvent
        if isinstance(event, Trying | Checking | Attempt):
            self._last = event if isinstance(event, Trying) else self._last
            message = event_of(event, self._last, self._server.settings.verify.attempts)
            message["output"] = words(message["output"])
            if self._work is not None and (event.number > 1 or (self.runs_checks and not isinstance(event, Trying))):
                said = lsp.WorkDoneProgressReport(message=words(words_of(message)), cancellable=True)
                self._server.work_done_progress.report(self._work, said)
        elif isinstance(event, Stage):
            message = StageEvent(kind="stage", stage=event.name)
            if event.seconds is not None:
                message["ms"] = round(event.seconds * 1000, 1)
            elif self._work is not None:
                said = lsp.WorkDoneProgressReport(message=words(DOING[event.name]), cancellable=True)
                self._server.work_done_progress.report(self._work, said)
        elif isinstance(event, Text):
            message = TextEvent(kind="text", stage=event.stage, text=event.text)
        elif isinstance(event, Notice):
            message = NoticeEvent(kind="notice", text=words(event.text))
        else:
            return
        if self._partial is not None:
            self._server.progress(lsp.ProgressParams(token=self._partial, value=message))

    def end(self) -> None:
        """Takes the progress away."""
        if self._work is not None:
            self._server.work_done_progress.end(self._work, lsp.WorkDoneProgressEnd())
            self._server.work_done_progress.tokens.pop(self._work, None)  # pygls never does


def _cancels(task: asyncio.Task[Any]) -> Callable[[Any], None]:
    def cancel(future: Any) -> None:
        if future.cancelled():
            task.cancel()

    return cancel
