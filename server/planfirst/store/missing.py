"""Makes the vectors that a change of the store lacks, and saves them beside it as they come."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from planfirst.core.types import Pair
from planfirst.store.pairs import embedded_text
from planfirst.store.partial import Partial

_CHUNK = 128  # texts embedded between two looks at `stop`, and the most that a stop loses
Progress = Callable[[int, int], None]
Stop = Callable[[], bool]


class TextEmbedder(Protocol):
    """Turns texts into vectors; `planfirst.embedders` has real ones and a fake."""

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


def embed_missing(
    missing: Mapping[bytes, Pair],
    done: int,
    embedder: TextEmbedder,
    partial: Partial,
    progress: Progress | None,
    stop: Stop | None,
) -> None:
    """Puts a vector for each key into ``partial``.

    Args:
        missing: a pair for each text that has no vector, by the text's key.
        done: how many others have theirs; for ``progress``.

    Raises:
        CancelledError: ``stop`` returned True.
    """
    say = progress or (lambda done, total: None)
    words = {key: embedded_text(pair) for key, pair in missing.items()}
    waiting = sorted(words, key=lambda key: -len(words[key]))  # little padding in a batch; what needs most memory first
    total = done + len(waiting)
    say(done, total)
    for start in range(0, len(waiting), _CHUNK):
        keys = waiting[start : start + _CHUNK]

        def further(count: int, start: int = start) -> None:
            say(done + start + count, total)

        partial.append(keys, embedder.embed([words[key] for key in keys], progress=further, stop=stop))
