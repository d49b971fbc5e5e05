"""Reading a store: every byte is checked before anything else sees it.

The vectors are raw numbers, not an index file, so no native parser is ever given a file that someone may have changed.
Readers take no lock: a generation that is in use never changes, and if it is replaced and removed while it is being
read, reading starts again with the new one. Neither FAISS nor torch is needed here.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from planfirst.core.types import Pair
from planfirst.store import layout, manifest, pairs
from planfirst.store.layout import DamageError, Pointer
from planfirst.store.manifest import CorpusEntry, Manifest
from planfirst.store.segment import Segment, read_checked, require_size

_ATTEMPTS = 20
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """What is in a store.

    Attributes:
        generation: counts up with each build.
        count: number of rows; a pair that several corpora hold is counted for each.
        corpora: by name, with their counts, content hashes and origins.
        embedding: identity of the embedding model that made the vectors.
        dimension: length of a vector.
        created: when it was built, ISO 8601 in UTC.
        size: bytes on disk of all that this generation uses.
        indexes: how many rows are searched in which way: ``flat``, ``ivf``, ``hnsw``.
        segments: in how many parts the rows are.
    """

    generation: int
    count: int
    corpora: Mapping[str, CorpusEntry]
    embedding: str
    dimension: int
    created: str
    size: int
    indexes: Mapping[str, int] = field(default_factory=dict)
    segments: int = 1


@dataclass(frozen=True, slots=True)
class Loaded:
    """A verified generation: ``vectors`` is float32 of shape (len(pairs), dimension), row n belongs to ``pairs[n]``."""

    pointer: Pointer
    status: StoreStatus
    vectors: NDArray[np.float32]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Opened:
    """A generation that is open for reading; large segments are checked row by row, as they are read.

    Attributes:
        folder: the store's.
        segments: from the oldest to the newest.
        live: for each segment, which of its rows are alive.
    """

    folder: Path
    pointer: Pointer
    status: StoreStatus
    segments: tuple[Segment, ...]
    live: tuple[NDArray[np.bool_], ...]

    def corpus_numbers(self, segment: int, rows: Sequence[int] | None = None) -> NDArray[np.int32]:
        """For rows of a segment, or all, which corpus they belong to, counted as in the status; -1 for none."""
        names = list(self.status.corpora)
        runs = [names.index(name) if name in names else -1 for name, _ in self.segments[segment].entry.runs]
        of = self.segments[segment].corpus_of
        return np.asarray(runs, dtype=np.int32)[of if rows is None else of[np.asarray(rows, dtype=np.int64)]]

    def rows_of(self, corpus: str) -> Iterator[tuple[int, NDArray[np.integer]]]:
        """The living rows of a corpus: numbers of segments, and in each the rows in order."""
        number = list(self.status.corpora).index(corpus)
        for segment, alive in enumerate(self.live):
            rows = np.flatnonzero(alive & (self.corpus_numbers(segment) == number))
            if len(rows):
                yield segment, rows

    def pairs_of(self, corpus: str) -> Iterator[Pair]:
        """The pairs of a corpus.

        Raises:
            StoreRefused: one is not what was written.
        """
        try:
            for segment, rows in self.rows_of(corpus):
                for row in rows:
                    yield self.segments[segment].pair(int(row))
        except DamageError as damage:
            raise layout.refused(self.folder, damage) from damage


def status(folder: Path) -> StoreStatus:
    """What is in the store. The manifest is verified; of the data files, only the sizes are.

    Raises:
        StoreMissing, StoreRefused: there is none, or it cannot be used.
    """
    return _newest(folder, lambda pointer: _status(folder, pointer)[0])


def opened(folder: Path, embedding: str | None = None, *, whole: bool = False, known: Opened | None = None) -> Opened:
    """The generation in use.

    Args:
        embedding: identity of the embedding model that will be used for queries; None takes any.
        whole: whether to check every byte now.
        known: an earlier one; the segments that it shares are taken over.

    Raises:
        StoreMissing, StoreRefused: there is none, it is damaged, or another embedding model made it.
    """
    return _newest(folder, lambda pointer: _open(folder, pointer, embedding, whole, known))


def load(folder: Path, embedding: str) -> Loaded:
    """The generation in use in memory, checked to the last byte; of a pair that several corpora hold, the first row.

    Args:
        embedding: identity of the embedding model that will be used for queries.

    Raises:
        StoreMissing, StoreRefused: there is none, it is damaged, or another embedding model made it.
    """
    return _newest(folder, lambda pointer: _gathered(_open(folder, pointer, embedding, True, None), once=True))


def rows(folder: Path) -> Loaded:
    """The generation in use in memory, checked to the last byte, with every row, whichever model made it.

    The rows of a corpus follow each other, in the order of the corpora.

    Raises:
        StoreMissing, StoreRefused: there is none, or it is damaged.
    """
    return _newest(folder, lambda pointer: _gathered(_open(folder, pointer, None, True, None), once=False))


def corpora_in(folder: Path) -> Mapping[str, CorpusEntry]:
    """The corpora that the newest readable manifest names, even if the rest of the store is damaged; empty if none is.

    For a build, so that what a user has added is not forgotten with a store that has to be built again.
    """
    for _, generation in sorted(layout.generations(folder).items(), reverse=True):
        with contextlib.suppress(OSError, ValueError, DamageError):
            path = generation / layout.MANIFEST
            return manifest.corpora_of(layout.read_exactly(path, min(path.stat().st_size, manifest.MAX_BYTES)))
    return {}


def current(folder: Path) -> Pointer:
    """The generation in use, unverified: cheap enough to ask before each search.

    Raises:
        StoreMissing, StoreRefused: there is none, or ``CURRENT`` is damaged.
    """
    return _newest(folder, lambda pointer: pointer)


def segment_folder(folder: Path, generation: int) -> Path:
    """Where the files of a segment are."""
    return folder / layout.generation_name(generation)


def described(folder: Path, pointer: Pointer) -> tuple[Manifest, int]:
    """The manifest of a generation, and its size.

    Raises:
        DamageError: it is missing, or not the one that ``CURRENT`` names.
    """
    path = folder / pointer.folder / layout.MANIFEST
    try:
        size = path.stat().st_size
    except OSError as error:
        raise DamageError(f"generation {pointer.generation} has no manifest") from error
    if size > manifest.MAX_BYTES:
        raise DamageError("its manifest is too large to be one")
    data = layout.read_exactly(path, size)
    if hashlib.sha256(data).hexdigest() != pointer.sha256:
        raise DamageError("its manifest does not match its checksum")
    try:
        return manifest.parse(data), size
    except ValueError as error:
        raise DamageError(str(error)) from error


def _newest(folder: Path, use: Callable[[Pointer], _T]) -> _T:
    why: DamageError | None = None
    for _ in range(_ATTEMPTS):
        try:
            pointer = layout.read_current(folder)
        except DamageError as damage:
            raise layout.refused(folder, damage) from damage
        try:
            return use(pointer)
        except DamageError as damage:
            why = damage
        try:
            if layout.read_current(folder) == pointer:
                break
        except DamageError:
            continue
    raise layout.refused(folder, why) from why


def _status(folder: Path, pointer: Pointer) -> tuple[StoreStatus, Manifest]:
    found, size = described(folder, pointer)
    indexes: dict[str, int] = {}
    for segment in found.segments:
        kind = segment.index or "flat"
        indexes[kind] = indexes.get(kind, 0) + segment.rows
        for name, entry in segment.files.items():
            require_size(segment_folder(folder, segment.generation) / name, entry.size)
            size += entry.size
    if found.live:
        require_size(folder / pointer.folder / manifest.LIVE, found.live.size)
        size += found.live.size
    state = StoreStatus(
        generation=pointer.generation,
        count=found.count,
        corpora=found.corpora,
        embedding=found.embedding,
        dimension=found.dimension,
        created=found.created,
        size=size,
        indexes=indexes,
        segments=len(found.segments),
    )
    return state, found


def _open(folder: Path, pointer: Pointer, embedding: str | None, whole: bool, known: Opened | None) -> Opened:
    state, found = _status(folder, pointer)
    if embedding is not None and state.embedding != embedding:
        raise DamageError(f"it was made with the embedding model {state.embedding}, and the one in use is {embedding}")
    earlier = {segment.entry.generation: segment for segment in known.segments} if known else {}
    segments = []
    for entry in found.segments:
        segment = earlier.get(entry.generation)
        if segment is None or segment.entry != entry:
            segment = Segment(segment_folder(folder, entry.generation), entry, state.dimension, whole=whole)
        segments.append(segment)
    result = Opened(folder, pointer, state, tuple(segments), _live(folder / pointer.folder, found))
    _require_counts(result)
    return result


def _live(generation: Path, found: Manifest) -> tuple[NDArray[np.bool_], ...]:
    if found.live is None:
        return tuple(np.ones(segment.rows, dtype=np.bool_) for segment in found.segments)
    data = np.frombuffer(read_checked(generation / manifest.LIVE, found.live), dtype=np.uint8)
    live, start = [], 0
    for segment in found.segments:
        size = -(-segment.rows // 8)
        bits = np.unpackbits(data[start : start + size], bitorder="little")[: segment.rows]
        live.append(bits.astype(np.bool_))
        start += size
    return tuple(live)


def _require_counts(store: Opened) -> None:
    counts = np.zeros(len(store.status.corpora) + 1, dtype=np.int64)
    for number, alive in enumerate(store.live):
        counts += np.bincount(store.corpus_numbers(number)[alive] + 1, minlength=len(counts))
    if counts.tolist() != [0, *(entry.count for entry in store.status.corpora.values())]:
        raise DamageError("the rows that are alive do not fit the counts of its corpora")


def _gathered(store: Opened, *, once: bool) -> Loaded:
    vectors, found = [], list[Pair]()
    for corpus in store.status.corpora:
        for segment, chosen in store.rows_of(corpus):
            vectors.append(store.segments[segment].vectors_of(chosen))
            found += [store.segments[segment].pair(int(row)) for row in chosen]
    together = np.concatenate([np.zeros((0, store.status.dimension), dtype=np.float32), *vectors])
    if once:
        first = {pairs.texts(pair): row for row, pair in reversed(list(enumerate(found)))}
        kept = sorted(first.values())
        together, found = together[kept], [found[row] for row in kept]
    return Loaded(store.pointer, store.status, together, tuple(found))
