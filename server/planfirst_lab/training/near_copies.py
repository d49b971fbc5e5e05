"""Keeps near-copies of what is measured out of the training data: by meaning, and by the words of the code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from planfirst.core.types import Pair
from planfirst_lab.training.likeness import Likeness

COSINE = 0.8  # of question and code together, from which a pair counts as a near-copy
OVERLAP = 0.6  # share of the code's words that two codes have in common, likewise
SAME_WORDS = 0.8  # share of the words of two requests that both have
_SMALL = frozenset("a an the of in to is it with and or for how do does i want write function way python given".split())  # noqa: SIM905
_WORD = re.compile(r"\w+|[^\w\s]")


def near_copies(pairs: Sequence[Pair], measured: Sequence[Pair], likeness: Likeness) -> tuple[set[int], set[int]]:
    """Numbers of the pairs that are near-copies of a measured pair: by their cosine, and by what their codes share."""
    if not pairs or not measured:
        return set(), set()
    ours = likeness.vectors([_text(pair) for pair in pairs])
    theirs = likeness.vectors([_text(pair) for pair in measured])
    alike = {int(n) for n in np.flatnonzero((ours @ theirs.T).max(axis=1) >= COSINE)}
    words = [_words(pair.code) for pair in measured]
    own = [_words(pair.code) for pair in pairs]
    same = {n for n, mine in enumerate(own) if any(_overlap(mine, other) for other in words)}
    return alike, same


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
