"""A file whose request stands in an empty block does not parse in Python: how it reads with a ``pass`` there."""

from __future__ import annotations

from planfirst.source import lines as lined
from planfirst.source.python import parses
from planfirst.source.site import Site


def readable(text: str, site: Site | None, language: str) -> str:
    """The text, or the same with a ``pass`` in the place of the code that is asked for, if only that makes it parse."""
    if language != "python" or site is None or parses(text) is not None:
        return text
    lines = lined.split(text)
    if site.stub is not None:
        first, end = site.stub.hole.first, site.stub.hole.end
    elif site.body is not None:
        first, end = site.body[0], site.body[1] + 1
    else:
        first = end = site.last + 1 if site.at is None else site.at
    head = lines[:first]
    if head and not head[-1].endswith(("\n", "\r")):
        head = [*head[:-1], f"{head[-1]}\n"]
    filled = "".join([*head, f"{site.indent}pass\n", *lines[end:]])
    return filled if parses(filled) is not None else text
