"""Words a request from the name and the parameters of a function."""

from __future__ import annotations

import re
from collections.abc import Sequence

from planfirst.source.definitions import Definition

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+")
# What says that something is to be written, and not what.
_MARK = re.compile(
    r"""\W*+(?:(?:TODO|FIXME|XXX|HACK|TBD|WIP)\b(?:\s*\([^()]*\))?\W*+)?
    (?:(?:auto-?generated\ (?:method|function|constructor|catch\ block)(?:\ stub)?)
    |(?:to\ be\ |not\ (?:yet\ )?)?(?:implement(?:ed|ation)?|write|written|fill|finish|complete|done|add|insert
    |put|your)\b
    (?:\ (?:(?:yet|me|this|it|that|here|in|out|below|goes|the|your|own|code|logic|body|rest|function|method|class
    |implementation|later|soon))\b)*)?\W*""",
    re.VERBOSE | re.IGNORECASE,
)
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


def is_mere_mark(words: str) -> bool:
    """Whether a comment only says that something is to be written: ``TODO``, ``implement this``, ``your code here``."""
    return _MARK.fullmatch(words) is not None


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
