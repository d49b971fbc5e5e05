"""A file whose request stands in an empty block does not parse in Python: how it reads with a ``pass`` there."""

from __future__ import annotations

from planfirst.source import lines as lined
from planfirst.source.locate import Spot
from planfirst.source.python import parses


def readable(text: str, spot: Spot | None, language: str) -> str:
    """The text, or the same with a ``pass`` in the place of the code that is asked for, if only that makes it parse."""
    if language != "python" or spot is None or parses(text) is not None:
        return text
    lines = lined.split(text)
    if spot.site is not None:
        first, end = spot.site.hole.first, spot.site.hole.end
    elif spot.body is not None:
        first, end = spot.body[0], spot.body[1] + 1
    else:
        first = end = spot.last + 1 if spot.at is None else spot.at
    head = lines[:first]
    if head and not head[-1].endswith(("\n", "\r")):
        head = [*head[:-1], f"{head[-1]}\n"]
    filled = "".join([*head, f"{spot.indent}pass\n", *lines[end:]])
    return filled if parses(filled) is not None else text
