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
from planfirst.training import sources, tokenizer
from planfirst.training.config import Config, DataPlan
from planfirst.training.rows import RowMaker
from planfirst.training.tokenizer import Row

_SAMPLE = 1500  # rows encoded at a time
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
    plan = config.data
    tell("Reading documented functions")
    pairs, report = sources.functions(plan.per_package, config.seed)
    recipes = cookbook.load()
    more, more_report = sources.data_sets(extra) if extra else ([], [])
    report += [{"source": "cookbook", "licence": cookbook.LICENCE, "functions": len(recipes)}, *more_report]
    tell(f"Fitting the tokenizer to {len(pairs):,} functions and {len(recipes)} recipes")
    if (folder / TOKENIZER).is_file():
        bpe = tokenizer.load(folder / TOKENIZER)
    else:
        texts = [text for pair in pairs for text in (pair.question, pair.code)]
        texts += [text for r in recipes for text in (r.question, *r.steps, r.code)] * 20
        bpe = tokenizer.train(texts, config.model.vocabulary)
        bpe.save(str(folder / TOKENIZER))
    pairs = _short(bpe, pairs, plan, random.Random(config.seed))  # noqa: S311 - repeatable, not secret
    maker = RowMaker(PromptBook(), pairs, plan, config.seed)
    tell(f"Writing rows for {len(pairs):,} short functions")
    rows = _rows(maker, pairs, plan.visits)
    rows += _rows(maker, more, plan.extra_visits)
    ours = [row for recipe in recipes for row in maker.of_recipe(recipe, plan.cookbook_visits)]
    report.append({"rows": len(rows) + len(ours), "of them from the cookbook": len(ours)})
    rows += ours
    random.Random(config.seed).shuffle(rows)  # noqa: S311 - repeatable, not secret
    _save(folder, bpe, rows, plan.longest_row)
    (folder / REPORT).write_text(json.dumps(report, indent=1), encoding="utf-8")


def _short(bpe: Tokenizer, pairs: Sequence[Pair], plan: DataPlan, random_: random.Random) -> list[Pair]:
    """The functions that are short enough, and some of the methods."""
    lengths = [len(e.ids) for e in bpe.encode_batch([pair.code for pair in pairs])]
    short = [pair for pair, n in zip(pairs, lengths, strict=True) if n <= plan.longest_code]
    return [pair for pair in short if not _is_method(pair.code) or random_.random() < plan.methods]


def _is_method(code: str) -> bool:
    head = code.partition(")")[0]
    return "(self" in head or "(cls" in head


def _rows(maker: RowMaker, pairs: Sequence[Pair], visits: int) -> list[Row]:
    return [row for _ in range(visits) for pair in pairs for row in maker.of_function(pair)]


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
