"""Chooses the gate and fits ``planfirst.likelihood``: what a hit's cosine and shared words say about its being right.

Every request is asked twice, of a store with its answer and of the same store without it. What is chosen on one half of
the requests is reported on the other.

    python tests/bench/choose_gate.py --data FOLDER --out FOLDER

FOLDER of ``--data`` holds ``cosqa_dev/`` with the set's two files (CoSQA, MIT, Jun-jie-Huang/CoCLR); vectors are kept
in that of ``--out``. Three kinds of examples are measured: recipes of the cookbook, asked for in their other wordings,
of which the held-out ones are reported; functions, stored as the standard library's are; and functions stored as the
user's own code is, by docstring, name and the beginning of the code. CoSQA stands in for both of the latter, in
random pools of a fixed size.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from choose_min_score import LANGUAGE, stored
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from planfirst.adapters.fusion import CANDIDATES, fused
from planfirst.core.retrieve import WORDS
from planfirst.core.types import Example, Pair
from planfirst.corpora import recipes
from planfirst.corpora.code.pairs import found_by
from planfirst.corpora.code.words import name_in_words
from planfirst.corpora.held_out import requests
from planfirst.embedders.sbert import Embedder
from planfirst.store.pairs import embedded_text
from planfirst_lab.evaluation.retrieval_vectors import embedded

Floats = NDArray[np.float32]
Vectors = Callable[[Sequence[str]], Floats]
GRID = np.round(np.arange(0.40, 0.86, 0.05), 2)
NAME = re.compile(r"def\s+(\w+)")
POOLS = {"functions": 1000, "own": 500}
ROUNDS = 2  # random pools for each query


@dataclass(frozen=True)
class Case:
    """One asking: cosine with shared words of the best hit, whether it was right, and whether it is for reporting."""

    nearness: float
    right: bool
    reported: bool


def best(request: str, pairs: Sequence[Pair], cosines: Floats) -> tuple[float, Pair]:
    """The hit that the product would put first, and its cosine with what shared words add."""
    nearest = np.argsort(-cosines)[: 4 * CANDIDATES]
    once: dict[str, Example] = {}
    for row in nearest:
        once.setdefault(pairs[row].place, Example(pairs[row], float(cosines[row])))
    hit = fused(request, list(once.values())[:CANDIDATES])[0]
    return hit.score + WORDS * hit.shared, hit.pair


def of_recipes(vectors: Vectors) -> list[Case]:
    """All other wordings of all recipes; those that are held out are for reporting."""
    book = recipes.load()
    pairs = list(recipes.entries(book))
    places = np.array([pair.place for pair in pairs])
    kept = {request.text for request in requests(book)}
    asked = [
        (wording, pair.place)
        for recipe, pair in zip(book, recipes.pairs(book), strict=True)
        for wording in recipe.other_wordings
    ]
    similarity = vectors([text for text, _ in asked]) @ vectors([embedded_text(pair) for pair in pairs]).T
    cases = []
    for (text, place), cosines in zip(asked, similarity, strict=True):
        for there in (cosines, np.where(places == place, -1.0, cosines)):
            nearness, pair = best(text, pairs, there.astype(np.float32))
            cases.append(Case(nearness, pair.place == place, text in kept))
    return cases


def of_functions(pairs: Sequence[Pair], queries: Sequence[tuple[str, int]], vectors: Vectors, size: int) -> list[Case]:
    """CoSQA's queries, each in random pools; those with odd numbers are for reporting."""
    similarity = vectors([query for query, _ in queries]) @ vectors([embedded_text(pair) for pair in pairs]).T
    random = np.random.default_rng(0)
    cases = []
    for _ in range(ROUNDS):
        for number, (query, answer) in enumerate(queries):
            same = {row for row, pair in enumerate(pairs) if pair.code == pairs[answer].code}
            pool = [row for row in random.choice(len(pairs), size, replace=False) if row not in same]
            for rows in ([*pool, answer], pool):
                nearness, pair = best(query, [pairs[row] for row in rows], similarity[number, rows])
                cases.append(Case(nearness, pair.place == pairs[answer].place, number % 2 == 1))
    return cases


def report(name: str, cases: Sequence[Case]) -> None:
    """Prints the fit, and precision, recall and F1 by threshold on both halves."""
    halves = [[case for case in cases if case.reported is reported] for reported in (False, True)]
    (chosen_x, chosen_y), (other_x, other_y) = (
        (np.array([case.nearness for case in half]), np.array([case.right for case in half])) for half in halves
    )
    model = LogisticRegression(C=1e6).fit(chosen_x[:, None], chosen_y)
    slope, intercept = float(model.coef_[0, 0]), float(model.intercept_[0])
    say(f"\n{name}: {len(chosen_x)} askings to choose on, {len(other_x)} to report on")
    say(f"log odds = {slope:.2f} x {intercept:+.2f}; half are right at {-intercept / slope:.3f}")
    say("from   precision recall F1 (chosen on)   precision recall F1 (reported)")
    for least in GRID:
        line = [numbers(x >= least, y) for x, y in ((chosen_x, chosen_y), (other_x, other_y))]
        say(f"{least:.2f}   " + "      ".join(f"{p:.3f} {r:.3f} {f:.3f}" for p, r, f in line))
    predicted = 1 / (1 + np.exp(-(slope * other_x + intercept)))
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        inside = (predicted >= low) & (predicted < low + 0.2)
        if inside.any():
            say(f"predicted {predicted[inside].mean():.2f}, true {other_y[inside].mean():.2f} ({inside.sum()})")


def numbers(used: NDArray[np.bool_], right: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Precision, recall and F1 of using what is marked."""
    hits = int((used & right).sum())
    precision, recall = hits / max(int(used.sum()), 1), hits / max(int(right.sum()), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def by_name(pair: Pair, code: str) -> Pair:
    """A function as the user's own code is stored: found by its docstring, its name and its code."""
    match = NAME.search(code)
    name = name_in_words(match[1]) if match else ""
    return replace(pair, licence="own", about=found_by(pair.question, name, pair.code) if pair.question else "")


def say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    embedder = Embedder()

    def vectors(texts: Sequence[str]) -> Floats:
        return embedded(texts, embedder, options.out)

    report("recipes", of_recipes(vectors))
    folder = options.data / "cosqa_dev"
    codes = json.loads((folder / "code_idx_map.txt").read_text(encoding="utf-8"))
    rows = json.loads((folder / "cosqa-retrieval-dev-500.json").read_text(encoding="utf-8"))
    queries = [(" ".join(LANGUAGE.sub(" ", row["doc"]).split()) or row["doc"], row["retrieval_idx"]) for row in rows]
    texts = [code for code, _ in sorted(codes.items(), key=lambda entry: entry[1])]
    functions = [replace(stored(code), place=str(row)) for row, code in enumerate(texts)]
    own = [by_name(pair, code) for pair, code in zip(functions, texts, strict=True)]
    report(f"functions, pool of {POOLS['functions']}", of_functions(functions, queries, vectors, POOLS["functions"]))
    report(f"own code, pool of {POOLS['own']}", of_functions(own, queries, vectors, POOLS["own"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
