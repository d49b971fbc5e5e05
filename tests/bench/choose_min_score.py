"""Chooses ``min_score``, the cosine from which a retrieved example is used, on CoSQA (MIT, Jun-jie-Huang/CoCLR).

500 web queries are answered from a pool of 6,267 Python functions, each stored as the product stores it: the first
sentence of its docstring as the question, and the code without the docstring. Each query is asked twice: once of the
whole pool, and once of the pool without the function that answers it, when whatever comes first is a distractor. A
threshold on the best score is to tell the two apart. In a large pool that is pessimistic, since other functions
in it would help as well; so it is done with small random pools too, one for each query, where a distractor is one.

    python tests/bench/choose_min_score.py --data FOLDER

The queries were typed into a search engine and name the language; a comment in a Python file does not. So the word is
taken out of them, and the recall with it is printed beside the recall without it.

FOLDER holds ``cosqa_dev/`` with the set's two files.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planfirst.core.types import Pair
from planfirst.corpora.functions import first_sentence
from planfirst.embedders.sbert import Embedder
from planfirst.store.pairs import embedded_text

Floats = NDArray[np.float64]
GRID = np.round(np.arange(0.20, 0.801, 0.01), 2)
ROUNDS = 1000
LANGUAGE = re.compile(r"\b(?:in |using |with |for |from )?python ?[23]?(?:\.\d+)?\b")


@dataclass(frozen=True)
class Scores:
    """Of each query: the best score with the answer in the pool and without it, and whether the answer came first."""

    present: Floats
    absent: Floats
    right: NDArray[np.bool_]

    def sample(self, rows: NDArray[np.int64]) -> Scores:
        return Scores(self.present[rows], self.absent[rows], self.right[rows])


@dataclass(frozen=True)
class Gate:
    """What a threshold does: each array has one entry for each threshold in the grid."""

    precision: Floats
    recall: Floats
    f1: Floats
    accuracy: Floats


def stored(code: str) -> Pair:
    """A function of the pool as the product would store it; one that Python 3 cannot parse keeps its docstring."""
    question, body = "", code
    try:
        function = ast.parse(code).body[0]
    except (SyntaxError, ValueError, IndexError):
        function = None
    if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        docstring = ast.get_docstring(function)
        if docstring:
            question = first_sentence(docstring)
            place = function.body[0]
            lines = code.splitlines()
            body = "\n".join(lines[: place.lineno - 1] + lines[place.end_lineno or place.lineno :])
    elif code.count('"""') >= 2:
        question = first_sentence(code.split('"""')[1])
    return Pair("", question, body, "cosqa", "MIT", "")


def in_pools(similarity: NDArray[np.float32], answers: NDArray[np.int64], same: NDArray[np.bool_], size: int) -> Scores:
    """The best scores when each query has a random pool of its own, of ``size`` functions, with and without its answer.

    Args:
        similarity: of shape (queries, functions).
        answers: the column that answers each query.
        same: of the shape of ``similarity``; True where a function is the answer or a copy of it.
    """
    random = np.random.default_rng(size)
    rows = np.arange(len(answers))
    order = random.random(similarity.shape)
    order[same] = 2.0  # last, so never in the pool
    chosen = order <= np.sort(order, axis=1)[:, [min(size, similarity.shape[1]) - 1]]
    absent = np.where(chosen & ~same, similarity, -1.0).max(axis=1).astype(np.float64)
    own = similarity[rows, answers].astype(np.float64)
    return Scores(np.maximum(own, absent), absent, own >= absent)


def gate(scores: Scores, useful: NDArray[np.bool_]) -> Gate:
    """Precision and so on of "use the best hit", when ``useful`` says of the first asking whether it was."""
    best = np.concatenate([scores.present, scores.absent])
    truth = np.concatenate([useful, np.zeros_like(useful)])
    used = best[None, :] >= GRID[:, None]
    hits = (used & truth).sum(axis=1)
    precision = hits / np.maximum(used.sum(axis=1), 1)
    recall = hits / max(int(truth.sum()), 1)
    f1 = 2 * hits / np.maximum(used.sum(axis=1) + truth.sum(), 1)
    return Gate(precision, recall, f1, (used == truth).mean(axis=1))


def report(title: str, scores: Scores, *, strict: bool) -> None:
    """Prints the table and the best thresholds with their bootstrap intervals over queries."""

    def run(some: Scores) -> Gate:
        return gate(some, some.right if strict else np.ones_like(some.right))

    whole = run(scores)
    say(
        f"\n### {title}\n\n"
        "| min_score | precision | recall | F1 | accuracy | used, answer there | used, answer not there |"
    )
    say("|---|---|---|---|---|---|---|")
    for at in np.flatnonzero(np.isclose(np.round(GRID * 100) % 5, 0)):
        say(
            f"| {GRID[at]:.2f} | {whole.precision[at]:.3f} | {whole.recall[at]:.3f} | {whole.f1[at]:.3f} "
            f"| {whole.accuracy[at]:.3f} | {(scores.present >= GRID[at]).mean():.3f} "
            f"| {(scores.absent >= GRID[at]).mean():.3f} |"
        )
    random = np.random.default_rng(0)
    draws = [run(scores.sample(random.integers(0, len(scores.right), len(scores.right)))) for _ in range(ROUNDS)]
    for name in ("f1", "accuracy"):
        best = int(np.argmax(getattr(whole, name)))
        where = interval([GRID[int(np.argmax(getattr(draw, name)))] for draw in draws])
        value = interval([getattr(draw, name)[best] for draw in draws])
        say(
            f"- best {name}: {getattr(whole, name)[best]:.3f} ({value}) at min_score {GRID[best]:.2f} ({where}); "
            f"precision {whole.precision[best]:.3f}, recall {whole.recall[best]:.3f}"
        )


def interval(values: list[float]) -> str:
    """The middle 95 % of bootstrap values."""
    low, high = np.percentile(values, [2.5, 97.5])
    return f"95 % {low:.2f} to {high:.2f}"


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder with the data sets")
    parser.add_argument("--model", default="", help="embedding model; the bundled one if not given")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--pools", type=int, nargs="*", default=[300, 1000], help="sizes of small pools")
    options = parser.parse_args()

    folder = options.data / "cosqa_dev"
    pool = json.loads((folder / "code_idx_map.txt").read_text(encoding="utf-8"))
    asked = json.loads((folder / "cosqa-retrieval-dev-500.json").read_text(encoding="utf-8"))
    texts = [""] * len(pool)
    for code, number in pool.items():
        texts[number] = embedded_text(stored(code))
    embedder = Embedder(options.model, threads=options.threads)
    started = time.perf_counter()
    vectors = embedder.embed(texts)
    seconds = time.perf_counter() - started
    asked_for = {"as typed": [query["doc"] for query in asked]}
    asked_for["without the language"] = [
        " ".join(LANGUAGE.sub("", text).split()) or text for text in asked_for["as typed"]
    ]
    started = time.perf_counter()
    queries = {name: embedder.embed(some) for name, some in asked_for.items()}
    per_query = (time.perf_counter() - started) / (2 * len(asked))
    say(f"Model: {embedder.identity}. Pool: {len(texts)} functions, {np.mean([len(t) for t in texts]):.0f} characters.")
    say(
        f"Embedding, {options.threads} thread(s): {len(texts) / seconds:.0f} functions/s; "
        f"{per_query * 1000:.1f} ms a query in batches."
    )
    answers = np.array([query["retrieval_idx"] for query in asked])
    for name, some in queries.items():
        similarity = some @ vectors.T
        own = similarity[np.arange(len(answers)), answers]
        ranks = (similarity > own[:, None]).sum(axis=1) + 1
        quantiles = ", ".join(f"{value:.2f}" for value in np.percentile(own, [5, 25, 50, 75, 95]))
        say(
            f"Queries {name}: recall at 1 {(ranks == 1).mean():.3f}, at 10 {(ranks <= 10).mean():.3f}, "
            f"MRR {(1 / ranks).mean():.3f}; the answer's own score, 5/25/50/75/95 %: {quantiles}."
        )
    same = np.array([[text == texts[answer] for text in texts] for answer in answers])
    for size in (*options.pools, len(texts)):
        scores = in_pools(similarity, answers, same, size)
        say(f"\n## Pools of {size}")
        for name, values in (("answer there", scores.present), ("answer not there", scores.absent)):
            quantiles = ", ".join(f"{value:.2f}" for value in np.percentile(values, [5, 25, 50, 75, 95]))
            say(f"Best score, {name}: 5/25/50/75/95 % at {quantiles}.")
        report(f"Pools of {size}, useful: the answer came first", scores, strict=True)
        report(f"Pools of {size}, useful: an answer is in the pool", scores, strict=False)


if __name__ == "__main__":
    main()
