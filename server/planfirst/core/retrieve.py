"""The retrieve stage: searches, then decides whether the best hit is close enough to help."""

from __future__ import annotations

from collections.abc import Sequence

from planfirst.core.types import Example
from planfirst.words import Message

# Added to what a hit is compared by; docs/retrieval.md says on what each was chosen.
WORDS = 0.15  # if all the request's words stand in it
PREFERENCE = {"cookbook": 0.1}  # recipes were written to answer
OWN, FITS = 0.2, 0.55  # the user's own code, if it is as near as this without the addition


def gate(
    examples: Sequence[Example], min_score: float, stub_score: float = -1.0
) -> tuple[Example | None, Message | None]:
    """The example to use, or None, and what to tell the user.

    Args:
        examples: hits, in any order.
        min_score: what `worth` must reach: none may be better than a poor example, which can make a model worse.
        stub_score: what it must reach besides, where the request is for the body of a function that is declared
            already, or for statements of a script. The user's own code needs no more than ``min_score`` there, too,
            since no model knows it.
    """
    if not examples:
        return None, Message("example-none-in-store")
    best = max(examples, key=worth)
    least = min_score if best.pair.is_own else max(min_score, stub_score)
    if worth(best) < least:
        needed = least - (worth(best) - best.score)
        return None, Message("example-not-close", best=f"{best.score:.2f}", needed=f"{needed:.2f}")
    return best, None


def worth(example: Example) -> float:
    """What hits are compared by: the cosine, with what the shared words and the corpus add."""
    near = example.score + WORDS * example.shared
    if example.pair.is_own:
        return near + OWN if near >= FITS else near
    return near + PREFERENCE.get(example.pair.source, 0.0)
