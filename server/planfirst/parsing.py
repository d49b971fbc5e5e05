"""Parsing with tree-sitter, within bounds.

Where a text does not read, a grammar may follow many readings at once, and then time and memory grow with the square of
its length: 40,000 characters of ``x=>`` take the grammar of C all memory there is, and those of ``case 1:`` Java's a
minute. No person writes that, but an answer or a file of somebody else's may be such a text. Most of it happens in one
step of tree-sitter's, at the end of the text, that cannot be stopped; so a long text is tried in pieces first.
"""

from __future__ import annotations

import time
from collections import deque
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language, Tree

_PIECE = 1500  # bytes; at worst, one takes 100 MB
# Seconds of processor time, on a processor that reads `_KNOWN` in `_REFERENCE`; `_pace` makes them this processor's.
_LONGEST = 0.02  # for one piece: real code takes 5 ms at most, and such a text 120 or more
_DOUBTFUL = 0.004  # such a piece is tried with what follows it
_TRIED = 1.5  # times as slow as the last one that was tried: then such a piece is tried, too
_IN_A_ROW, _SLOW = 4, 0.01  # pieces, and seconds for each of them: real code takes 2.6 ms at most
_MORE, _GROWTH = 6, 10.0  # pieces together, and how many times as long as one they may take: such a text takes 20
_KNOWN, _REFERENCE = b"x = f(y)\n" * 170, 0.0004  # Python


def parse(language: Language, data: bytes) -> Tree | None:
    """The tree of a text in UTF-8; None where a piece of it takes far longer than code does."""
    from tree_sitter import Parser

    if len(data) > _PIECE and _grows(language, data):
        return None
    # A parser of its own: the server's threads parse at the same time.
    return Parser(language).parse(data)


def _grows(language: Language, data: bytes) -> bool:
    """Whether a piece or some in a row take far longer than code does, or a slow one and what follows it far more."""
    doubtful = _DOUBTFUL
    pace = _pace()
    last = deque[float](maxlen=_IN_A_ROW)
    for at in range(0, len(data), _PIECE):
        seconds = _seconds(language, data[at : at + _PIECE]) / pace
        last.append(seconds)
        if seconds > _LONGEST or sum(last) > _IN_A_ROW * _SLOW:
            return True
        if seconds > doubtful:
            doubtful = _TRIED * seconds
            if _grows_from(language, data, at):
                return True
    return False


def _grows_from(language: Language, data: bytes, at: int) -> bool:
    at = max(0, min(at, len(data) - _MORE * _PIECE))
    more = data[at : at + _MORE * _PIECE]
    once = min(_seconds(language, more[:_PIECE]) for _ in range(3))  # whatever else the processor does
    return _seconds(language, more) > _GROWTH / _MORE * len(more) / _PIECE * once


@cache
def _pace() -> float:
    """How many times as long as the processor that the limits were measured on this one takes."""
    import tree_sitter_python
    from tree_sitter import Language

    python = Language(tree_sitter_python.language())
    return min(_seconds(python, _KNOWN) for _ in range(5)) / _REFERENCE


def _seconds(language: Language, data: bytes) -> float:
    from tree_sitter import Parser

    began = time.thread_time()
    Parser(language).parse(data)
    return time.thread_time() - began
