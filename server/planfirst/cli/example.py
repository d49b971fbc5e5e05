"""How the example that was used is named."""

from __future__ import annotations

from planfirst.core.types import Outcome
from planfirst.likelihood import match


def used(outcome: Outcome) -> str:
    """The example that was used, with its score, source and licence."""
    example = outcome.example
    if example is None:
        return "No example was close enough to be used."
    pair = example.pair
    about = f"score {example.score:.2f} ({match(example)}), {pair.source}, {pair.licence}, {pair.place}"
    return f"Example: {' '.join(pair.question.split())} — {about}"
