"""A tokenizer and a configuration small enough for tests, made on the spot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tokenizers import Tokenizer

from planfirst_lab.training import config, tokenizer
from planfirst_lab.training.data import Rows

TEXTS = [
    "def read_lines(path):\n    with open(path, encoding='utf-8') as file:\n"
    "        return [line.strip() for line in file]\n",
    "Read a file and return its lines without the white space around them.",
    "def largest(values):\n    best = None\n    for value in values:\n        if best is None or value > best:\n"
    "            best = value\n    return best\n",
    "1. Start with no best value.\n2. Go through the values and keep the largest one.",
    "it's we'll they've I'm you'd don't; x1 = 3.14e-10 + 0xFF",
]


@pytest.fixture(scope="session")
def bpe() -> Tokenizer:
    return tokenizer.train(TEXTS * 3, 340)


@pytest.fixture
def tiny() -> config.Config:
    """A network of about 30,000 weights that trains in moments."""
    shipped = config.load()
    return replace(
        shipped,
        model=replace(
            shipped.model,
            vocabulary=340,
            width=32,
            layers=2,
            heads=2,
            feed_forward=64,
            turning_pairs=5,
            context=256,
            copies=False,
        ),
        optimiser=replace(
            shipped.optimiser,
            steps=12,
            batch_tokens=160,
            warm_up=2,
            save_every=4,
            rounded=2.0,
            compiled=False,
            threads=1,
        ),
    )


@pytest.fixture
def rows() -> Rows:
    """Forty rows of random tokens, 8 to 40 long, whose second half is the answer."""
    source = np.random.default_rng(5)
    lengths = source.integers(8, 40, size=40)
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    tokens = source.integers(5, 340, size=int(starts[-1])).astype(np.uint16)
    return Rows(tokens, starts, (lengths // 2).astype(np.int32))
