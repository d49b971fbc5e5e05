"""Makes the training set once and keeps it in the work folder: the tokenizer and the encoded rows.

Files: ``tokenizer.json``, ``rows.safetensors`` and ``sources.json`` (what went in, with licences and counts).
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

from planfirst.core.prompt import PromptBook
from planfirst.core.types import Pair
from planfirst.corpora import recipes as cookbook
from planfirst.corpora.held_out import held_out
from planfirst.corpora.held_out import requests as measured_requests
from planfirst.corpora.recipes import Recipe
from planfirst.store.pairs import embedded_text
from planfirst_lab.training import near_copies, sources, tokenizer
from planfirst_lab.training.config import Config, DataPlan
from planfirst_lab.training.likeness import Embed, Likeness
from planfirst_lab.training.rows import CaseMaker, as_pairs, rows_of
from planfirst_lab.training.tokenizer import Row

_SAMPLE = 1500  # rows encoded at a time
_NEIGHBOURS = 8  # of a pair, from which a misleading example is drawn
TOKENIZER, ROWS, REPORT = "tokenizer.json", "rows.safetensors", "sources.json"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Rows:
    """Encoded rows laid end to end.

    Attributes:
        tokens: uint16, shape (all tokens,).
        starts: int64, shape (rows + 1,), where each row begins.
        answers: int32, shape (rows,), position within the row at which its answer begins.
    """

    tokens: NDArray[np.uint16]
    starts: NDArray[np.int64]
    answers: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.answers)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each row, shape (rows,)."""
        return np.diff(self.starts)

    def row(self, n: int) -> NDArray[np.uint16]:
        """The tokens of one row."""
        return self.tokens[self.starts[n] : self.starts[n + 1]]


def prepare(config: Config, folder: Path, extra: Path | None, tell: Tell) -> tuple[Tokenizer, Rows]:
    """The tokenizer and the rows; made when the work folder does not hold them yet.

    Args:
        extra: a folder of public data sets, or None.
        tell: is called with a line of text before each part of the work.
    """
    if not (folder / ROWS).is_file():
        _make(config, folder, extra, tell)
    return tokenizer.load(folder / TOKENIZER), read(folder / ROWS)


def read(path: Path) -> Rows:
    """The rows in a file that `prepare` wrote."""
    arrays = load_file(path)
    return Rows(arrays["tokens"], arrays["starts"], arrays["answers"])


def _make(config: Config, folder: Path, extra: Path | None, tell: Tell) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    plan, random_ = config.data, random.Random(config.seed)  # noqa: S311 - repeatable, not secret
    tell("Reading documented functions")
    functions, report = sources.functions(plan.per_package, config.seed)
    more, more_report = sources.data_sets(extra) if extra else ([], [])
    every, kept = cookbook.load(), held_out()
    recipes = [recipe for recipe in every if recipe.id not in kept.recipes]
    report += [{"source": "cookbook", "licence": cookbook.LICENCE, "functions": len(recipes)}, *more_report]
    bpe = _tokenizer(config, folder, functions, recipes, tell)
    functions = _short(bpe, functions, plan, random_)

    tell(f"Comparing {len(functions) + len(more):,} functions and {len(recipes)} recipes with what is measured")
    likeness = Likeness(_embedder())
    measured = as_pairs([recipe for recipe in every if recipe.id in kept.recipes])
    theirs, dropped = _without_copies([*functions, *more], measured, likeness)
    ours, dropped_ours = _without_copies(as_pairs(recipes), measured, likeness)
    tell(
        f"Left out as near-copies of {len(measured)} held-out recipes: {len(dropped[0] | dropped[1])} functions "
        f"({len(dropped[0])} by meaning, {len(dropped[1])} by code) and "
        f"{len(dropped_ours[0] | dropped_ours[1])} recipes"
    )

    tell("Drawing cases")
    pairs = [*theirs, *ours]
    maker = CaseMaker(pairs, likeness.neighbours(pairs, _NEIGHBOURS, near_copies.COSINE), plan, config.seed)
    cases = [case for visit in range(plan.visits) for n in range(len(theirs)) for case in maker.of_function(n)]
    by_place = {pair.place: recipe for pair, recipe in zip(as_pairs(recipes), recipes, strict=True)}
    first_of_ours = len(cases)
    for n, pair in enumerate(ours, start=len(theirs)):
        recipe = by_place[pair.place]
        others = recipe.other_wordings[:-1] if recipe.id in kept.wordings else recipe.other_wordings
        cases += maker.of_recipe(n, recipe, [recipe.question, *others, *recipe.queries])
    requests = near_copies.Requests(request.text for request in measured_requests(every))
    clean = [not requests.nearly_hold(case.task.request) for case in cases]
    tell(f"Left out: {clean.count(False):,} cases that ask nearly in the words of a held-out request")
    ours_left = sum(clean[first_of_ours:])
    cases = [case for case, good in zip(cases, clean, strict=True) if good]

    tell(f"Writing rows for {len(cases):,} cases")
    entries: dict[str, list[str]] = {}
    for pair in cookbook.entries(recipes):
        entries.setdefault(pair.place, []).append(embedded_text(pair))
    rows = list(rows_of(cases, entries, PromptBook(), likeness))
    report.append({"rows": len(rows), "of them from the cookbook": 2 * ours_left})
    report.append(
        {
            "left out by meaning": len(dropped[0] | dropped_ours[0]),
            "left out by code": len(dropped[1] | dropped_ours[1]),
            "left out in all": len(dropped[0] | dropped[1]) + len(dropped_ours[0] | dropped_ours[1]),
            "left out requests": clean.count(False),
        }
    )
    random_.shuffle(rows)
    _save(folder, bpe, rows, plan.longest_row)
    (folder / REPORT).write_text(json.dumps(report, indent=1), encoding="utf-8")


def _tokenizer(
    config: Config, folder: Path, functions: Sequence[Pair], recipes: Sequence[Recipe], tell: Tell
) -> Tokenizer:
    """The tokenizer in the folder, or a new one that is fitted to the functions and, twentyfold, to the recipes."""
    if (folder / TOKENIZER).is_file():
        return tokenizer.load(folder / TOKENIZER)
    tell(f"Fitting the tokenizer to {len(functions):,} functions and {len(recipes)} recipes")
    texts = [text for pair in functions for text in (pair.question, pair.code)]
    texts += [text for recipe in recipes for text in (recipe.question, *recipe.steps, recipe.code)] * 20
    bpe = tokenizer.train(texts, config.model.vocabulary)
    bpe.save(str(folder / TOKENIZER))
    return bpe


def _embedder() -> Embed:
    from planfirst.embedders.sbert import Embedder

    return Embedder().embed


def _without_copies(
    pairs: Sequence[Pair], measured: Sequence[Pair], likeness: Likeness
) -> tuple[list[Pair], tuple[set[int], set[int]]]:
    """The pairs that are not near-copies of measured ones, and the numbers of those that are: by meaning, by code."""
    alike, same = near_copies.near_copies(pairs, measured, likeness)
    return [pair for n, pair in enumerate(pairs) if n not in alike | same], (alike, same)


def _short(bpe: Tokenizer, pairs: Sequence[Pair], plan: DataPlan, random_: random.Random) -> list[Pair]:
    """The functions that are short enough, and some of the methods."""
    lengths = [len(e.ids) for e in bpe.encode_batch([pair.code for pair in pairs])]
    short = [pair for pair, n in zip(pairs, lengths, strict=True) if n <= plan.longest_code]
    return [pair for pair in short if not _is_method(pair.code) or random_.random() < plan.methods]


def _is_method(code: str) -> bool:
    head = code.partition(")")[0]
    return "(self" in head or "(cls" in head


def _save(folder: Path, bpe: Tokenizer, rows: Sequence[Row], longest: int) -> None:
    kept = [(ids, start) for ids, start in _encoded(bpe, rows) if len(ids) <= longest]
    starts = np.cumsum([0, *(len(ids) for ids, _ in kept)], dtype=np.int64)
    tokens = np.fromiter((token for ids, _ in kept for token in ids), np.uint16, int(starts[-1]))
    answers = np.array([start for _, start in kept], np.int32)
    partial = folder / f"{ROWS}.partial"
    save_file({"tokens": tokens, "starts": starts, "answers": answers}, partial)
    partial.replace(folder / ROWS)


def _encoded(bpe: Tokenizer, rows: Sequence[Row]) -> Iterator[tuple[list[int], int]]:
    for first in range(0, len(rows), _SAMPLE):
        yield from tokenizer.encode_rows(bpe, rows[first : first + _SAMPLE])
