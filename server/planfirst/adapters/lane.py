"""One answer in the making: a sequence of llama.cpp's cache, and how it is taken over by the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from planfirst.adapters.drafting import Drafting
from planfirst.adapters.sampler import Sampler
from planfirst.adapters.stop_texts import StopTexts

Stop = Callable[[], bool]
_TURN = 4  # how much longer a conversation is kept than an answer to a single request


@dataclass(eq=False)
class Lane:
    """One sequence of the cache, and the answer that is written in it.

    Attributes:
        held: the tokens whose state the cache has.
        todo: the tokens of the prompt that are not read yet, or the one token that was just chosen.
        writes: False when it only reads its prompt.
        left: tokens that may still be written.
        is_cut: the answer ended because none were left.
        is_turn: it belongs to a conversation, which may go on.
        drafting: guesses what comes next; None where nothing is guessed.
        guessed: what the last batch held beside the token that was just chosen.
        source: a lane that is just reading what both have in common, and how many tokens that is.
        used: when it was begun last, in answers; each answer has another number.
        left_at: when its answer ended, in tokens that all lanes had read and written by then.
        written, text: the answer so far, as tokens without the one that ended it, and as text.
    """

    number: int
    held: list[int] = field(default_factory=list)
    todo: list[int] = field(default_factory=list)
    busy: bool = False
    writes: bool = True
    left: int = 0
    is_cut: bool = False
    is_turn: bool = False
    stop: Stop = bool
    ending: StopTexts = field(default_factory=StopTexts)
    sampler: Sampler | None = None
    drafting: Drafting | None = None
    guessed: list[int] = field(default_factory=list)
    source: tuple[Lane, int] | None = None
    used: int = 0
    left_at: int = 0
    decoder: Any = None
    written: list[int] = field(default_factory=list)
    text: str = ""


def gains(lane: Lane, known: int, aside: bool = False) -> int:
    """How many tokens a lane brings to an answer that takes it over; below zero for what would be lost.

    That is a conversation; anything else is taken over, even if little of it is of use: what is left lying makes all
    writing slower.

    Args:
        aside: the answer is a remark on another one, which is to stay. It takes the lane that loses least.
    """
    if aside:
        return known - len(lane.held)
    return known if not lane.is_turn or 2 * known >= len(lane.held) else -1


def common(held: Sequence[int], tokens: Sequence[int]) -> int:
    """How many tokens both begin with."""
    for n, (old, new) in enumerate(zip(held, tokens, strict=False)):
        if old != new:
            return n
    return min(len(held), len(tokens))


def patience(lane: Lane, tokens: int) -> int:
    """For how many more tokens of others an idle lane is kept: at first, for as many as it holds, or some times that.

    Each token that is written looks at all that the cache holds, whosever it is: 7,000 tokens of old answers make
    writing half as fast (docs/performance.md).

    Args:
        tokens: how many all lanes have read and written until now.
    """
    return (_TURN if lane.is_turn else 1) * len(lane.held) + lane.left_at - tokens
