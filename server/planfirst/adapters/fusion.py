"""What the vectors found, put in order once more by the words that request and example share.

Vectors know meanings and miss names; words are the other way round. Only the nearest few are looked at, so it needs no
index and costs a few milliseconds whatever the size of the store.

Why: docs/decisions/0012-the-gate.md
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from planfirst.adapters.lexical import shares
from planfirst.core.retrieve import worth
from planfirst.core.types import Example

CANDIDATES = 30  # more of them changed nothing in what comes first (docs/log.md)


def fused(request: str, found: Sequence[Example]) -> list[Example]:
    """The examples by what they are worth, best first, each with the share of the request's words in it.

    Args:
        request: as the vectors were asked.
        found: what they found, in any order.
    """
    parts = shares(request, [one.pair for one in found])
    examples = [replace(one, shared=part) for one, part in zip(found, parts, strict=True)]
    return sorted(examples, key=worth, reverse=True)
