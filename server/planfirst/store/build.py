"""Building and changing the store: corpora -> unique pairs -> vectors -> a new generation.

Only what has no vector yet is embedded: vectors are taken over from the generation in use, and from what a build that
was stopped has left. It knows nothing of FAISS, nor of which model makes the vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from planfirst.core.errors import BadRequest, StoreError
from planfirst.core.types import Pair
from planfirst.store import read
from planfirst.store.manifest import CorpusEntry, FileEntry, Manifest
from planfirst.store.pairs import content_hash, embedded_text, text_key, to_line, unique
from planfirst.store.partial import Partial
from planfirst.store.read import Loaded
from planfirst.store.write import Staging, locked, staging

_CHUNK = 128  # texts embedded between two looks at `stop`, and the most that a stop loses
_ROWS = 1024  # written at a time
Progress = Callable[[int, int], None]
Stop = Callable[[], bool]


class TextEmbedder(Protocol):
    """Turns texts into vectors; ``planfirst.adapters.embeddings`` has a real one and a fake."""

    @property
    def identity(self) -> str:
        """Changes whenever the vectors would."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def embed(
        self,
        texts: Sequence[str],
        *,
        progress: Callable[[int], None] | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> NDArray[np.float32]:
        """Unit vectors of shape (len(texts), dimension); ``progress`` hears how many texts are done.

        Raises:
            CancelledError: ``stop`` returned True.
        """
        ...


@dataclass(frozen=True, slots=True)
class Given:
    """A corpus as it is given to the store; ``origin`` says where it came from."""

    pairs: Iterable[Pair]
    origin: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Present:
    """What the store holds before it is changed.

    Attributes:
        corpora: by name.
        whole: whether their pairs can be read; if the store is damaged, only the names and origins are known.
    """

    corpora: Mapping[str, CorpusEntry]
    whole: bool


# What the store shall hold, by name; None stands for the pairs that it holds of that corpus already.
Choose = Callable[[Present], Mapping[str, Given | None]]


def build(
    folder: Path,
    corpora: Mapping[str, Iterable[Pair]],
    embedder: TextEmbedder,
    *,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> read.StoreStatus:
    """Puts a new generation of exactly these corpora in the place of the one in use; else as `update`."""
    given = {name: Given(pairs) for name, pairs in corpora.items()}
    return update(folder, lambda present: given, embedder, forget=True, progress=progress, stop=stop)


def update(
    folder: Path,
    choose: Choose,
    embedder: TextEmbedder,
    *,
    forget: bool = False,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> read.StoreStatus:
    """Puts a new generation in the place of the one in use.

    Args:
        folder: the store's; it is made when it is not there.
        choose: told what the store holds, says what it shall hold. No other process writes in between.
        forget: whether to throw away at the end what a stopped build has left and this one had no use for.
        progress: hears how many different texts have their vector, and how many there are.
        stop: asked between batches; once it returns True this ends, and the store is as it was. What was embedded is
            kept beside it for the next time.

    Raises:
        StoreBusy: another process is building this store.
        StoreError: it could not be written, for example because the disk is full; the store is as it was.
        CancelledError: ``stop`` returned True.
    """
    with locked(folder):
        now = _now(folder)
        present = Present(now.status.corpora if now else read.corpora_in(folder), now is not None)
        corpora = _corpora(choose(present), now)
        keyed = {name: [(text_key(pair), pair) for pair in corpus.pairs] for name, corpus in corpora.items()}
        with Partial(folder, embedder.identity, embedder.dimension) as partial:
            vectors = _Vectors(now, embedder, partial)
            vectors.embed_missing([row for rows in keyed.values() for row in rows], progress, stop)
            _publish(folder, corpora, keyed, vectors, embedder, stop)
            if forget or partial.keys <= {key for rows in keyed.values() for key, _ in rows}:
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
            raise BadRequest(f"The store has no corpus named {name!r}.", f"Name one that it has: {names}.")
        if not present.whole:
            read.rows(folder)  # says what is wrong
        return dict.fromkeys(other for other in present.corpora if other != name)

    return update(folder, rest, _NoModel(state.embedding, state.dimension))


@dataclass(frozen=True, slots=True)
class _NoModel:
    """In the place of an embedding model when every vector is there already."""

    identity: str
    dimension: int

    def embed(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None, stop: Stop | None = None
    ) -> NDArray[np.float32]:
        raise AssertionError("a row without a vector")


@dataclass(frozen=True, slots=True)
class _Corpus:
    pairs: Sequence[Pair]
    sha256: str
    origin: Mapping[str, str]


class _Vectors:
    """Where the vector of a text is: in the generation in use, or in what is kept beside it."""

    def __init__(self, now: Loaded | None, embedder: TextEmbedder, partial: Partial) -> None:
        self._embedder = embedder
        self._partial = partial
        self._now = now if now and now.status.embedding == embedder.identity else None
        pairs = self._now.pairs if self._now else ()
        self._rows = {text_key(pair): row for row, pair in enumerate(pairs)}

    def embed_missing(self, rows: Iterable[tuple[bytes, Pair]], progress: Progress | None, stop: Stop | None) -> None:
        """Makes the vectors that are nowhere yet."""
        say = progress or (lambda done, total: None)
        wanted = dict(rows)
        missing = [key for key in wanted if key not in self._rows and key not in self._partial]
        texts = {key: embedded_text(wanted[key]) for key in missing}
        missing.sort(key=lambda key: -len(texts[key]))  # little padding within a batch; what needs most memory first
        done = len(wanted) - len(missing)
        say(done, len(wanted))
        for start in range(0, len(missing), _CHUNK):
            keys = missing[start : start + _CHUNK]

            def further(count: int, start: int = start) -> None:
                say(done + start + count, len(wanted))

            self._partial.append(keys, self._embedder.embed([texts[key] for key in keys], progress=further, stop=stop))

    def of(self, key: bytes) -> bytes:
        """The vector as little-endian float32."""
        row = self._rows.get(key)
        if row is None or self._now is None:
            return self._partial.vector(key)
        return bytes(self._now.vectors[row].astype("<f4").tobytes())


def _now(folder: Path) -> Loaded | None:
    """The generation in use with all its rows; None if there is none or it is damaged."""
    try:
        return read.rows(folder)
    except StoreError:
        return None


def _corpora(chosen: Mapping[str, Given | None], now: Loaded | None) -> dict[str, _Corpus]:
    kept = _kept(now) if now else {}
    corpora = {}
    for name, given in chosen.items():
        if given is None:
            corpora[name] = kept[name]
            continue
        pairs = list(given.pairs)
        corpora[name] = _Corpus(list(unique(pairs)), content_hash(pairs), given.origin)
    return corpora


def _kept(now: Loaded) -> dict[str, _Corpus]:
    corpora, start = {}, 0
    for name, entry in now.status.corpora.items():
        corpora[name] = _Corpus(now.pairs[start : start + entry.count], entry.sha256, entry.origin)
        start += entry.count
    return corpora


def _publish(
    folder: Path,
    corpora: Mapping[str, _Corpus],
    keyed: Mapping[str, Sequence[tuple[bytes, Pair]]],
    vectors: _Vectors,
    embedder: TextEmbedder,
    stop: Stop | None,
) -> None:
    with staging(folder) as new:
        for rows in keyed.values():
            for start in range(0, len(rows), _ROWS):
                _write(new, rows[start : start + _ROWS], vectors)
                if stop and stop():
                    raise CancelledError
        if stop and stop():
            raise CancelledError

        def describe(files: dict[str, FileEntry]) -> Manifest:
            entries = {name: CorpusEntry(len(c.pairs), c.sha256, dict(c.origin)) for name, c in corpora.items()}
            return Manifest(
                embedding=embedder.identity,
                dimension=embedder.dimension,
                count=sum(entry.count for entry in entries.values()),
                corpora=entries,
                created=datetime.now(UTC).isoformat(timespec="seconds"),
                files=files,
            )

        new.publish(describe)


def _write(new: Staging, rows: Sequence[tuple[bytes, Pair]], vectors: _Vectors) -> None:
    new.vectors.write(b"".join(vectors.of(key) for key, _ in rows))
    new.pairs.write(b"".join(to_line(pair) for _, pair in rows))
