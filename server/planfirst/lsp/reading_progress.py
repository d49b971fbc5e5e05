"""Progress, with a Cancel button, while a folder is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from planfirst.lsp.client import Client, Progress
from planfirst.words import Message

_SHOWN = 20  # texts to embed, from which on progress is shown; a saved file is not worth the flicker
_SHOWN_FILES = 1000


class ReadingProgress:
    """Shown as soon as there is much to do.

    At the end it says what was read: always if the progress was shown; otherwise only after the whole folder was
    checked, and something was new or you had asked. A saved file is not worth a message.

    Args:
        name: of the folder.
        pause: called when you cancel.
        whole: whether all files are looked at.
        asked: whether you asked for the reading.
    """

    def __init__(
        self, client: Client, name: str, pause: Callable[[], None], whole: bool = False, asked: bool = False
    ) -> None:
        self._client = client
        self._name = name
        self._pause = pause
        self._whole = whole
        self._asked = asked
        self._cancelled = False
        self._shown: Progress | None = None
        self._new: int | None = None
        self._said: Message | None = None

    async def take(self, record: dict[str, Any]) -> None:
        """Shows a record of the reading process."""
        if "total" in record:
            done, total = int(record["done"]), int(record["total"])
            if self._new is None:
                self._new = total - done  # those that are done at the beginning have their vectors from before
            if self._shown is None and total - done < _SHOWN:
                return
            await self._report(Message("reading-examples", done=done, total=total), 100 * done // max(1, total))
        elif "count" in record:
            await self._finished(int(record["count"]), record.get("changed") is True)
        elif int(record.get("files", 0)) >= _SHOWN_FILES:
            await self._report(Message("reading-files", count=int(record["files"])), 0)

    async def _report(self, message: Message, percentage: int) -> None:
        await self._show(cancellable=True)
        if self._shown is not None:
            self._shown.report(self._client.words(message), percentage)

    async def _finished(self, count: int, changed: bool) -> None:
        if self._shown is None and not (self._whole and (changed or self._asked)):
            return
        new = self._new or 0
        read, found = Message("functions", count=count), Message("new-examples", count=new)
        self._said = Message("reading-done", functions=read, folder=self._name, examples=found)
        await self._show(cancellable=False)

    async def _show(self, cancellable: bool) -> None:
        """Begins the progress if need be, where the editor shows one."""
        if self._shown is not None or (token := await self._client.new_progress()) is None:
            return
        self._shown = self._client.progress(token)
        title = self._client.words(Message("reading-title", folder=self._name))
        self._shown.begin(title, self._cancel, 0 if cancellable else None, cancellable)

    def _cancel(self) -> None:
        self._cancelled = True
        self._pause()

    def end(self) -> None:
        """Takes the progress away, if it is shown."""
        if self._shown is not None:
            said = Message("reading-paused") if self._cancelled else self._said
            self._shown.end(self._client.words(said) if said else None)
