"""Values to begin with that stand below a comment, as in ``total = 0``: the answer sets them, or goes on from them.

Above them, what the answer computes would be lost as soon as those rows run.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.below import Beside, defines, rows_of
from planfirst.source.languages import Language
from planfirst.source.placeholders import NOTHING
from planfirst.source.placement import Placement
from planfirst.source.site import Site

if TYPE_CHECKING:
    from tree_sitter import Node

_DECLARES = r"(?:export\s+)?(?:(?:const|let|var|auto|final|static|mut|val)\s+)*(?:[\w<>\[\],.:*& ?]+\s)?[*&]?"
_TYPED = r"(?:\s*:\s*[^=\n]+?)?\s*:?="
_EMPTY = re.compile(rf"{_DECLARES}(?P<name>[^\W\d]\w*){_TYPED}\s*(?:{NOTHING}|make\([^()]*\));?", re.VERBOSE)
_LONGEST = 200  # characters of a row that is looked at
_ADDS = "append|add|push|push_back|push_str|set|insert|extend|update|put|putIfAbsent|merge|setdefault|unshift|entry"


def set_below(text: str, site: Site, code: str, language: Language) -> Placement | None:
    """The file with the answer in the place of values to begin with which the answer sets; None for another answer.

    What the answer repeats of the statements behind those rows is taken with them, and so is a last ``return`` that
    would never run.

    Args:
        code: the answer, flush left.
    """
    both = Beside.of(text, site, code, language)
    begun = _begun(both)
    if both is None or not begun or all(_is_empty(one, both) for name in begun for one in _setting(both, name)):
        return None
    if any(not _setting(both, name) for name in begun):
        begun = begun[:1] if _setting(both, begun[0]) else []
    if not begun:
        return None
    behind = both.below[len(begun) :]
    leaves = len(behind) == 1 and behind[0].type == both.new[-1].type == "return_statement"
    last = both.below[-1] if leaves else both.below[len(begun) - 1 + _repeated(both, len(begun))]
    return both.placed(text, site, code, language, both.new, last)


def behind_it(text: str, site: Site, code: str, language: Language) -> tuple[Site, str]:
    """The site below values to begin with which the answer goes on from, and the code without those rows.

    In a function of Python, imports that stand there are to begin with, too: above them their names are not bound. Both
    as they are for another answer.
    """
    both = Beside.of(text, site, code, language)
    if both is not None and site.indent and (brought := _imports(both)):
        return replace(site, last=both.file.last(brought[-1]), described=None), code
    begun = _begun(both)
    if both is None or not begun:
        return site, code
    empty = [one for name in begun for one in _setting(both, name) if _is_empty(one, both)]
    rest = [both.answer.text(one) for one in both.new if one not in empty and not defines(one, both.answer)]
    if not any(_changes(name).search(row) for name in begun for row in rest):
        return site, code
    again = both.new[len(both.new) - _repeated(both, len(begun)) :]
    rows = code.split("\n")
    framed = int(lined.bare(both.answer.lines[0]) != rows[0])
    gone = {row for one in (*empty, *again) for row in range(both.answer.first(one), both.answer.last(one) + 1)}
    rows = [row for n, row in enumerate(rows, framed) if n not in gone]
    last = both.file.last(both.below[len(begun) - 1])
    return replace(site, last=last, described=None), "\n".join(lined.trim(rows))


def is_nothing_yet(both: Beside) -> bool:
    """Whether what stands below is nothing but values to begin with, and one of them is given back."""
    begun = _begun(both)
    if not begun or len(both.below) != len(begun) + 1 or both.below[-1].type != "return_statement":
        return False
    return both.file.text(both.below[-1]).removeprefix("return").strip(" ;") in begun


def _imports(both: Beside) -> list[Node]:
    """The imports directly below the comment."""
    return list(takewhile(lambda one: one.type in ("import_statement", "import_from_statement"), both.below))


def _begun(both: Beside | None) -> list[str]:
    """The names that are set directly below the comment, and by no statement behind that."""
    if both is None or not both.new:
        return []
    names: list[str] = []
    for one in both.below:
        rows = rows_of(one, both.file)
        found = _EMPTY.fullmatch(rows[0]) if len(rows) == 1 and len(rows[0]) <= _LONGEST else None
        if found is None:
            break
        names.append(found["name"])
    behind = [both.file.text(one) for one in both.below[len(names) :]]
    return [] if any(_changes(name).search(text) for name in names for text in behind) else names


def _changes(name: str) -> re.Pattern[str]:
    """Code that sets a value, or changes it in its place."""
    own = rf"(?<![\w.]){re.escape(name)}(?:\[[^\]\n]{{0,80}}\]|\.\w+)*?"
    return re.compile(rf"{own}(?:\s*(?:[-+*/%|&^]|//|<<|>>|\*\*)?=(?![=>])|\.(?:{_ADDS})\b|\+\+|--)")


def _setting(both: Beside, name: str) -> list[Node]:
    """The answer's statements that set the name, outside of any block."""
    sets = re.compile(rf"{_DECLARES}{re.escape(name)}{_TYPED}(?![=>])")
    return [one for one in both.new if not defines(one, both.answer) and sets.match(both.answer.text(one)[:_LONGEST])]


def _is_empty(node: Node, both: Beside) -> bool:
    rows = rows_of(node, both.answer)
    return len(rows) == 1 and len(rows[0]) <= _LONGEST and _EMPTY.fullmatch(rows[0]) is not None


def _repeated(both: Beside, count: int) -> int:
    """How many statements behind the first ``count`` the answer ends with, as they stand there."""
    behind = [rows_of(one, both.file) for one in both.below[count:]]
    own = [rows_of(one, both.answer) for one in both.new]
    return next((n for n in range(min(len(behind), len(own) - 1), 0, -1) if own[-n:] == behind[:n]), 0)
