"""Helps a small model that was made to copy an example: it keeps its place, and does not go round in circles.

Such a model looks up what followed the last few tokens. Where the same few stand twice in the example, as in
``(a: Point, b: Point)``, it loses its place. Two things help, both told by the prompt alone:

- The position whose past agrees longest with what was written is worth a hint: its next token is mixed into the model's
  choice, as in language models with unbounded n-grams (Liu et al. 2024, "Infini-gram").
- What is copied holds each run of tokens as often as the prompt does, so a run is not written more often than that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

_AGREES = 4  # tokens that must agree before a position gives a hint
_LONG = 10  # tokens after which it hardly errs
_SHARES = (
    0.4,
    0.75,
)  # the hint's share in the choice, after fewer and after so many; the model overrules it where it is sure
_RUN = 4  # tokens of a run
_OWN = 3  # how often a run may come that is not in the prompt


class Copying:
    """Follows one answer along its prompt.

    Args:
        prompt: the prompt's tokens.
        ends: runs of tokens that follow an example in the prompt; before them the hint is ``end``.
        end: the token that ends an answer.
        adapts: whether the answer is to bear other names than the example, so that hints count for less.
    """

    def __init__(
        self, prompt: Sequence[int], ends: Sequence[Sequence[int]] = (), end: int = -1, adapts: bool = False
    ) -> None:
        self._long = len(prompt) if adapts else _LONG
        self._prompt = np.array([*prompt, end], np.int64)
        self._next = np.append(self._prompt[1:], end)
        for run in ends:
            for first in range(1, len(prompt) - len(run) + 1):
                if run and list(prompt[first : first + len(run)]) == list(run):
                    self._next[first - 1] = end
        self._agrees = np.zeros(len(self._prompt), np.int64)  # how many tokens before and at each position were written
        self._given = Counter(_runs(prompt))
        self._written: Counter[tuple[int, ...]] = Counter()
        self._spent: dict[tuple[int, ...], set[int]] = {}
        self._last: tuple[int, ...] = ()

    def hint(self) -> tuple[int, float] | None:
        """The token that follows at the position whose past agrees longest, and its share; None if it is unclear."""
        longest = int(self._agrees.max())
        if longest < _AGREES:
            return None
        following = set(self._next[self._agrees == longest].tolist())
        return (following.pop(), _SHARES[longest >= self._long]) if len(following) == 1 else None

    def spent(self) -> frozenset[int]:
        """Tokens that may not come next, since with them a run would come too often."""
        return frozenset(self._spent.get(self._last, ()))

    def accept(self, token: int) -> None:
        """Takes note of the token that was written."""
        before = np.concatenate(([0], self._agrees[:-1]))
        self._agrees = np.where(self._prompt == token, before + 1, 0)
        if len(self._last) == _RUN - 1:
            run = (*self._last, token)
            self._written[run] += 1
            if self._written[run] >= (self._given[run] or _OWN):
                self._spent.setdefault(self._last, set()).add(token)
        self._last = (*self._last, token)[1 - _RUN :]


def _runs(tokens: Sequence[int]) -> Iterator[tuple[int, ...]]:
    for first in range(len(tokens) - _RUN + 1):
        yield tuple(tokens[first : first + _RUN])
