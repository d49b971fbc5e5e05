"""While the cursor rests on something to work from, the model reads the prompt, so that its answer begins at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from time import monotonic
from typing import Any

import psutil

from planfirst.lsp.ask import Ask
from planfirst.lsp.background import Background
from planfirst.lsp.session import Session

_REST_SECONDS = 1.0


class ReadingAhead:
    """Reads ahead for the one site that the cursor rests on, where the user wants that and nothing has to be loaded.

    Nobody waits for it, so it neither loads a model nor keeps one in memory that nobody uses.

    Args:
        background: where the work is done.
        read: does it.
        rest: seconds that the cursor has to stay.
    """

    def __init__(
        self,
        session: Session,
        background: Background,
        read: Callable[[Ask], Coroutine[Any, Any, None]],
        rest: float = _REST_SECONDS,
    ) -> None:
        self._session, self._background, self._read, self._seconds = session, background, read, rest
        self._at: Ask | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._reading: asyncio.Task[None] | None = None
        self._used = monotonic()

    def rests_on(self, ask: Ask | None) -> None:
        """The cursor is at a site; None where there is nothing to work from."""
        if ask == self._at:
            return
        self._leave()
        self._at = ask
        if ask is not None and self._session.settings.editor.read_ahead:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._begin, ask)

    def asked(self, ask: Ask) -> None:
        """A request has come. What is read for the same site is its own prompt; for another, it is in its way."""
        self._used = monotonic()
        if self._at is None or (ask.uri, ask.first) != (self._at.uri, self._at.first):
            self._leave()

    def _leave(self) -> None:
        self._at = None
        if self._timer is not None:
            self._timer.cancel()
        if self._reading is not None:
            self._reading.cancel()
        self._timer = self._reading = None

    def _begin(self, ask: Ask) -> None:
        idle = monotonic() - self._used
        unload = self._session.settings.planner.unload_minutes * 60
        if self._session.is_loaded and not (unload and idle > unload) and not on_battery():
            self._reading = self._background.start(self._read(ask), "reading ahead")


def on_battery() -> bool:
    """Whether this machine lives on its battery; False where that is not known."""
    battery = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    return battery is not None and battery.power_plugged is False
