"""The steps of a draft that can be told before it is complete, so that the plan begins while the code is written.

What the draft's own comments say is a step as soon as it stands there. Where the first part has no comment, the model
is asked for its step beside the draft, once the part's lines are complete. To ask for each part so would have the model
read the code once more for every one of them, since each would see more of it than the last.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self

from planfirst.core import draft
from planfirst.core.errors import PlanfirstError
from planfirst.core.parts import Part, parts_of, parts_so_far
from planfirst.core.ports import Writer
from planfirst.core.types import Prompt, Task


class EarlySteps:
    """The steps that are told early; a context manager around the writing of the draft.

    At its end it waits for the step that is being written, unless the draft was given up.

    Attributes:
        told: how many steps were told.
        known: what the model said of a part, by the part's text.
    """

    def __init__(self, writer: Writer, prompt: Prompt, task: Task) -> None:
        self._writer, self._prompt, self._task = writer, prompt, task
        self._asking: asyncio.Task[None] | None = None
        self._parts: Sequence[Part] = ()
        self.told = 0
        self.known: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._asking is not None:
            if kind is not None:
                self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)

    def read(self, code: str) -> None:
        """Looks at the draft so far, in whole lines."""
        self._parts = parts_so_far(code, self._task)
        if self._asking is None and len(self._parts) > 1 and not self._parts[0].said:
            first = parts_of(code, self._task)[0]
            if first == self._parts[0]:  # else it will be put together with the next one
                self._asking = asyncio.ensure_future(self._ask(code, first))

    def news(self) -> Iterator[str]:
        """The steps that can be told now, behind those that were told before."""
        for part in self._parts[self.told :]:
            step = draft.as_step(part.said, part, self._task.request) if part.said else self.known.get(part.text)
            if step is None:
                return
            self.told += 1
            yield step

    async def _ask(self, code: str, first: Part) -> None:
        try:
            self.known[first.text] = await draft.step_of(self._writer, self._prompt, code, [first], [], self._task)
        except PlanfirstError:
            return  # the model is asked again behind the draft, and what is wrong with it is told then
