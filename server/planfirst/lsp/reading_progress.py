"""Work-done progress, with a Cancel, for the reading of a folder."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

if TYPE_CHECKING:
    from planfirst.lsp.server import PlanfirstServer

_SHOWN = 20  # texts to embed, from which on progress is shown; a saved file is not worth the flicker
_SHOWN_FILES = 1000


class ReadingProgress:
    """Shown from the moment that there is much to do.

    Args:
        name: of the folder.
        pause: called when the user cancels.
    """

    def __init__(self, server: PlanfirstServer, name: str, pause: Callable[[], None]) -> None:
        self._server = server
        self._name = name
        self._pause = pause
        self._cancelled = False
        self._token: str | None = None

    async def take(self, record: dict[str, Any]) -> None:
        """Shows a record of the reading process."""
        if "total" in record:
            done, total = int(record["done"]), int(record["total"])
            if self._token is None and total - done < _SHOWN:
                return
            await self._report(f"{done} of {total} examples", 100 * done // max(1, total))
        elif int(record.get("files", 0)) >= _SHOWN_FILES:
            await self._report(f"{record['files']} files looked at", 0)

    async def _report(self, message: str, percentage: int) -> None:
        window = self._server.client_capabilities.window
        if not (window and window.work_done_progress):
            return
        progress = self._server.work_done_progress
        if self._token is None:
            token = str(uuid.uuid4())
            await progress.create_async(token)
            self._token = token
            title = f"Planfirst: reading the code in {self._name}"
            progress.begin(token, lsp.WorkDoneProgressBegin(title=title, cancellable=True, percentage=0))
            progress.tokens[token].add_done_callback(self._ended)
        progress.report(self._token, lsp.WorkDoneProgressReport(message=message, percentage=percentage))

    def _ended(self, future: Any) -> None:
        if future.cancelled():
            self._cancelled = True
            self._pause()

    def end(self) -> None:
        """Takes the progress away, if it is shown."""
        if self._token is not None:
            said = "Paused; it goes on at the next start." if self._cancelled else None
            self._server.work_done_progress.end(self._token, lsp.WorkDoneProgressEnd(message=said))
            self._server.work_done_progress.tokens.pop(self._token, None)  # pygls never does
