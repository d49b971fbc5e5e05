"""Opened folders, inside the retriever's process: keeps a store of their code up to date, and searches it.

Each folder has its own store of pairs and its own cache of files. So an update writes little, two projects never see
each other's code, and folders that are open together are searched together.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

from planfirst import __version__
from planfirst.adapters.ann import AnnIndexer
from planfirst.core.errors import StoreError
from planfirst.core.retrieve import worth
from planfirst.core.types import Example, Pair
from planfirst.corpora.code import refresh
from planfirst.corpora.code.file_cache import FileCache
from planfirst.corpora.origins import WORKSPACE, Origin
from planfirst.corpora.report import Report
from planfirst.embedders.registry import BUNDLED
from planfirst.store.build import Given, Present, TextEmbedder, update
from planfirst.store.manifest import CorpusEntry
from planfirst.store.pairs import content_hash
from planfirst.store.write import writing
from planfirst.workers.indexing import LateEmbedder

log = logging.getLogger(__name__)
STORE = "store"
FILES = "files.jsonl"
PACKAGES = "packages"
_TELL_EVERY = 100  # files
Emit = Callable[[Any], None]
Stop = Callable[[], bool]


class FolderIndexes:
    """Keeps the indexes of several folders up to date.

    Args:
        model: what the settings name as embedding model.
        embedder: makes it; it is loaded only when something has changed.
    """

    def __init__(self, model: str, embedder: Callable[[], TextEmbedder]) -> None:
        self._embedder = LateEmbedder(embedder)
        # With another one, the vectors may be others.
        self._about = {"model": model or BUNDLED.identity, "planfirst": __version__}
        self._caches: dict[Path, FileCache] = {}

    def refresh(
        self, path: Path, folder: Path, changed: Collection[str] | None, python: str, emit: Emit, stop: Stop
    ) -> dict[str, Any]:
        """Brings the store of a folder up to date.

        It emits ``{"files"}``, how many were looked at, then ``{"done", "total"}`` in texts to embed, and ``{"note"}``.

        Args:
            path: where its store is kept.
            changed: paths below the folder; None for a look at all files.
            python: an interpreter whose packages' documented functions belong to it; empty for none.

        Returns:
            ``read``, how many files were; ``count``, how many examples there are; ``changed``, whether the store is.

        Raises:
            CorpusError: the folder or the interpreter cannot be read.
            StoreBusy, StoreError: as `planfirst.store.build.update`.
            CancelledError: ``stop`` returned True. The next call goes on from what was read and embedded.
        """
        cache = self._caches.setdefault(path, FileCache(path / FILES, WORKSPACE))
        report = Report()

        def tell(count: int) -> None:
            if count % _TELL_EVERY == 0:
                emit({"files": count})

        with writing(path):
            try:
                read = refresh.refresh(folder, cache, changed, report, stop, tell)
            finally:
                cache.close()
        if stop():
            raise CancelledError
        pairs = refresh.pairs_of(cache, report)
        given = Given(pairs, Origin("code", str(folder)).to_record() | self._about)
        packages = (
            _Packages(python, self._about, stop) if python and _may_be_asked(Path(python), folder, emit) else None
        )

        def choose(present: Present) -> Mapping[str, Given | None]:
            there = present.corpora if present.whole else {}
            before = there.get(WORKSPACE)
            same = before and (before.sha256, before.origin) == (content_hash(pairs), given.origin)
            chosen: dict[str, Given | None] = {WORKSPACE: None if same else given}
            if packages:
                chosen[PACKAGES] = packages.given(there.get(PACKAGES))
            if not (pairs or packages or there) or (chosen.keys() == there.keys() and not any(chosen.values())):
                raise _Unchanged
            return chosen

        def progress(done: int, total: int) -> None:
            emit({"done": done, "total": total})

        changed_store = True
        try:
            update(path / STORE, choose, self._embedder, indexer=AnnIndexer(), progress=progress, stop=stop)
        except _Unchanged:
            changed_store = False
        if changed is None:
            for line in report.lines():
                emit({"note": line})
        return {"read": read, "count": len(pairs), "changed": changed_store}


def _may_be_asked(python: Path, folder: Path, emit: Emit) -> bool:
    """Whether an interpreter may be asked for its packages: one that came with the folder is never started."""
    from planfirst.corpora import installed

    if folder not in python.parents or installed.is_environment(python):
        return True
    emit({"note": f"{python} came with the folder and is no virtual environment, so its packages are not read."})
    return False


class _Unchanged(Exception):
    """The store holds what it shall hold."""


class _Packages:
    """The documented functions of an interpreter's packages, read only when another version of one is there."""

    def __init__(self, python: str, about: Mapping[str, str], stop: Stop) -> None:
        self._python = Path(python)
        self._about = about
        self._stop = stop

    def given(self, before: CorpusEntry | None) -> Given | None:
        """The corpus; None if the one that is there is still right."""
        from planfirst.corpora import installed

        versions = installed.versions(self._python)
        record = {**Origin("packages", str(self._python)).to_record(), **self._about, "versions": versions}
        if before and before.origin == record:
            return None
        pairs = list(installed.pairs_in(self._python, (), Report(), self._stop))
        if self._stop():
            raise CancelledError
        return Given(pairs, record)


def merged(
    own: Callable[[], list[Example]], beside: Sequence[Callable[[], list[Example]]], count: int
) -> list[Example]:
    """The ``count`` best examples of several stores, compared as the gate compares them.

    A store that is missing or damaged is passed over, unless none of them has anything.

    Raises:
        StoreError: what ``own`` raised, when the others have nothing.
    """
    found: list[Example] = []
    problem: StoreError | None = None
    try:
        found += own()
    except StoreError as error:
        problem = error
    for search in beside:
        try:
            found += search()
        except StoreError as error:
            log.info("a folder's store is passed over: %s", error)
    if problem is not None and not found:
        raise problem
    return sorted(found, key=worth, reverse=True)[:count]


def is_there(pair: Pair, folder: Path) -> bool:
    """Whether the file that a pair of a folder's code came from still exists; other pairs are taken as they are."""
    if pair.source != WORKSPACE:
        return True
    return (folder / pair.place.rpartition(":")[0]).is_file()
