"""Cosines between texts by the embedding model that the store uses, for the scores and neighbours in training rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from planfirst.core.types import Pair
from planfirst.store.pairs import embedded_text

Vectors = NDArray[np.float32]
Embed = Callable[[list[str]], Vectors]
_AT_ONCE = 2048


class Likeness:
    """Vectors of texts, each computed once.

    Args:
        embed: gives vectors of length 1, shape (texts, dimension).
    """

    def __init__(self, embed: Embed) -> None:
        self._embed = embed
        self._row: dict[str, int] = {}
        self._blocks: list[Vectors] = []

    def learn(self, texts: Iterable[str]) -> None:
        """Computes the vectors of texts that are not known yet."""
        fresh = [text for text in dict.fromkeys(texts) if text not in self._row]
        if fresh:
            self._blocks = [np.concatenate([*self._blocks, self._embed(fresh)])]
            self._row.update({text: len(self._row) + n for n, text in enumerate(fresh)})

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Shape (texts, dimension); unknown texts are learned first."""
        self.learn(texts)
        return self._blocks[0][[self._row[text] for text in texts]]

    def score(self, request: str, texts: Sequence[str]) -> float:
        """The cosine that the store would give for a request and a pair that is found by several texts.

        A text that is the request itself is passed over: a person seldom asks in just the words of the store.
        """
        one, *others = self.vectors([request, *[text for text in texts if text != request]])
        return float(max(one @ other for other in others))

    def neighbours(self, pairs: Sequence[Pair], count: int, below: float) -> list[list[int]]:
        """For each pair the ``count`` others that are likest to it, likest first, without those from ``below`` up."""
        found: list[list[int]] = []
        all_ = self.vectors([embedded_text(pair) for pair in pairs])
        for first in range(0, len(pairs), _AT_ONCE):
            cosines = all_[first : first + _AT_ONCE] @ all_.T
            cosines[cosines >= below] = -1.0  # itself, too
            best = np.argpartition(-cosines, min(count, len(pairs) - 1), axis=1)[:, :count]
            for row, places in zip(cosines, best, strict=True):
                found.append([int(n) for n in places[np.argsort(-row[places])] if row[n] > -1.0])
        return found
