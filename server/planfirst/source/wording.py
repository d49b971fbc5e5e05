"""Words a request from the name and the parameters of a function."""

from __future__ import annotations

import re
from collections.abc import Sequence

from planfirst.source.definitions import Definition

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
_MAKERS = frozenset(("init", "constructor", "new", "post init"))


def request_of(definition: Definition) -> str:
    """What a function is to do, by its header alone; empty where it has no name.

    ``group_by(rows, key)`` gives ``Group by, given rows and key.``
    """
    words = " ".join(part.lower() for part in _PARTS.findall(definition.name))
    if not words:
        return ""
    owner = definition.owner
    if owner and (words in _MAKERS or definition.name == owner):
        words = f"set up a new {owner}"
        owner = ""
    given = f", given {_listed(definition.parameters)}" if definition.parameters else ""
    of = f" (a method of {owner})" if owner else ""
    return f"{words[0].upper()}{words[1:]}{given}{of}."


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
