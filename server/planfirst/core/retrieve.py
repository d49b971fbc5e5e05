"""The retrieve stage: search, then decide whether the best hit is close enough to help."""

from __future__ import annotations

from collections.abc import Sequence

from planfirst.core.types import Example

# Added to a cosine when hits are compared. Recipes were written to answer; at the same cosine a documented function
# answers far less often (docs/log.md).
PREFERENCE = {"cookbook": 0.1}


def gate(examples: Sequence[Example], min_score: float) -> tuple[Example | None, str]:
    """The example to use, or None, and what to tell the user.

    Args:
        examples: hits, in any order.
        min_score: what the cosine, with its corpus' preference, must reach. An unfitting example can make a model
            worse, so none may be better than a poor one.
    """
    if not examples:
        return None, "The store has no examples; the plan and the code are written without one."
    best = max(examples, key=_worth)
    if _worth(best) < min_score:
        needed = min_score - PREFERENCE.get(best.pair.source, 0.0)
        return None, (
            f"No similar question is close enough (best score {best.score:.2f}, needed {needed:.2f}); "
            "the plan and the code are written without an example."
        )
    return best, ""


def _worth(example: Example) -> float:
    return example.score + PREFERENCE.get(example.pair.source, 0.0)
