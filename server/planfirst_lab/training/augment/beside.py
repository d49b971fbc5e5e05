"""What stands beside a request in a row: its own pair, a related one, or nothing; and the stub that it is to fill.

In use a search finds the right example, one that only looks right, or none, and the request is a comment or the
docstring of an empty function. A planner that has seen only the first of these copies whatever it is shown.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from planfirst.core.types import Pair, Plan
from planfirst.embedders.sbert import Embedder
from planfirst_lab.evaluation.recipe_items import stub_of
from planfirst_lab.training.augment.config import ExamplePlan
from planfirst_lab.training.augment.rows import Row


class Beside:
    """Draws what stands beside each request; the same for the same seed and row.

    Args:
        corpus: all pairs that can stand there.
    """

    def __init__(self, corpus: Sequence[Pair], embedder: Embedder, shares: ExamplePlan, seed: int) -> None:
        self._corpus, self._embedder, self._shares, self._seed = corpus, embedder, shares, seed
        self._places = {pair.id: n for n, pair in enumerate(corpus)}
        self._questions = embedder.embed([pair.question for pair in corpus])

    def likeness(self, pair: Pair, request: str) -> float:
        """The cosine of a pair's question and the request, -1 to 1."""
        (vector,) = self._embedder.embed([request])
        return float(self._questions[self._places[pair.id]] @ vector)

    def row(self, row_id: str, pair: Pair, request: str, plan: Plan, alike: float) -> Row:
        """The row of a request that asks for what ``pair`` answers; ``alike`` is its `likeness`."""
        drawn = random.Random(f"{self._seed} {row_id} beside")  # noqa: S311 - repeatable, not secret
        at, has_stub = drawn.random(), drawn.random() < self._shares.stubs
        weight, stub = max(0.0, min(1.0, alike)), stub_of(pair.code, request) if has_stub else ""
        if at < self._shares.none:
            return Row(row_id, "", "", request, 0.0, plan, weight, stub)
        shown, score = pair, alike
        if at < self._shares.none + self._shares.related and len(self._corpus) > 1:
            shown, score = self._nearest_other(pair, request)
        return Row(row_id, shown.question, shown.code, request, score, plan, weight, stub)

    def _nearest_other(self, pair: Pair, request: str) -> tuple[Pair, float]:
        """The pair, but for the request's own, whose question is most like the request, and their cosine."""
        (vector,) = self._embedder.embed([request])
        scores = self._questions @ vector
        scores[self._places[pair.id]] = -np.inf
        best = int(scores.argmax())
        return self._corpus[best], float(scores[best])
