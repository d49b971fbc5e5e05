"""Steps that speak of what their code does not have: a small model tells of the class around instead."""

from __future__ import annotations

import re

_CLASS = re.compile(
    r"\b(?:define|create|declare)s?\s+(?:an?\s+|the\s+)?(?:new\s+)?class\b(?!\s+(?:method|attribute))", re.IGNORECASE
)
_TYPE = re.compile(r"\b(?:class|struct|interface|record|enum|type|impl|trait)\b")
_IMPORTS = re.compile(r"\W*import", re.IGNORECASE)
_BRINGS = re.compile(r"\b(?:import|include|use|require|using)\b")
_FUNCTION = re.compile(
    r"\bdefine\s+(?:an?\s+|the\s+)?(?:method|function)\s+(?:called\s+|named\s+)?[`'\"]?(\w+)", re.IGNORECASE
)
_SMALL = frozenset(("that", "to", "which", "for", "with", "in", "of", "and", "as", "from", "by", "called", "named"))


def is_untrue(step: str, code: str) -> bool:
    """Whether a step defines a class or a named function, or imports something, and its code does not."""
    named = _FUNCTION.search(step)
    return (
        (_CLASS.search(step) is not None and not _TYPE.search(code))
        or (_IMPORTS.match(step) is not None and not _BRINGS.search(code))
        or (named is not None and named[1] not in code and named[1] not in _SMALL)
    )
