"""Guesses what comes next by what followed the same tokens before, in the prompt or in the answer itself.

Code that is mended, rewritten or adapted from an example repeats long runs of its prompt. What is guessed is read in
one batch with the token before it, and counts as far as the model would have chosen the same: the text does not
change, and a right guess costs less than a token that is written. The method is prompt lookup decoding (Saxena 2023),
a form of speculative decoding (Leviathan et al. 2023) without a second model.
"""

from __future__ import annotations

from collections.abc import Sequence

_RUN = 4  # tokens that must agree before anything is guessed
_LONG = 10  # tokens after which a guess is seldom wrong
SMALL = 8  # tokens of llama.cpp's small batches
_FEW, _MANY = 3, SMALL - 1  # tokens that are guessed after so many
_FIRST_PAUSE, _LONGEST_PAUSE = 4, 256  # guesses that are left out after wrong ones
_RIGHT = 0.8  # the share of guesses that is expected to be right
_SEEN = 3  # batches of a size after which its pace counts
_MEMORY = 8  # batches of a size whose mean counts
_AGAIN = 256  # guesses that are left out before a size that did not pay is tried again


class Pace:
    """How long batches of each size take: some layouts read four tokens no faster than four times one."""

    def __init__(self) -> None:
        self._seconds: dict[int, float] = {}
        self._count: dict[int, int] = {}
        self._left_out = 0

    def took(self, size: int, seconds: float) -> None:
        """A batch of so many tokens took so many seconds of processor time."""
        self._count[size] = count = self._count.get(size, 0) + 1
        before = self._seconds.get(size, 0.0)
        self._seconds[size] = before + (seconds - before) / min(count, _MEMORY)

    def pays(self, answers: int, size: int) -> bool:
        """Whether a batch of so many tokens, all but one of each answer guessed, is worth its time."""
        if size == answers or min(self._count.get(answers, 0), self._count.get(size, 0)) < _SEEN:
            return True
        if self._seconds[size] < (1 + _RIGHT * (size - answers) / answers) * self._seconds[answers]:
            return True
        self._left_out += 1
        return self._left_out % _AGAIN == 0


class Drafting:
    """Follows one answer; guesses less often where its guesses are wrong.

    Args:
        prompt: the prompt's tokens.
    """

    def __init__(self, prompt: Sequence[int]) -> None:
        self._tokens: list[int] = []
        self._behind: dict[
            tuple[int, ...], int
        ] = {}  # a run, and the position behind its last occurrence but the newest
        self._newest: tuple[tuple[int, ...], int] | None = None
        self._pause, self._skipped = _FIRST_PAUSE, 0
        for token in prompt:
            self.accept(token)

    def accept(self, token: int) -> None:
        """Takes note of a token of the prompt or of the answer."""
        if self._newest is not None:
            self._behind[self._newest[0]] = self._newest[1]
        self._tokens.append(token)
        end = len(self._tokens)
        self._newest = (tuple(self._tokens[end - _RUN :]), end) if end >= _RUN else None

    def guess(self) -> list[int]:
        """The tokens that may come next; none where nothing like the last few was seen."""
        at = self._behind.get(self._newest[0]) if self._newest is not None else None
        if at is None:
            return []
        if self._skipped:
            self._skipped -= 1
            return []
        return self._tokens[at : at + (_MANY if self._agrees(at) >= _LONG else _FEW)]

    def learn(self, guessed: int, right: int) -> None:
        """How many of the tokens that were guessed were right."""
        if right * 2 < guessed:
            self._skipped = self._pause
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        elif right == guessed:
            self._pause = _FIRST_PAUSE

    def _agrees(self, at: int) -> int:
        """How many tokens before a position are the last ones, up to what counts as long."""
        length, end = _RUN, len(self._tokens)
        while length < _LONG and at > length and self._tokens[at - length - 1] == self._tokens[end - length - 1]:
            length += 1
        return length
