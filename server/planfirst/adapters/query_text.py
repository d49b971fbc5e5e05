"""A request without what says nothing about it: ``TODO:``, "please write a function that", "I want to".

Such beginnings draw the vector away from the code that is looked for. The language's name stays: taking it out helped
the search by words, and hurt the search by meaning (docs/log.md).
"""

from __future__ import annotations

import re

_TAG = re.compile(r"^\W*(?:todo|fixme|xxx|hack|note|task)\b(?:\s*\([^)]*\))?\s*[:\-–]?\s+", re.IGNORECASE)
_ASKING = re.compile(
    r"^(?:please\s+|(?:can|could|would) you\s+)*"
    r"(?:(?:write|create|make|implement|give me|show me|i need)\s+(?:me\s+)?(?:a|an|some|the)?\s*(?:\w+\s+)?"
    r"(?:function|method|script|code|program|snippet|routine|helper)\s+(?:that|to|which|for|can|will|should)\s+(?:can\s+)?"
    r"|(?:i|we) (?:want|need|would like|have) to\s+|please\s+)",
    re.IGNORECASE,
)


def bare(request: str) -> str:
    """The request without such beginnings; as it was if nearly nothing else is in it."""
    text = request
    for beginning in (_TAG, _ASKING):
        rest = beginning.sub("", text, count=1)
        if len(rest.split()) > 1:
            text = rest
    return text
