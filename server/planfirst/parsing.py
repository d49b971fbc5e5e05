"""Parsing with tree-sitter, within bounds.

Where a text does not read, a grammar may follow many readings at once, and then time and memory grow with the square of
its length: 40,000 characters of ``x=>`` take the grammar of C all memory there is. No person writes that, but an answer
or a file of somebody else's may be such a text. Most of it happens in one step of tree-sitter's, at the end of the
text, that cannot be stopped; so a long text is tried in pieces first.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language, Tree

_PIECE = 1500  # bytes; at worst, one takes 100 MB
_LONGEST = 0.02  # seconds of processor time for one: real code takes 5 ms at most, and such a text 120 or more


def parse(language: Language, data: bytes) -> Tree | None:
    """The tree of a text in UTF-8; None where a piece of it takes far longer than code does."""
    from tree_sitter import Parser

    if len(data) > _PIECE:
        for at in range(0, len(data), _PIECE):
            began = time.thread_time()
            Parser(language).parse(data[at : at + _PIECE])
            if time.thread_time() - began > _LONGEST:
                return None
    # A parser of its own: the server's threads parse at the same time.
    return Parser(language).parse(data)
