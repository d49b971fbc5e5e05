"""Building the store: corpora -> unique pairs -> vectors -> a new generation.

It knows nothing of FAISS, nor of which model makes the vectors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import CancelledError
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from planfirst.core.types import Pair
from planfirst.store import read
from planfirst.store.manifest import CorpusEntry, FileEntry, Manifest
from planfirst.store.pairs import content_hash, embedded_text, to_line, unique
from planfirst.store.write import Staging, locked, staging

_CHUNK = 1024  # enough texts to sort by length, few enough to keep in memory


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


def build(
    folder: Path,
    corpora: Mapping[str, Iterable[Pair]],
    embedder: TextEmbedder,
    *,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> read.StoreStatus:
    """Builds a new generation from all corpora and puts it in the place of the one in use.

    Args:
        folder: the store's; it is made when it is not there.
        corpora: by name; of pairs with the same question and code only the first is stored.
        progress: hears how many pairs are done, and how many there are.
        stop: asked between batches; once it returns True the build ends and the store is as it was.

    Raises:
        StoreBusy: another process is building this store.
        StoreError: it could not be written, for example because the disk is full; the store is as it was.
        CancelledError: ``stop`` returned True.
    """
    with locked(folder):
        given = {name: list(pairs) for name, pairs in corpora.items()}
        stored = list(unique(given))
        counts = Counter(name for name, _ in stored)
        with staging(folder) as new:
            _write(new, [pair for _, pair in stored], embedder, progress, stop)

            def describe(files: dict[str, FileEntry]) -> Manifest:
                return Manifest(
                    embedding=embedder.identity,
                    dimension=embedder.dimension,
                    count=len(stored),
                    corpora={name: CorpusEntry(counts[name], content_hash(pairs)) for name, pairs in given.items()},
                    created=datetime.now(UTC).isoformat(timespec="seconds"),
                    files=files,
                )

            new.publish(describe)
        return read.status(folder)


def _write(
    new: Staging,
    pairs: Sequence[Pair],
    embedder: TextEmbedder,
    progress: Callable[[int, int], None] | None,
    stop: Callable[[], bool] | None,
) -> None:
    say = progress or (lambda done, total: None)
    say(0, len(pairs))
    for start in range(0, len(pairs), _CHUNK):
        chunk = pairs[start : start + _CHUNK]

        def further(done: int, start: int = start) -> None:
            say(start + done, len(pairs))

        vectors = embedder.embed([embedded_text(pair) for pair in chunk], progress=further, stop=stop)
        new.vectors.write(vectors.astype("<f4").tobytes())
        new.pairs.write(b"".join(to_line(pair) for pair in chunk))
    if stop and stop():
        raise CancelledError
