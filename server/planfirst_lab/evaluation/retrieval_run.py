"""Measures ways of searching on a corpus and queries: how often, and how early, what is relevant comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np
from rich.console import Console

from planfirst.adapters.query_text import bare
from planfirst.adapters.query_vectors import query_vector
from planfirst.core.errors import BadRequest, PlanfirstError
from planfirst.embedders.llama import LlamaEmbedder
from planfirst.embedders.open import open_embedder
from planfirst.embedders.sbert import Embedder
from planfirst.folders import data_folder
from planfirst.settings import Settings
from planfirst.store.build import TextEmbedder
from planfirst_lab.evaluation import retrieval_methods as methods
from planfirst_lab.evaluation.figures import Figures
from planfirst_lab.evaluation.rerank import TokenVectors
from planfirst_lab.evaluation.retrieval_data import Query, read
from planfirst_lab.evaluation.retrieval_methods import Encode, Given, Method, Numbers, Weighted
from planfirst_lab.evaluation.retrieval_text import without_language
from planfirst_lab.evaluation.retrieval_vectors import embedded
from planfirst_lab.statistics import bootstrap, mean, paired_difference

_TIMED = 40  # queries


@dataclass(frozen=True, slots=True)
class Options:
    """What is to be measured; ``names`` is a list with commas, empty for the usual methods."""

    corpus: Path
    queries: Path
    names: str = ""
    reranker: Path | None = None
    out: Path | None = None
    settings: Settings = field(default_factory=Settings)

    @property
    def folder(self) -> Path:
        """Where the report and the vectors go."""
        return self.out or data_folder() / "evaluation" / f"retrieval-{self.corpus.stem}"


class _Encoder:
    """Vectors of queries, from a dictionary where they are known."""

    def __init__(self, embedder: TextEmbedder, known: Mapping[str, Numbers]) -> None:
        self._embedder, self._known = embedder, known

    def __call__(self, text: str) -> Numbers:
        vector = self._known.get(text)
        return vector if vector is not None else query_vector(self._embedder, text)[0]


def measure(options: Options, console: Console, embedder: TextEmbedder | None = None) -> Figures:
    """The figures: ``methods`` by name, and what they were measured on.

    Shares are 0 to 1, intervals 95 %, seconds those of one query from its text to the order of all rows.

    Args:
        embedder: instead of the embedding model in the settings.

    Raises:
        BadRequest: a file cannot be read or holds nothing that can be used, or there is no such method.
        ModelError: the embedding model or the reranker cannot be used.
        PlanfirstError: the folder cannot be written, or a package that a method needs is not installed.
    """
    names = methods.chosen(options.names, options.reranker)
    data = read(options.corpus, options.queries)
    for line in data.said:
        console.print(line, markup=False, soft_wrap=True)
    try:
        options.folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PlanfirstError(
            "plain",
            what=f"The folder {options.folder} cannot be written: {error.strerror}.",
            next="Choose another one with --out.",
        ) from error
    chosen = options.settings.retriever
    embedder = embedder or open_embedder(chosen.model, engine=chosen.engine)
    with console.status("Embedding") as status:

        def vectors(texts: Sequence[str]) -> Numbers:
            return embedded(
                texts, embedder, options.folder, lambda done, total: status.update(f"Embedding {done} of {total}")
            )

        given = Given(data.pairs, vectors, lambda: _tokens(embedder, chosen.model), options.reranker)
        made = methods.make(names, given)
        texts = list(dict.fromkeys(text for query in data.queries for text in _forms(query.text)))
        known = {text: query_vector(embedder, text)[0] for text in texts}
        encode = _Encoder(embedder, known)
        for method in made.values():
            if isinstance(method, Weighted):
                method.share = _tuned(method, data.queries, encode)
        ranks = {}
        for name, method in made.items():
            status.update(f"Searching: {name}")
            ranks[name] = [_rank(method(query.text, encode), query.relevant) for query in data.queries]
        status.update("Timing")
        seconds = _seconds(made, data.queries, _Encoder(embedder, {}))
    return {
        "corpus": {"file": options.corpus.name, "rows": len(data.pairs)},
        "queries": {"file": options.queries.name, "n": len(data.queries)},
        "skipped": data.skipped,
        "embedding": embedder.identity,
        "methods": {name: _figures(name, ranks, seconds) for name in made},
    }


def _tokens(embedder: TextEmbedder, model: str) -> TokenVectors:
    """The vectors of tokens, which not every embedder has; sentence-transformers gives those of the same model."""
    if isinstance(embedder, LlamaEmbedder):
        embedder = Embedder(model)
    if not isinstance(embedder, Embedder):
        raise BadRequest(
            "plain", what="This embedding model gives no vectors of tokens.", next="Leave maxsim out of --methods."
        )
    return embedder.token_vectors


def _forms(query: str) -> tuple[str, str, str]:
    """The query and what methods make of it."""
    return query, bare(query), without_language(query)


def _rank(numbers: Numbers, relevant: frozenset[int]) -> int:
    """The rank of the first relevant row, from 1; of equal rows the earlier one comes first."""
    rows = np.fromiter(relevant, dtype=np.int64)
    best = numbers[rows].max()
    first = rows[numbers[rows] == best].min()
    return 1 + int((numbers > best).sum()) + int((numbers[:first] == best).sum())


def _tuned(method: Weighted, queries: Sequence[Query], encode: Encode) -> Callable[[str], float]:
    """For each query the share of BM25 that was best on the half of the queries to which it does not belong."""
    halves = queries[::2], queries[1::2]
    best = []
    for half in halves:
        found = {share: _mrr(method, half, encode, share) for share in method.SHARES}
        best.append(max(found, key=found.__getitem__))
    first = {query.text for query in halves[0]}
    return lambda text: best[1] if text in first and halves[1] else best[0]


def _mrr(method: Weighted, queries: Sequence[Query], encode: Encode, share: float) -> float:
    return mean([1 / _rank(method.with_share(query.text, encode, share), query.relevant) for query in queries])


def _seconds(made: Mapping[str, Method], queries: Sequence[Query], encode: Encode) -> dict[str, float]:
    """The median time of one query by each method, the vector of the query included; methods take turns."""
    took: dict[str, list[float]] = {name: [] for name in made}
    for number, query in enumerate([*queries[:2], *queries[:_TIMED]]):
        for name, method in made.items():
            started = time.perf_counter()
            method(query.text, encode)
            if number >= len(queries[:2]):  # what a first call sets up is not the query's time
                took[name].append(time.perf_counter() - started)
    return {name: median(values) for name, values in took.items()}


def _figures(name: str, ranks: Mapping[str, Sequence[int]], seconds: Mapping[str, float]) -> Figures:
    reciprocal = [1 / rank for rank in ranks[name]]
    figures: Figures = {"n": len(reciprocal)}
    for k in (1, 10):
        among = [float(rank <= k) for rank in ranks[name]]
        figures |= {f"recall@{k}": mean(among), f"recall@{k} interval": bootstrap(among)}
    difference, interval = paired_difference(reciprocal, [1 / rank for rank in ranks["dense"]])
    return {
        **figures,
        "mrr": mean(reciprocal),
        "mrr interval": bootstrap(reciprocal),
        "mrr minus dense": difference,
        "mrr minus dense interval": interval,
        "seconds": seconds[name],
        "times dense": seconds[name] / seconds["dense"],
        "default": name == methods.DEFAULT,
    }
