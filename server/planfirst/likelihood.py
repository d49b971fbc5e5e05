"""How likely a hit helps: its cosine and its shared words as a probability, and that in a word.

Fitted by tests/bench/choose_gate.py for each kind of corpus; docs/retrieval.md has the figures and says
what they stand on. "Helps" means there that the hit is the very answer, so a probability is rather too low.
"""

from __future__ import annotations

from math import exp
from typing import Literal

from planfirst.core.retrieve import WORDS
from planfirst.core.types import Example

Match = Literal["close match", "related", "none"]
# The slope and the intercept of the log odds over the cosine with what the shared words add to it.
_COOKBOOK = 10.3, -7.6
_OWN = 9.5, -6.2
_OTHERS = 7.1, -5.1
_CLOSE, _RELATED = 0.6, 0.25


def likelihood(example: Example) -> float:
    """How likely the example answers the request it was found for, 0 to 1."""
    pair = example.pair
    slope, intercept = _OWN if pair.is_own else _COOKBOOK if pair.source == "cookbook" else _OTHERS
    near = example.score + WORDS * example.shared
    return 1 / (1 + exp(-(slope * near + intercept)))


def match(example: Example) -> Match:
    """The same in a word."""
    value = likelihood(example)
    return "close match" if value >= _CLOSE else "related" if value >= _RELATED else "none"
