"""The ways of searching that are compared. Each gives every row of the corpus a number; the highest comes first.

``dense`` is the cosine of question and code; ``words`` is what the product does. The product's own parts are used
wherever there are some.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from planfirst.adapters import lexical
from planfirst.adapters.fusion import CANDIDATES
from planfirst.adapters.query_text import bare
from planfirst.core.errors import BadRequest, PlanfirstError
from planfirst.core.retrieve import WORDS
from planfirst.core.types import Pair
from planfirst.store.pairs import embedded_text
from planfirst_lab.evaluation import retrieval_text
from planfirst_lab.evaluation.rerank import MaxSim, Reranker, TokenVectors

Numbers = NDArray[np.float32]
Encode = Callable[[str], Numbers]
_RRF = 60  # the constant of reciprocal rank fusion (Cormack et al. 2009)
_RERANKED = 10


class Method(Protocol):
    """A way of searching. ``encode`` makes a query's vector."""

    def __call__(self, query: str, encode: Encode) -> Numbers: ...


@dataclass(frozen=True, slots=True)
class Given:
    """What methods are made of.

    Attributes:
        pairs: the corpus.
        vectors: makes unit vectors of shape (len(texts), dimension), or takes them from where they are kept.
        tokens: gives what makes the vectors of all tokens.
        reranker: the folder of a cross-encoder.
    """

    pairs: Sequence[Pair]
    vectors: Callable[[Sequence[str]], Numbers]
    tokens: Callable[[], TokenVectors]
    reranker: Path | None


class _Dense:
    def __init__(self, given: Given, text: Callable[[Pair], str] = embedded_text) -> None:
        self._matrix = given.vectors([text(pair) for pair in given.pairs])

    def __call__(self, query: str, encode: Encode) -> Numbers:
        return np.asarray(self._matrix @ encode(query), dtype=np.float32)


class _Bm25:
    def __init__(self, given: Given) -> None:
        try:
            import bm25s
        except ImportError as error:
            raise PlanfirstError(
                "plain",
                what="BM25 was not measured, because bm25s is not installed.",
                next='Run pip install "planfirst-lab[eval]", or leave bm25, rrf and weighted out with --methods.',
            ) from error
        self._vocabulary: dict[str, int] = {}
        ids = [
            [
                self._vocabulary.setdefault(word, len(self._vocabulary))
                for word in lexical.all_words(embedded_text(pair))
            ]
            for pair in given.pairs
        ]
        self._rows = len(ids)
        self._index = bm25s.BM25() if self._vocabulary else None
        if self._index is not None:
            self._index.index((ids, self._vocabulary), show_progress=False)

    def __call__(self, query: str, encode: Encode) -> Numbers:
        known = [word for word in dict.fromkeys(lexical.all_words(query)) if word in self._vocabulary]
        if not known or self._index is None:
            return np.zeros(self._rows, dtype=np.float32)
        return np.asarray(self._index.get_scores(known), dtype=np.float32)


class _Rrf:
    """Reciprocal rank fusion of two methods."""

    def __init__(self, first: Method, second: Method) -> None:
        self._methods = first, second

    def __call__(self, query: str, encode: Encode) -> Numbers:
        ranks = [_ranks(method(query, encode)) for method in self._methods]
        return np.asarray(sum(1.0 / (_RRF + 1 + rank) for rank in ranks), dtype=np.float32)


class Weighted:
    """The cosine and a share of BM25, as a part of the query's best; the share is tuned on one half of the queries and
    used on the other."""

    SHARES = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4)

    def __init__(self, dense: Method, bm25: Method) -> None:
        self._dense, self._bm25 = dense, bm25
        self.share: Callable[[str], float] = lambda query: 0.1

    def with_share(self, query: str, encode: Encode, share: float) -> Numbers:
        """The numbers under a given share."""
        lexical_numbers = self._bm25(query, encode)
        best = float(lexical_numbers.max(initial=0.0)) or 1.0
        return np.asarray(self._dense(query, encode) + share * lexical_numbers / best, dtype=np.float32)

    def __call__(self, query: str, encode: Encode) -> Numbers:
        return self.with_share(query, encode, self.share(query))


class _Words:
    """What the product does: the rows that the vectors found, and how many of the request's words stand in them."""

    def __init__(self, given: Given, dense: Method) -> None:
        self._pairs, self._dense = given.pairs, dense

    def __call__(self, query: str, encode: Encode) -> Numbers:
        cosines = self._dense(bare(query), encode)
        count = min(CANDIDATES, len(cosines))
        rows = np.argpartition(-cosines, count - 1)[:count]
        parts = lexical.shares(bare(query), [self._pairs[row] for row in rows])
        return _first(cosines, rows, cosines[rows] + WORDS * np.asarray(parts, dtype=np.float32))


class _Rewritten:
    def __init__(self, dense: Method, rewrite: Callable[[str], str]) -> None:
        self._dense, self._rewrite = dense, rewrite

    def __call__(self, query: str, encode: Encode) -> Numbers:
        return self._dense(self._rewrite(query), encode)


class _Reranked:
    """The first ten of another method, in the order of a model that reads query and example together."""

    def __init__(self, given: Given, first: Method, reranker: Reranker) -> None:
        self._pairs, self._first, self._reranker = given.pairs, first, reranker

    def __call__(self, query: str, encode: Encode) -> Numbers:
        numbers = self._first(query, encode)
        rows = np.argsort(-numbers, kind="stable")[:_RERANKED]
        scores = self._reranker.scores(query, [embedded_text(self._pairs[row]) for row in rows])
        return _first(numbers, rows, scores)


def make(names: Sequence[str], given: Given) -> dict[str, Method]:
    """The methods by name, in the order of ``names``; what several need is made once.

    Raises:
        BadRequest: there is no such method.
        PlanfirstError: a package that one needs is not installed.
    """
    made: dict[str, Method] = {}

    def get(name: str) -> Method:
        if name not in made:
            made[name] = _MAKERS[name](given, get)
        return made[name]

    return {name: get(name) for name in names}


def chosen(text: str, reranker: Path | None) -> list[str]:
    """The names in a list with commas; without any, the usual ones. ``dense`` is always among them, to compare with.

    Raises:
        BadRequest: there is no such method, or it needs a folder that was not given.
    """
    names = [name.strip() for name in text.split(",") if name.strip()] or [*USUAL, *(["reranker"] if reranker else [])]
    unknown = [name for name in names if name not in _MAKERS]
    if unknown:
        raise BadRequest("plain", what=f"There is no method {unknown[0]!r}.", next=f"Choose from {', '.join(_MAKERS)}.")
    if "reranker" in names and reranker is None:
        raise BadRequest(
            "plain",
            what="The method reranker needs a model.",
            next="Name the folder of a cross-encoder with --reranker.",
        )
    return list(dict.fromkeys(["dense", *names]))


Get = Callable[[str], Method]
DEFAULT = "words"
USUAL = ("dense", DEFAULT, "bm25", "rrf", "weighted", "rewritten")
_MAKERS: Mapping[str, Callable[[Given, Get], Method]] = {
    "dense": lambda given, get: _Dense(given),
    "words": lambda given, get: _Words(given, get("dense")),
    "bm25": lambda given, get: _Bm25(given),
    "rrf": lambda given, get: _Rrf(get("dense"), get("bm25")),
    "weighted": lambda given, get: Weighted(get("dense"), get("bm25")),
    "rewritten": lambda given, get: _Rewritten(get("dense"), bare),
    "nameless": lambda given, get: _Rewritten(get("dense"), retrieval_text.without_language),
    "titles": lambda given, get: _Dense(given, retrieval_text.title),
    "aware": lambda given, get: _Dense(given, retrieval_text.aware),
    "maxsim": lambda given, get: _Reranked(given, get("dense"), MaxSim(given.tokens())),
    "reranker": lambda given, get: _Reranked(given, get("dense"), _cross_encoder(given.reranker)),
}
NAMES = tuple(_MAKERS)


def _cross_encoder(folder: Path | None) -> Reranker:
    from planfirst_lab.evaluation.rerank import CrossEncoderReranker

    assert folder is not None  # `chosen` has looked
    return CrossEncoderReranker(folder)


def _ranks(numbers: Numbers) -> NDArray[np.int64]:
    """The rank of each row, from zero."""
    ranks = np.empty(len(numbers), dtype=np.int64)
    ranks[np.argsort(-numbers, kind="stable")] = np.arange(len(numbers))
    return ranks


def _first(numbers: Numbers, rows: NDArray[np.int64], scores: Numbers) -> Numbers:
    """The numbers with those of ``rows`` replaced, and all of these ahead of all others, which keep their order."""
    again = numbers - (float(numbers.max()) - float(scores.min()) + 1.0)
    again[rows] = scores
    return np.asarray(again, dtype=np.float32)
