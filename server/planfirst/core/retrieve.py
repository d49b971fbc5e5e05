"""The retrieve stage: search, then decide whether the best hit is close enough to help."""

from __future__ import annotations

from collections.abc import Sequence

from planfirst.core.types import Example


def gate(examples: Sequence[Example], min_score: float) -> tuple[Example | None, str]:
    """The example to use, or None, and what to tell the user.

    Args:
        examples: hits, best first.
        min_score: cosine below which no example is used. An unfitting example makes a small model worse, so none is
            better than a poor one.
    """
    if not examples:
        return None, "The store has no examples; the plan and the code are written without one."
    best = examples[0]
    if best.score < min_score:
        return None, (
            f"No similar question is close enough (best score {best.score:.2f}, needed {min_score:.2f}); "
            "the plan and the code are written without an example."
        )
    return best, ""
