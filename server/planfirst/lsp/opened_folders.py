"""Opened folders: whether their code is read, and how the index follows their changes.

What changed comes from the client's file watchers and from saved documents. Changes are gathered until none has come
for a moment, then handed over together; what comes while these are read is the next batch. All reading is done by a
process of its own.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from typing import Final

from lsprotocol import types as lsp

from planfirst.core.errors import PlanfirstError, StoreBusy
from planfirst.lsp import read_permission
from planfirst.lsp.client import Client
from planfirst.lsp.reading_progress import ReadingProgress
from planfirst.lsp.session import Session
from planfirst.lsp.snapshot import path_of
from planfirst.words import Message

log = logging.getLogger(__name__)
SUFFIXES: Final = (
    *("py", "pyi", "js", "mjs", "cjs", "jsx", "ts", "mts", "cts", "tsx", "java", "go", "rs"),
    *("c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx"),
)
_IGNORE_FILES = (".gitignore", ".planfirstignore")
INDEX_COMMAND: Final = "planfirst.server.indexWorkspace"
_LONGEST = 1000  # changes that put a reading off


@dataclass
class _Folder:
    """One opened folder and what is known to have changed in it."""

    folder: Path
    changed: set[str] = field(default_factory=set)
    everything: bool = True  # since it may have changed while nobody watched
    asked: bool = False  # whether the user asked for the reading, and hears of its end even if nothing was new
    paused: bool = False
    more: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    def pause(self) -> None:
        """Stops reading until the next start, or until you ask for it."""
        self.paused = True
        if self.task is not None:
            self.task.cancel()

    def take(self) -> list[str] | None:
        """Takes out what has to be read; None means all files."""
        changed = None if self.everything else sorted(self.changed)
        self.changed, self.everything = set(), False
        self.more.clear()
        return changed

    def put_back(self, changed: list[str] | None) -> None:
        """Puts back what could not be read after all."""
        self.changed |= set(changed or ())
        self.everything |= changed is None


class OpenedFolders:
    """The opened folders of one connection.

    Args:
        quiet: seconds without a change after which what changed is read.
        linger: seconds for which the reading process waits for more work.
    """

    def __init__(self, session: Session, client: Client, quiet: float = 0.5, linger: float = 120.0) -> None:
        self._session = session
        self._client = client
        self._quiet = quiet
        self._linger = linger
        self._opened: list[Path] = []
        self._folders: dict[Path, _Folder] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._asked: set[Path] = set()
        self._turn = asyncio.Lock()
        self._rest: asyncio.TimerHandle | None = None
        self._watched = False
        self._used = ("", "")  # interpreter and embedding model, with which the folders were read

    # ------------------------------------------------------------------ what is told

    def opened(self, opened: Iterable[str], closed: Iterable[str] = ()) -> None:
        """Folders were opened and closed, given as URIs."""
        gone = list(map(path_of, closed))
        come = [folder for folder in map(path_of, opened) if folder]
        self._opened = list(dict.fromkeys([folder for folder in self._opened if folder not in gone] + come))
        self.settings_changed()

    def settings_changed(self, asked: bool = False) -> None:
        """Begins to read the folders that shall be read, and ends with the others.

        Args:
            asked: whether you have just asked for it.
        """
        settings = self._session.settings
        used = settings.workspace.python, settings.retriever.model
        wanted = [folder for folder in self._opened if self._is_wanted(folder)]
        for folder in list(self._folders):
            if folder not in wanted or used != self._used:
                self._stop(self._folders.pop(folder))
        self._used = used
        for folder in wanted:
            if folder not in self._folders:
                self._folders[folder] = _Folder(folder, asked=asked)
                self._go_on(self._folders[folder])
        self._session.search_in(list(self._folders))

    def changed(self, uris: Iterable[str]) -> None:
        """Files or folders were made, changed, saved or removed."""
        paths = [path for path in map(path_of, uris) if path is not None]
        for folder, one in self._folders.items():
            names = {path.relative_to(folder).as_posix() for path in paths if path != folder and folder in path.parents}
            names = {name for name in names if _matters(name)}
            if names:
                one.changed |= names
                self._go_on(one)

    def used(self, uri: str) -> None:
        """Called when a request was answered in a document: the moment to ask, once, whether its folder may be read."""
        path = path_of(uri)
        if path is None or self._session.settings.workspace.index != "ask" or not self._client.is_ours:
            return
        for folder in self._opened:
            if folder in path.parents and folder not in self._asked and not read_permission.too_wide(folder):
                self._asked.add(folder)
                if read_permission.answer(folder) is None:
                    task = asyncio.create_task(self._ask(folder), name="ask about a folder")
                    self._asking.add(task)
                    task.add_done_callback(self._asking.discard)

    def read_all(self) -> None:
        """Reads all opened folders now because you asked, including those that were paused or that you declined."""
        for folder in self._opened:
            if not read_permission.too_wide(folder):
                read_permission.remember(folder, True)
        self.settings_changed()
        for one in self._folders.values():
            one.paused, one.everything, one.asked = False, True, True
            self._go_on(one)

    async def watch(self) -> None:
        """Asks the editor to tell what changes in them."""
        if self._watched:
            return
        self._watched = True
        source = lsp.FileSystemWatcher(glob_pattern=f"**/*.{{{','.join(SUFFIXES)}}}")
        ignore = lsp.FileSystemWatcher(glob_pattern=f"**/{{{','.join(_IGNORE_FILES)}}}")
        # Of a folder that is removed, the files in it are often not told one by one.
        removed = lsp.FileSystemWatcher(glob_pattern="**/*", kind=lsp.WatchKind.Delete)
        await self._client.watch([source, ignore, removed])

    async def end(self) -> None:
        """Stops all reading; what was done is kept."""
        if self._rest is not None:
            self._rest.cancel()
        tasks = [one.task for one in self._folders.values() if one.task is not None] + list(self._asking)
        self._folders.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # ------------------------------------------------------------------ what is done

    def _is_wanted(self, folder: Path) -> bool:
        chosen = self._session.settings.workspace.index
        if chosen == "off":
            return False
        if read_permission.too_wide(folder):
            if chosen == "on":
                self._client.say_once(Message("workspace-too-wide", folder=folder))
            return False
        return chosen == "on" or read_permission.answer(folder) is True

    def _go_on(self, one: _Folder) -> None:
        one.more.set()
        if not one.paused and (one.task is None or one.task.done()):
            one.task = asyncio.create_task(self._work(one), name="read a folder")

    def _stop(self, one: _Folder) -> None:
        if one.task is not None:
            one.task.cancel()

    async def _work(self, one: _Folder) -> None:
        """Reads what has changed until nothing has."""
        while one.everything or one.changed:
            if not one.everything:
                await self._settled(one)
            async with self._turn:
                self._wake()
                changed = one.take()
                try:
                    await self._refresh(one, changed)
                except asyncio.CancelledError:
                    one.put_back(changed)
                    if not one.paused:
                        raise
                    log.info("the reading of %s is paused", one.folder)
                    return
                except StoreBusy:  # another window has the same folder open, and hears of the same changes
                    one.put_back(changed)
                    return
                except PlanfirstError as error:
                    one.put_back(changed)
                    self._client.say_once(Message("workspace-unread", folder=one.folder.name, error=error))
                    return
                except Exception:
                    log.exception("reading a folder failed")
                    return
                finally:
                    self._sleep_soon()

    async def _settled(self, one: _Folder) -> None:
        """Waits until changes pause for a moment, but not for ever."""
        with suppress(TimeoutError):
            for _ in range(_LONGEST):
                one.more.clear()
                await asyncio.wait_for(one.more.wait(), self._quiet)

    async def _refresh(self, one: _Folder, changed: list[str] | None) -> None:
        python = _interpreter(self._session.settings.workspace.python, one.folder)
        if changed is None:
            read_permission.remember(one.folder, None)
        progress = ReadingProgress(self._client, one.folder.name, one.pause, changed is None, one.asked)
        try:
            async for record in self._session.engine.refresh(one.folder, changed, python):
                if "note" in record:
                    log.info("%s: %s", one.folder.name, record["note"])
                else:
                    await progress.take(record)
            one.asked = False
        finally:
            progress.end()

    def _wake(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    def _sleep_soon(self) -> None:
        """An embedding model takes memory, so its process ends after a while without work."""
        self._wake()
        self._rest = asyncio.get_running_loop().call_later(self._linger, self._session.engine.rest_indexer)

    async def _ask(self, folder: Path) -> None:
        with suppress(Exception):  # a client that cannot ask, or that goes away, has not answered
            said = await read_permission.ask(self._client, folder)
            if folder in self._opened and said is not None:
                read_permission.remember(folder, said)
                self.settings_changed(asked=True)


def _matters(name: str) -> bool:
    """Whether a change below a folder can concern its source files."""
    path = PurePath(name)
    if path.name in _IGNORE_FILES:
        return True
    hidden = any(part.startswith(".") or part in ("node_modules", "__pycache__") for part in path.parts)
    return not hidden and (path.suffix.lower().lstrip(".") in SUFFIXES or not path.suffix)


def _interpreter(named: str, folder: Path) -> str:
    """The interpreter of a folder's project; empty if there is none."""
    there = folder / Path(named).expanduser() if named else folder
    return str(there) if there.is_file() else ""
