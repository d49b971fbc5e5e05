"""The steps of a draft, told as soon as they are known: while the draft is still written."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

from planfirst.core import draft
from planfirst.core.errors import PlanfirstError
from planfirst.core.parts import Part, parts_so_far
from planfirst.core.ports import Writer
from planfirst.core.scripts import is_korean
from planfirst.core.types import Prompt, Task


@dataclass
class Telling:
    """What can be told of one draft.

    Attributes:
        prompt, task: what the draft answers.
        writer: words the steps that the draft's own comments do not say, one at a time and beside the draft; None to
            wait until the draft is there. It must be the model that writes the draft, which has read it already. Steps
            in Korean always wait, since the model has to see all of the code for them.
        steps: what was worded, by the lines of the part.
        told: how many steps were told.
    """

    prompt: Prompt
    task: Task
    writer: Writer | None
    steps: dict[str, str] = field(default_factory=dict)
    told: int = 0
    _asked: tuple[str, asyncio.Task[str]] | None = None

    def listens(self, piece: str) -> bool:
        """Whether there may be something to tell now that this piece of the answer has come."""
        return "\n" in piece or self._asked is None or self._asked[1].done()

    def hear(self, answer: str, code: str) -> Iterator[str]:
        """The steps that can be told now and were not told yet.

        None once the parts are more than a plan has steps, since some of them will be put together.

        Args:
            answer: the model's turn so far, what was begun for it included.
            code: the draft in it, as far as its rows are known.
        """
        self._take()
        parts = parts_so_far(code, self.task)
        while self.told < len(parts):
            part = parts[self.told]
            own = draft.own(part, self.task)
            is_whole = self.told + 1 < len(parts)
            if not own and not (is_whole and part.text in self.steps):
                if is_whole:
                    self._ask(draft.Draft(self.prompt, answer, code), part)
                return
            self.told += 1
            yield draft.as_step(own, part, self.task.request) if own else self.steps[part.text]

    async def finish(self) -> None:
        """Waits for the step that is being worded.

        Raises:
            PlanfirstError: the model failed.
        """
        if self._asked is not None:
            text, asked = self._asked
            self.steps[text] = await asked
            self._asked = None

    def cancel(self) -> None:
        """Stops the wording."""
        if self._asked is not None:
            self._asked[1].cancel()
            self._asked = None

    def _ask(self, whole: draft.Draft, part: Part) -> None:
        if self._asked is None and self.writer is not None and not is_korean(self.task.request):
            asking = asyncio.ensure_future(draft.step_of(self.writer, whole, part, self.task))
            asking.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._asked = part.text, asking

    def _take(self) -> None:
        """Keeps the step that has been worded; a model that fails is asked again when the draft is there."""
        if self._asked is None or not self._asked[1].done():
            return
        text, asked = self._asked
        self._asked = None
        try:
            self.steps[text] = asked.result()
        except PlanfirstError:
            self.writer = None
