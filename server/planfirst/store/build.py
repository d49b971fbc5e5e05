"""Building and changing the store: corpora -> unique pairs -> vectors -> a new generation.

Only new texts are embedded: known vectors come from the generation in use, and from what a stopped build left behind.
Unchanged rows stay where they are; new ones go into a segment of their own. This module knows nothing of FAISS, nor of
the model that makes the vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planfirst.core.errors import BadRequest, StoreError
from planfirst.core.types import Pair
from planfirst.store import layout, merge, read
from planfirst.store.change import Change
from planfirst.store.change import Choose as Choose
from planfirst.store.change import Given as Given
from planfirst.store.change import Present as Present
from planfirst.store.layout import DamageError
from planfirst.store.manifest import LIVE, FileEntry, Manifest, SegmentEntry
from planfirst.store.merge import Indexer, Weight
from planfirst.store.missing import Progress as Progress
from planfirst.store.missing import Stop as Stop
from planfirst.store.missing import TextEmbedder as TextEmbedder
from planfirst.store.missing import embed_missing
from planfirst.store.pairs import text_key, to_line
from planfirst.store.partial import Partial
from planfirst.store.read import Opened
from planfirst.store.segment_writer import SegmentWriter
from planfirst.store.write import Staging, locked, staging

_ROWS = 1024  # written at a time


def build(
    folder: Path,
    corpora: Mapping[str, Iterable[Pair]],
    embedder: TextEmbedder,
    *,
    indexer: Indexer | None = None,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> read.StoreStatus:
    """Replaces the generation in use by one of exactly these corpora; otherwise as `update`."""
    given = {name: Given(pairs) for name, pairs in corpora.items()}
    return update(folder, lambda present: given, embedder, indexer=indexer, forget=True, progress=progress, stop=stop)


def update(
    folder: Path,
    choose: Choose,
    embedder: TextEmbedder,
    *,
    indexer: Indexer | None = None,
    forget: bool = False,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> read.StoreStatus:
    """Replaces the generation in use by a new one.

    Args:
        folder: the store's; it is made when it is not there.
        choose: is given what the store holds, and returns what it should hold. No other process writes in between.
        indexer: makes the index of a large segment; without one all vectors are scanned.
        forget: whether to check every byte that is kept, and at the end to delete what a stopped build left behind and
            this one did not use.
        progress: called with how many different texts have their vector, and how many there are.
        stop: called between batches; once it returns True the build ends, and the store stays as it was. What was
            embedded is kept beside it for the next time.

    Raises:
        StoreBusy: another process is building this store.
        StoreError: it could not be written, for example because the disk is full; the store is as it was.
        CancelledError: ``stop`` returned True.
    """
    with locked(folder):
        now = _now(folder, whole=forget)
        present = Present(now.status.corpora if now else read.corpora_in(folder), now is not None)
        chosen = choose(present)
        change = Change(now, chosen, embedder.identity)
        with Partial(folder, embedder.identity, embedder.dimension) as partial:
            vectors = _Vectors(change.base, embedder, partial)
            vectors.embed_missing(change.added, change.kept, progress, stop)
            try:
                _publish(folder, change, vectors, embedder, indexer, stop)
            except DamageError as damage:
                raise layout.refused(folder, damage) from damage
            if forget or partial.keys <= change.added.keys():
                partial.remove()
        return read.status(folder)


def remove(folder: Path, name: str) -> read.StoreStatus:
    """Takes a corpus out of the store; no model is needed.

    Raises:
        BadRequest: the store has no such corpus.
        StoreMissing, StoreRefused: there is no store, or it is damaged.
        StoreBusy, StoreError: as `update`.
    """
    state = read.status(folder)

    def rest(present: Present) -> Mapping[str, None]:
        if name not in present.corpora:
            names = ", ".join(present.corpora) or "none"
            raise BadRequest("corpus-missing", name=name, known=names)
        if not present.whole:
            read.opened(folder)  # says what is wrong
        return dict.fromkeys(other for other in present.corpora if other != name)

    return update(folder, rest, _NoModel(state.embedding, state.dimension))


@dataclass(frozen=True, slots=True)
class _NoModel:
    """Stands in for an embedding model where every vector is there already."""

    identity: str
    dimension: int

    def embed(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None, stop: Stop | None = None
    ) -> NDArray[np.float32]:
        raise AssertionError("a row without a vector")


class _Vectors:
    """Where the vector of a new text is: in the generation in use, or in what is kept beside it."""

    def __init__(self, base: Opened | None, embedder: TextEmbedder, partial: Partial) -> None:
        self._embedder = embedder
        self._partial = partial
        self._base = base
        self._embedded: dict[bytes, tuple[int, int]] = {}

    def embed_missing(
        self, wanted: Mapping[bytes, Pair], kept: int, progress: Progress | None, stop: Stop | None
    ) -> None:
        """Makes the vectors that are nowhere yet; ``kept`` rows have theirs already."""
        self._find(wanted)
        missing = {key: pair for key, pair in wanted.items() if key not in self._embedded and key not in self._partial}
        embed_missing(missing, kept + len(wanted) - len(missing), self._embedder, self._partial, progress, stop)

    def of(self, keys: Sequence[bytes]) -> list[bytes]:
        """The vectors as little-endian float32."""
        return [self._one(key) for key in keys]

    def _find(self, wanted: Mapping[bytes, Pair]) -> None:
        if not wanted or self._base is None:
            return
        short = {key[:16]: key for key in wanted}
        for number, segment in enumerate(self._base.segments):
            checks = segment.table["text"].tobytes()
            for row in range(len(segment)):
                key = short.get(checks[16 * row : 16 * row + 16])
                if key is not None:
                    self._embedded[key] = number, row

    def _one(self, key: bytes) -> bytes:
        found = self._embedded.get(key)
        if found is None or self._base is None:
            return self._partial.vector(key)
        return bytes(self._base.segments[found[0]].vectors_of([found[1]]).astype("<f4").tobytes())


def _now(folder: Path, *, whole: bool) -> Opened | None:
    """The generation in use; None if there is none or it is damaged."""
    try:
        return read.opened(folder, whole=whole)
    except StoreError:
        return None


def _publish(
    folder: Path,
    change: Change,
    vectors: _Vectors,
    embedder: TextEmbedder,
    indexer: Indexer | None,
    stop: Stop | None,
) -> None:
    old = change.base.segments if change.base else ()
    weights = [
        Weight(len(segment), int(alive.sum()), segment.entry.index)
        for segment, alive in zip(old, change.live, strict=True)
    ]
    merged, kind = merge.chosen(weights, sum(map(len, change.new.values())), indexer)
    with staging(folder) as new:
        segments, live = [], []
        for number, segment in enumerate(old):
            if number not in merged and weights[number].live:
                segments.append(segment.entry)
                live.append(change.live[number])
        written = _write_segment(new, change, merged, vectors, embedder.dimension, indexer, kind, stop)
        if written:
            segments.append(written)
            live.append(np.ones(written.rows, dtype=np.bool_))
        if stop and stop():
            raise CancelledError
        new.publish(
            Manifest(
                embedding=embedder.identity,
                dimension=embedder.dimension,
                count=sum(entry.count for entry in change.corpora.values()),
                corpora=change.corpora,
                created=datetime.now(UTC).isoformat(timespec="seconds"),
                segments=tuple(segments),
                live=_write_live(new, live),
            )
        )


def _write_segment(
    new: Staging,
    change: Change,
    merged: set[int],
    vectors: _Vectors,
    dimension: int,
    indexer: Indexer | None,
    kind: str,
    stop: Stop | None,
) -> SegmentEntry | None:
    """The rows of the merged segments and the new ones, by corpus; None if there are none."""
    if not merged and not any(change.new.values()):
        return None
    writer = SegmentWriter(new, dimension)
    for name, pairs in change.new.items():
        if change.base is not None:
            for segment, rows in _staying(change, change.base, name, merged):
                for chosen, block in change.base.segments[segment].blocks(rows):
                    writer.copy(name, change.base.segments[segment], chosen, block)
                    _look(stop)
        for start in range(0, len(pairs), _ROWS):
            some = pairs[start : start + _ROWS]
            keys = [text_key(pair) for pair in some]
            writer.write(name, [to_line(pair) for pair in some], keys, vectors.of(keys))
            _look(stop)
    return writer.finish(indexer, kind, stop)


def _staying(change: Change, base: Opened, name: str, merged: set[int]) -> Iterator[tuple[int, NDArray[np.integer]]]:
    if name in base.status.corpora:
        for segment, rows in base.rows_of(name):
            if segment in merged:
                yield segment, rows[change.live[segment][rows]]


def _write_live(new: Staging, live: Sequence[NDArray[np.bool_]]) -> FileEntry | None:
    if all(bool(alive.all()) for alive in live):
        return None
    file = new.file(LIVE)
    for alive in live:
        file.write(np.packbits(alive, bitorder="little").tobytes())
    return file.finish()


def _look(stop: Stop | None) -> None:
    if stop and stop():
        raise CancelledError
