"""What the editor is told during a run, and how fast its model writes."""

from __future__ import annotations

import asyncio
import time
from functools import partial

from lsprotocol import types as lsp

from planfirst.core.errors import PlanfirstError
from planfirst.core.ports import Writer
from planfirst.core.types import Event, Notice, Stage, StageName, Text
from planfirst.lsp.ask import Ask
from planfirst.lsp.client import Client
from planfirst.lsp.convert import notice_of
from planfirst.lsp.messages import AttemptEvent, EditEvent, NoticeEvent, StageEvent, TextEvent
from planfirst.lsp.verdicts import doing_of, event_of
from planfirst.verify.attempt import Attempt, Checking, Trying
from planfirst.words import Message

DOING: dict[StageName, str] = {
    "retrieve": "doing-retrieve",
    "plan": "doing-plan",
    "prompt": "doing-prompt",
    "generate": "doing-generate",
}


class Pace:
    """How fast the last stage that wrote did so, from its first piece of text to its end."""

    def __init__(self) -> None:
        self.stage: StageName | None = None
        self._running: StageName | None = None
        self._text: list[str] = []
        self._begun = self._seconds = 0.0

    def take(self, event: Event | Trying | Checking | Attempt) -> None:
        """Hears of everything that happens."""
        if isinstance(event, Trying):
            self.stage = None
        elif isinstance(event, Stage) and event.seconds is None:
            self._running = event.name
        elif isinstance(event, Text) and event.stage == self._running:  # a draft tells steps of its plan, too
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


class RunProgress:
    """Sends what happens: to the partial-result token as events, to the work-done token as words.

    Its Cancel ends the task that enters it.

    Args:
        title: of what is shown.
        attempts: the most that there can be.

    Attributes:
        runs_checks: whether code is run, and not only read, so that its checking takes time enough to be told.
    """

    def __init__(self, client: Client, ask: Ask, title: Message, attempts: int) -> None:
        self._words = client.words
        self._title = f"Planfirst: {client.words(title)}"
        self._attempts = attempts
        self._partial = partial(client.send_partial, ask.partial_token) if ask.partial_token is not None else None
        self._work = client.progress(ask.work_token) if ask.work_token is not None else None
        self._tried = {1: Trying(1, None, 0.0, 0)}  # by number: several are written at once
        self.runs_checks = False

    def __enter__(self) -> RunProgress:
        task = asyncio.current_task()
        if self._work is not None and task is not None:
            self._work.begin(self._title, task.cancel)
        return self

    def __exit__(self, *error: object) -> None:
        if self._work is not None:
            self._work.end()

    def show(self, edit: lsp.WorkspaceEdit) -> None:
        """Sends where the code so far would go."""
        if self._partial is not None:
            self._partial(EditEvent(kind="edit", edit=edit))

    def report(self, event: Event | Trying | Checking | Attempt) -> None:
        """Sends an event on, if it is one of those that are told."""
        said: Message | None = None
        message: StageEvent | TextEvent | NoticeEvent | AttemptEvent
        if isinstance(event, Attempt) and event.verdict.status != "failed":
            return
        if isinstance(event, Trying | Checking | Attempt):
            if isinstance(event, Trying):
                self._tried[event.number] = event
            trying = self._tried[event.number]
            message = event_of(event, trying, self._attempts, self._words)
            if event.number > 1 or (self.runs_checks and not isinstance(event, Trying)):
                said = doing_of(event, trying, self._attempts)
        elif isinstance(event, Stage):
            message = StageEvent(kind="stage", stage=event.name)
            if event.seconds is not None:
                message["ms"] = round(event.seconds * 1000, 1)
            else:
                said = Message(DOING[event.name])
        elif isinstance(event, Text):
            message = TextEvent(kind="text", stage=event.stage, text=event.text)
        elif isinstance(event, Notice):
            message = NoticeEvent(kind="notice", notice=notice_of(event.message, self._words))
        else:
            return
        if said and self._work is not None:
            self._work.report(self._words(said), cancellable=True)
        if self._partial is not None:
            self._partial(message)
