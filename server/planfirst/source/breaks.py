"""Whether an edit breaks a file that parsed before."""

from __future__ import annotations

from planfirst.source.foreign import errors
from planfirst.source.python import parses


def breaks(before: str, after: str, language: str) -> bool:
    """Whether a file parsed before and does not after; in languages without a grammar nothing is known to break."""
    if before == after:
        return False
    if language == "python":
        return parses(before) is not None and parses(after) is None
    return errors(before, language) == 0 and errors(after, language) > 0
