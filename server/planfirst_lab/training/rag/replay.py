"""Rows of a starter's own training, learned again beside the new ones so that what it can do is not forgotten."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from planfirst.adapters.checksums import sha256_of
from planfirst.core.errors import BadSetting
from planfirst_lab.training import data
from planfirst_lab.training.data import Rows
from planfirst_lab.training.tokenizer import load


def read(folder: Path, bpe: Tokenizer, count: int, without: Collection[str], seed: int) -> Rows:
    """Rows drawn from the work folder of `planfirst train starter`.

    Args:
        bpe: of the model that is tuned.
        without: names of functions; rows that define one of them are left out.

    Raises:
        BadSetting: the folder has no rows, or those of another tokenizer.
    """
    try:
        rows, own = data.read(folder / data.ROWS), load(folder / data.TOKENIZER)
    except Exception as error:  # safetensors and tokenizers raise errors of their own kinds
        raise _none(folder) from error
    if _entries(own) != _entries(bpe):
        raise BadSetting(
            "plain",
            what=f"The rows in {folder} are those of another tokenizer than the model's.",
            next="Name the --work folder of the run that made the model, or leave --replay out.",
        )
    defined = re.compile(rf"\bdef (?:{'|'.join(map(re.escape, without))})\(") if without else None
    chosen: list[int] = []
    for n in np.random.default_rng(seed).permutation(len(rows)):
        if len(chosen) == count:
            break
        if defined is None or not defined.search(own.decode(rows.row(int(n)).tolist(), skip_special_tokens=False)):
            chosen.append(int(n))
    return _taken(rows, chosen)


def digest(folder: Path) -> str:
    """What tells the rows of a folder from others.

    Raises:
        BadSetting: it has none.
    """
    if not (folder / data.ROWS).is_file():
        raise _none(folder)
    return sha256_of(folder / data.ROWS)


def joined(first: Rows, second: Rows) -> Rows:
    """All rows of both."""
    starts = np.concatenate([first.starts, second.starts[1:] + first.starts[-1]])
    tokens, answers = [first.tokens, second.tokens], [first.answers, second.answers]
    return Rows(np.concatenate(tokens), starts, np.concatenate(answers))


def _none(folder: Path) -> BadSetting:
    return BadSetting(
        "plain",
        what=f"There are no rows of a starter's training in {folder}.",
        next="Name the --work folder of `planfirst train starter`, or leave --replay out for recipes of the cookbook.",
    )


def _taken(rows: Rows, chosen: list[int]) -> Rows:
    starts = np.concatenate([[0], np.cumsum(rows.lengths[chosen])]).astype(np.int64)
    parts = [rows.row(n) for n in chosen] or [rows.tokens[:0]]
    return Rows(np.concatenate(parts), starts, rows.answers[chosen])


def _entries(bpe: Tokenizer) -> object:
    about = json.loads(bpe.to_str())["model"]
    merges = [" ".join(merge) if isinstance(merge, list) else merge for merge in about["merges"]]
    return about["vocab"], merges
