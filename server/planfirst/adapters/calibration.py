"""From a cosine to a score that means the same whatever the embedding model is.

All gates and weights were chosen with all-MiniLM-L6-v2. The cosines of some models are crowded: two texts that have
nothing in common have a high one. For those that are known, a line puts them where all-MiniLM-L6-v2 has them;
docs/retrieval.md says on what it was chosen. Stored vectors are not changed.
"""

from __future__ import annotations

from planfirst.adapters.embeddings import MULTILINGUAL

_LINES = {MULTILINGUAL: (5.2, -3.9973)}  # slope, and what is added


def calibrated(cosine: float, identity: str) -> float:
    """The score, -1 to 1; the order of cosines is kept.

    Args:
        identity: of the embedding model: its name and a fingerprint.
    """
    slope, added = _LINES.get(identity.rpartition(" ")[0], (1.0, 0.0))
    return max(-1.0, min(1.0, slope * cosine + added))
