"""Writes a generation to the side, then puts it in the place of the one in use.

Until ``CURRENT`` is replaced, which is one step of the file system, nothing that a reader sees has changed: whoever is
killed at any moment leaves the old generation in use and at worst a folder that the next build removes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

from planfirst.core.errors import StoreBusy, StoreError
from planfirst.store import layout, manifest
from planfirst.store.layout import DamageError, Pointer
from planfirst.store.manifest import FileEntry, Manifest


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Makes the caller the only writer of the store in ``folder``, which is created if it is missing.

    Raises:
        StoreBusy: another process is writing.
        StoreError: the folder cannot be written.
    """
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / layout.LOCK, timeout=0)
    try:
        with writing(folder):
            lock.acquire()
    except Timeout as error:
        raise StoreBusy("store-busy", place=folder) from error
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turns a file system error into one that says what to do."""
    try:
        yield
    except Timeout:  # filelock's time-out is an OSError, and no error of the file system
        raise
    except OSError as error:
        raise StoreError("store-not-written", place=folder, reason=error.strerror or error) from error


@contextlib.contextmanager
def staging(folder: Path) -> Iterator[Staging]:
    """A new generation to write to; it is removed at the end of the ``with`` block unless it was published.

    Raises:
        StoreError: the file system refuses, here or later while writing.
    """
    current: Pointer | None = None
    with contextlib.suppress(StoreError, DamageError):
        current = layout.read_current(folder)
    with writing(folder), contextlib.ExitStack() as stack:
        remove_leftovers(folder, current)
        taken = [path.name.removeprefix(layout.NEW) for path in folder.iterdir()]
        number = max([0, *filter(None, map(layout.generation_number, taken))]) + 1
        written = folder / f"{layout.NEW}{layout.generation_name(number)}"
        written.mkdir()
        stack.callback(shutil.rmtree, written, ignore_errors=True)
        rest = stack.pop_all()
    with rest:
        yield Staging(folder, written, number, current, rest)


@dataclass(frozen=True, slots=True)
class Staging:
    """A generation of the store in ``folder`` that is being written, in the folder ``written``."""

    folder: Path
    written: Path
    generation: int
    current: Pointer | None
    _open_files: contextlib.ExitStack

    def file(self, name: str) -> HashedFile:
        """A new file of this generation."""
        with writing(self.folder):
            return HashedFile(self.folder, self._open_files.enter_context(_abandoned(self.written / name)))

    def publish(self, described: Manifest) -> Pointer:
        """Makes this the generation in use; all its files are finished."""
        data = described.to_bytes()
        pointer = Pointer(self.generation, hashlib.sha256(data).hexdigest())
        with writing(self.folder):
            _write_synced(self.written / layout.MANIFEST, data)
            _sync_folder(self.written)
            self.written.rename(self.folder / pointer.folder)
            beside = self.folder / f"{layout.NEW}{layout.CURRENT}"
            _write_synced(beside, pointer.to_bytes())
            _sync_folder(self.folder)
            _replace(beside, self.folder / layout.CURRENT)
            _sync_folder(self.folder)
        remove_leftovers(self.folder, pointer, self.current)
        return pointer


class HashedFile:
    """A file that is hashed as it is written."""

    def __init__(self, folder: Path, file: IO[bytes]) -> None:
        self._folder = folder
        self._file = file
        self._digest = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> None:
        """Appends to the file."""
        with writing(self._folder):
            self._file.write(data)
        self._digest.update(data)
        self._size += len(data)

    def finish(self) -> FileEntry:
        """Syncs the file to disk and closes it."""
        with writing(self._folder):
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        return FileEntry(self._size, self._digest.hexdigest())


@contextlib.contextmanager
def _abandoned(path: Path) -> Iterator[IO[bytes]]:
    """A new file that is closed at the end, whatever it says."""
    file = path.open("xb")
    try:
        yield file
    finally:
        with contextlib.suppress(OSError):  # closing flushes, which fails again on a full disk
            file.close()


def remove_leftovers(folder: Path, current: Pointer | None, previous: Pointer | None = None) -> None:
    """Removes half-written generations and those no longer in use, but for the one before the one in use.

    That one stays because a reader may still be loading it, and so do those whose segments these two use. What cannot
    be removed, for example because a reader holds it open on Windows, is left for the next time.
    """
    for path in folder.glob(f"{layout.NEW}*"):
        if path.name == f"{layout.NEW}{layout.CURRENT}":
            with contextlib.suppress(OSError):
                path.unlink()
        elif path.name.startswith(f"{layout.NEW}g-"):
            shutil.rmtree(path, ignore_errors=True)
    if current is None:
        return  # we cannot tell what is in use, so nothing is thrown away
    found = layout.generations(folder)
    before = previous.generation if previous else max((n for n in found if n < current.generation), default=0)
    try:
        needed = {current.generation, before} | _segments_of(found[current.generation])
    except (OSError, ValueError, KeyError, DamageError):
        return
    with contextlib.suppress(OSError, ValueError, KeyError, DamageError):  # one that nobody can read needs no segments
        needed |= _segments_of(found[before])
    for number, path in found.items():
        if number not in needed:
            shutil.rmtree(path, ignore_errors=True)


def _segments_of(generation: Path) -> set[int]:
    path = generation / layout.MANIFEST
    described = manifest.parse(layout.read_exactly(path, min(path.stat().st_size, manifest.MAX_BYTES)))
    return {segment.generation for segment in described.segments}


def _write_synced(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    if os.name == "nt":
        return  # a folder cannot be opened there, and a rename is journalled
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _replace(source: Path, target: Path) -> None:
    """``os.replace``, patient with Windows, where it fails for the moment in which a reader has the target open."""
    for _ in range(50):
        try:
            source.replace(target)
            return
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(0.02)
    source.replace(target)
