"""From a cosine to a score that means the same whatever the embedding model is.

All gates and weights were chosen with all-MiniLM-L6-v2. The cosines of some models are crowded: two texts that have
nothing in common have a high one. For those that are known, a line puts them where all-MiniLM-L6-v2 has them;
docs/retrieval.md says on what it was chosen. Stored vectors are not changed.

Why: docs/decisions/0026-no-torch.md
"""

from __future__ import annotations

from collections.abc import Callable

from planfirst.human_language import MULTILINGUAL, in_another_script

# Slope, what is added, and what is added for a request in another script, since examples are in English and two
# languages are further apart than one from itself.
_LINES = {MULTILINGUAL: (6.2, -4.88, 0.14)}


def scoring(identity: str, query: str) -> Callable[[float], float]:
    """What makes a score, -1 to 1, of a cosine with this query; the order of cosines is kept.

    Args:
        identity: of the embedding model: its name and a fingerprint.
    """
    slope, added, foreign = _LINES.get(identity.rpartition(" ")[0], (1.0, 0.0, 0.0))
    if in_another_script(query):
        added += foreign
    return lambda cosine: max(-1.0, min(1.0, slope * cosine + added))
