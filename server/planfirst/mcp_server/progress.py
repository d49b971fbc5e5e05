"""What an agent hears while a tool works."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from planfirst.core.types import Event, Stage, StageName, Text
from planfirst.verify.attempt import Attempt, Checking, Trying

Report = Callable[[str], Awaitable[None]]
_DOING: dict[StageName, str] = {
    "retrieve": "Looking for a similar question",
    "plan": "Writing the plan",
    "prompt": "Putting the prompt together",
    "generate": "Writing the code",
}
_OFTEN = 1.0  # seconds; a client that waits for a sign of life gets one


class Progress:
    """Says in words what happens: each stage as it begins, and once a second that a model still writes."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._last = 0.0
        self._written = 0

    async def on(self, event: Event | Trying | Checking | Attempt) -> None:
        """Passes an event on, if it is one of those that are told."""
        if isinstance(event, Text):
            self._written += len(event.text)
            if time.monotonic() - self._last >= _OFTEN:
                await self._say(f"{_DOING[event.stage]}: {self._written} characters")
        elif isinstance(event, Stage) and event.seconds is None:
            self._written = 0
            await self._say(_DOING[event.name])
        elif isinstance(event, Checking):
            await self._say("Checking the code")
        elif isinstance(event, Trying) and event.number > 1:
            await self._say(f"Attempt {event.number}, {event.how}")

    async def _say(self, text: str) -> None:
        self._last = time.monotonic()
        await self._report(text)
