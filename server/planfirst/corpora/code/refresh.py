"""Brings the cache of a folder's files up to date: what has changed is read, and what is gone is forgotten."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path, PurePosixPath

from planfirst.core.types import Pair
from planfirst.corpora.code.file_cache import CachedFile, FileCache
from planfirst.corpora.code.files import NOT_UTF8, Candidate, Walk, read
from planfirst.corpora.code.ignore import IGNORE_FILES
from planfirst.corpora.code.pairs import cut, note_secrets
from planfirst.corpora.origins import WORKSPACE
from planfirst.corpora.report import Report

_FRESH = 2_000_000_000  # nanoseconds within which some file systems give two changes the same time

Stop = Callable[[], bool]


def refresh(
    folder: Path,
    cache: FileCache,
    changed: Collection[str] | None,
    report: Report,
    stop: Stop | None = None,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Reads what has changed; afterwards ``cache`` is as the folder is.

    Args:
        changed: paths below the folder, with ``/``, of files and folders that were made, changed or removed. None for
            a look at all files; those whose size and times are as they were are not read.
        stop: asked before each file; once it returns True this ends, and the rest is as it was.
        progress: hears how many files were looked at.

    Returns:
        How many files were read.

    Raises:
        CorpusError: there is no such folder.
        OSError: the cache cannot be written.
    """
    walk = Walk(folder, report)
    if changed is not None and _reaches_further(folder, changed):
        changed = None
    looks: Iterable[tuple[str, Candidate | None]]
    looks = _named(walk, cache, changed) if changed is not None else ((found.name, found) for found in walk.all())
    met: set[str] = set()
    count = secrets = 0
    for number, (name, candidate) in enumerate(looks, start=1):
        if stop and stop():
            return count
        met.add(name)
        before = cache.get(name)
        if candidate is None:
            _forget(cache, name)
        elif changed is not None or before is None or before.signature != candidate.signature:
            count += 1
            secrets += _read(candidate, before, cache, report)
        if progress:
            progress(number)
    if changed is None:
        for name in cache.keys() - met:
            _forget(cache, name)
    note_secrets(report, secrets)
    return count


def pairs_of(cache: FileCache, report: Report) -> list[Pair]:
    """The pairs of all files, in the order of their names; what is left out is told to ``report``."""
    pairs: list[Pair] = []
    for name in sorted(cache):
        file = cache[name]
        if file.fault:
            report.leave_out(name, file.fault, show=file.fault == NOT_UTF8)
        pairs += file.pairs
    report.taken += len(pairs)
    return pairs


def _reaches_further(folder: Path, changed: Iterable[str]) -> bool:
    """Whether more than these paths can have changed: by an ignore file, or since one of them is a folder."""
    return any(PurePosixPath(name).name in IGNORE_FILES or (folder / name).is_dir() for name in changed)


def _named(walk: Walk, cache: FileCache, changed: Collection[str]) -> Iterator[tuple[str, Candidate | None]]:
    for name in sorted(changed):
        yield name, walk.at(name)
    gone = tuple(f"{name}/" for name in changed if name not in cache)
    below = sorted(name for name in cache if name.startswith(gone)) if gone else []
    yield from ((name, walk.at(name)) for name in below)


def _forget(cache: FileCache, name: str) -> None:
    if name in cache:
        cache.put(name, None)


def _read(candidate: Candidate, before: CachedFile | None, cache: FileCache, report: Report) -> int:
    """Reads one file, cuts it if its content is new, and says how many secrets were taken out."""
    file = read(candidate, report)
    if file is None:
        _forget(cache, candidate.name)
        return 0
    signature = file.signature
    if signature is not None and max(signature[1:]) > time.time_ns() - _FRESH:
        signature = None  # it could change once more without looking so
    sha256 = hashlib.sha256(file.data).hexdigest()
    if before is not None and (before.sha256, before.fault) == (sha256, file.fault):
        if before.signature != signature:
            cache.put(candidate.name, CachedFile(sha256, before.pairs, before.fault, signature))
        return 0
    if file.fault:
        cache.put(candidate.name, CachedFile(sha256, fault=file.fault, signature=signature))
        return 0
    made = cut(file, WORKSPACE, report)
    cache.put(candidate.name, CachedFile(sha256, made.pairs, signature=signature))
    return made.secrets
