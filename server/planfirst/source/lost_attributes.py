"""Notices attributes that an answer sets in a method which is left out, and that its new code uses."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planfirst.source.comments import without_texts
from planfirst.source.languages import Language
from planfirst.source.part import listed
from planfirst.source.plain_stubs import name_in
from planfirst.words import Message

_SET = re.compile(r"(?<![\w.])(?P<of>self|\$?this)(?:\.|->)(?P<name>\w+)[ \t]*(?::[^=\n]+)?=(?![=>])")


def lost_attributes(text: str, code: str, new: str, language: Language) -> Message | None:
    """What to tell you of attributes that the new code needs, and nothing sets; None where there are none.

    Args:
        text: the file.
        code: the whole answer.
        new: what of it goes into the file.
    """
    set_here = {found["name"] for found in _SET.finditer(new)}
    lost: dict[str, tuple[str, str]] = {}
    for function, found in _settings(code):
        name = found["name"]
        used = re.search(rf"{re.escape(found['of'])}(?:\.|->){name}\b", new)
        if used and name not in set_here and not re.search(rf"\b{name}\b", without_texts(text, language)):
            lost[name] = function, f"{found['of']}{'->' if '->' in found[0] else '.'}{name}"
    if not lost:
        return None
    function = next(iter(lost.values()))[0]
    names = [shown for where, shown in lost.values() if where == function]
    return Message("answer-attributes-left-out", names=listed(names), function=function)


def _settings(code: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Where attributes are set, each with the name of the method around it."""
    function = ""
    for row in code.split("\n"):
        function = name_in(row) or function
        if function:
            yield from ((function, found) for found in _SET.finditer(row))
