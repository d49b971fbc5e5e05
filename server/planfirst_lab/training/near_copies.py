"""Keeps near-copies of what is measured out of the training data: by meaning, by runs of words, by the code's words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from planfirst.core.types import Pair
from planfirst_lab.training.likeness import Likeness

# From here on a text counts as a near-copy: of pairs it is the cosine of question and code together. Of requests alone:
# of 1,240 for the cookbook's recipes, 28 are this near to one of HumanEval's, MBPP's or MultiPL-E's tasks, and of these
# the 25 nearest ask for the same or for its neighbour.
COSINE = 0.8
RUN = 13  # words in a row that no two independent texts share
OVERLAP = 0.6  # share of the code's words that two codes have in common, likewise
SAME_WORDS = 0.8  # share of the words of two requests that both have
_SMALL = frozenset("a an the of in to is it with and or for how do does i want write function way python given".split())  # noqa: SIM905
_WORD = re.compile(r"\w+|[^\w\s]")
_AT_ONCE = 2048  # texts whose cosines are computed at a time


def near_copies(pairs: Sequence[Pair], measured: Sequence[Pair], likeness: Likeness) -> tuple[set[int], set[int]]:
    """Numbers of the pairs that are near-copies of a measured pair: by their cosine, and by what their codes share."""
    if not pairs or not measured:
        return set(), set()
    nearest = nearness([_text(pair) for pair in pairs], [_text(pair) for pair in measured], likeness)
    alike = {int(n) for n in np.flatnonzero(nearest >= COSINE)}
    words = [_words(pair.code) for pair in measured]
    own = [_words(pair.code) for pair in pairs]
    same = {n for n, mine in enumerate(own) if any(_overlap(mine, other) for other in words)}
    return alike, same


def nearness(texts: Sequence[str], measured: Sequence[str], likeness: Likeness) -> NDArray[np.float32]:
    """For each text the highest cosine with a measured one, -1 to 1, shape (texts,). There must be some of both."""
    ours, theirs = likeness.vectors(texts), likeness.vectors(measured)
    parts = [(ours[n : n + _AT_ONCE] @ theirs.T).max(axis=1) for n in range(0, len(texts), _AT_ONCE)]
    return np.concatenate(parts)


class Runs:
    """Runs of `RUN` words in measured texts, to tell whether another text has one of them.

    Case and punctuation do not count. A run is known by its hash, since large benchmarks have millions of them.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._known = {run for text in texts for run in _runs(text)}

    def held_by(self, text: str) -> bool:
        """Whether ``text`` has such a run."""
        return any(run in self._known for run in _runs(text))


class Requests:
    """Measured requests, to tell whether another one has nearly their words: `SAME_WORDS` of them, in any order."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._bags = {_bag(text) for text in texts}

    def nearly_hold(self, text: str) -> bool:
        """Whether a measured request has nearly the words of ``text``."""
        own = _bag(text)
        return any(len(own & bag) >= SAME_WORDS * len(own | bag) for bag in self._bags)


def _bag(text: str) -> frozenset[str]:
    words = frozenset(re.findall(r"\w+", text.lower()))
    return words - _SMALL or words


def _runs(text: str) -> Iterator[int]:
    words = re.findall(r"\w+", text.lower())
    return (hash(tuple(words[n : n + RUN])) for n in range(len(words) - RUN + 1))


def _text(pair: Pair) -> str:
    return f"{pair.question}\n{pair.code}"


def _words(code: str) -> Counter[str]:
    return Counter(_WORD.findall(code))


def _overlap(one: Counter[str], two: Counter[str]) -> bool:
    sizes = one.total(), two.total()
    if min(sizes) < OVERLAP * max(sizes):  # cannot reach it
        return False
    shared = (one & two).total()
    return shared >= OVERLAP * (sum(sizes) - shared)
