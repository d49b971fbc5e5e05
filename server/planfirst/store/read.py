"""Reading a store: every byte is checked before anything else sees it.

The vectors are raw numbers, not an index file, so no native parser is ever given a file that someone may have changed.
Readers take no lock: a generation that is in use never changes, and if it is replaced and removed while it is being
read, reading starts again with the new one. Neither FAISS nor torch is needed here.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from planfirst.core.types import Pair
from planfirst.store import layout, manifest, pairs
from planfirst.store.layout import DamageError, Pointer
from planfirst.store.manifest import CorpusEntry, Manifest

_ATTEMPTS = 20
_NORM_TOLERANCE = 1e-3
_CHUNK = 65_536
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
        size: bytes on disk of this generation.
    """

    generation: int
    count: int
    corpora: Mapping[str, CorpusEntry]
    embedding: str
    dimension: int
    created: str
    size: int


@dataclass(frozen=True, slots=True)
class Loaded:
    """A verified generation: ``vectors`` is float32 of shape (len(pairs), dimension), row n belongs to ``pairs[n]``."""

    pointer: Pointer
    status: StoreStatus
    vectors: NDArray[np.float32]
    pairs: tuple[Pair, ...]


def status(folder: Path) -> StoreStatus:
    """What is in the store; the manifest is verified, of the data files only the sizes are.

    Raises:
        StoreMissing, StoreRefused: there is none, or it cannot be used.
    """
    return _newest(folder, lambda pointer: _status(folder, pointer)[0])


def load(folder: Path, embedding: str) -> Loaded:
    """The generation in use, verified to the last byte; of a pair that several corpora hold, the first row only.

    Args:
        embedding: identity of the embedding model that will be used for queries.

    Raises:
        StoreMissing, StoreRefused: there is none, it is damaged, or another embedding model made it.
    """
    return _once(_newest(folder, lambda pointer: _load(folder, pointer, embedding)))


def rows(folder: Path) -> Loaded:
    """The generation in use, verified to the last byte, with every row of every corpus, whichever model made it.

    Raises:
        StoreMissing, StoreRefused: there is none, or it is damaged.
    """
    return _newest(folder, lambda pointer: _load(folder, pointer, None))


def corpora_in(folder: Path) -> Mapping[str, CorpusEntry]:
    """The corpora that the newest readable manifest names, even if the rest of the store is damaged; empty if none is.

    For a build, so that what a user has added is not forgotten with a store that has to be built again.
    """
    for _, place in sorted(layout.generations(folder).items(), reverse=True):
        with contextlib.suppress(OSError, ValueError, DamageError):
            path = place / layout.MANIFEST
            return manifest.parse(layout.read_exactly(path, min(path.stat().st_size, manifest.MAX_BYTES))).corpora
    return {}


def current(folder: Path) -> Pointer:
    """The generation in use, unverified: cheap enough to ask before each search.

    Raises:
        StoreMissing, StoreRefused: there is none, or ``CURRENT`` is damaged.
    """
    return _newest(folder, lambda pointer: pointer)


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
    place = folder / pointer.folder
    path = place / layout.MANIFEST
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
        described = manifest.parse(data)
    except ValueError as error:
        raise DamageError(str(error)) from error
    for name, entry in described.files.items():
        _require_size(place / name, entry.size)
        size += entry.size
    state = StoreStatus(
        generation=pointer.generation,
        count=described.count,
        corpora=described.corpora,
        embedding=described.embedding,
        dimension=described.dimension,
        created=described.created,
        size=size,
    )
    return state, described


def _require_size(path: Path, size: int) -> None:
    try:
        found = path.stat().st_size
    except OSError as error:
        raise DamageError(f"{path.name} is missing") from error
    if found != size:
        raise DamageError(f"{path.name} has {found} bytes instead of {size}")


def _once(loaded: Loaded) -> Loaded:
    first = {pairs.texts(pair): row for row, pair in reversed(list(enumerate(loaded.pairs)))}
    if len(first) == len(loaded.pairs):
        return loaded
    kept = sorted(first.values())
    return replace(loaded, vectors=loaded.vectors[kept], pairs=tuple(loaded.pairs[row] for row in kept))


def _load(folder: Path, pointer: Pointer, embedding: str | None) -> Loaded:
    state, described = _status(folder, pointer)
    if embedding is not None and state.embedding != embedding:
        raise DamageError(f"it was made with the embedding model {state.embedding}, and the one in use is {embedding}")
    place = folder / pointer.folder
    vectors = _vectors(_verified(place, manifest.VECTORS, described), state)
    lines = _verified(place, manifest.PAIRS, described)
    return Loaded(pointer, state, vectors, _pairs(lines, state.count))


def _verified(place: Path, name: str, described: Manifest) -> bytes:
    entry = described.files[name]
    data = layout.read_exactly(place / name, entry.size)
    if hashlib.sha256(data).hexdigest() != entry.sha256:
        raise DamageError(f"{name} does not match its checksum")
    return data


def _vectors(data: bytes, state: StoreStatus) -> NDArray[np.float32]:
    vectors = np.frombuffer(data, dtype="<f4").reshape(state.count, state.dimension).astype(np.float32, copy=False)
    for start in range(0, state.count, _CHUNK):
        rows = vectors[start : start + _CHUNK]
        norms = np.einsum("ij,ij->i", rows, rows)
        # A NaN or an infinity anywhere in a row makes its norm fail this comparison too.
        if not bool(np.all(np.abs(norms - 1.0) <= _NORM_TOLERANCE)):
            raise DamageError(f"{manifest.VECTORS} holds something that is not a unit vector")
    return vectors


def _pairs(data: bytes, count: int) -> tuple[Pair, ...]:
    lines = data.split(b"\n")
    if lines.pop() != b"" or len(lines) != count:
        raise DamageError(f"{manifest.PAIRS} does not have {count} whole lines")
    try:
        return tuple(pairs.from_line(line) for line in lines)
    except (ValueError, UnicodeError) as error:
        raise DamageError(f"{manifest.PAIRS} holds a line that is not a pair") from error
