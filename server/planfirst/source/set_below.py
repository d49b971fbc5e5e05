"""A value to begin with that stands below a comment, as in ``total = 0``: the answer sets it, or goes on from it.

Above it, what the answer computes would be lost as soon as that row runs.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.below import Beside, defines, rows_of
from planfirst.source.languages import Language
from planfirst.source.placement import Placement
from planfirst.source.site import Site

if TYPE_CHECKING:
    from tree_sitter import Node

_DECLARES = r"(?:export\s+)?(?:(?:const|let|var|auto|final|static|mut|val)\s+)*(?:[\w<>\[\],.:*& ?]+\s)?[*&]?"
_TYPED = r"(?:\s*:\s*[^=\n]+?)?\s*:?="
_CONTAINERS = r"(?:Map|Set|Array|Object|StringBuilder|(?:Linked|Tree|Array|Hash)+(?:List|Map|Set|Deque))"
_EMPTY = re.compile(
    rf"""{_DECLARES}(?P<name>[^\W\d]\w*){_TYPED}\s*
    (?:None|null|undefined|nil|nullptr|NULL|\.\.\.|\[\s*\]|\{{\s*\}}|""|''|``|-?0(?:\.0*)?[fFlLuU]*|[Ff]alse
    |(?:dict|list|set|str)\(\)|new\s+{_CONTAINERS}(?:<[^()=;]*>)?\(\)|(?:Vec|String|(?:Hash|BTree)(?:Map|Set))::new\(\)
    |vec!\[\s*\]|make\([^()]*\));?""",
    re.VERBOSE,
)
_ADDS = "append|add|push|push_back|push_str|set|insert|extend|update|put|putIfAbsent|merge|setdefault|unshift|entry"


def set_below(text: str, site: Site, code: str, language: Language) -> Placement | None:
    """The file with the answer in the place of a value to begin with which the answer sets; None for another answer.

    What the answer repeats of the statements behind that row is taken with it.

    Args:
        code: the answer, flush left.
    """
    both = Beside.of(text, site, code, language)
    name = _begun(both)
    if both is None or not name or not (at := _setting(both, name)) or _is_empty(at[-1], both):
        return None
    return both.placed(text, site, code, language, both.new, both.below[_repeated(both)])


def behind_it(text: str, site: Site, code: str, language: Language) -> tuple[Site, str]:
    """The site below a value to begin with which the answer goes on from, and the code without that row.

    In a function of Python, imports that stand there are to begin with, too: above them their names are not bound. Both
    as they are for another answer.
    """
    both = Beside.of(text, site, code, language)
    if both is not None and site.indent and (brought := _imports(both)):
        return replace(site, last=both.file.last(brought[-1]), described=None), code
    name = _begun(both)
    if both is None or not name:
        return site, code
    at = _setting(both, name)
    changes = _changes(name)
    if not all(_is_empty(one, both) for one in at) or not any(
        changes.search(both.answer.text(one)) for one in both.new if one not in at and not defines(one, both.answer)
    ):
        return site, code
    again = both.new[len(both.new) - _repeated(both) :]
    rows = code.split("\n")
    framed = int(lined.bare(both.answer.lines[0]) != rows[0])
    gone = {row for one in (*at, *again) for row in range(both.answer.first(one), both.answer.last(one) + 1)}
    rows = [row for n, row in enumerate(rows, framed) if n not in gone]
    return replace(site, last=both.file.last(both.below[0]), described=None), "\n".join(lined.trim(rows))


def _imports(both: Beside) -> list[Node]:
    """The imports directly below the comment."""
    return list(takewhile(lambda one: one.type in ("import_statement", "import_from_statement"), both.below))


def _begun(both: Beside | None) -> str:
    """The name that is set directly below the comment, and by no statement behind that; empty for none."""
    if both is None or not both.new or not both.below:
        return ""
    rows = rows_of(both.below[0], both.file)
    found = _EMPTY.fullmatch(rows[0]) if len(rows) == 1 else None
    if found is None:
        return ""
    changes = _changes(found["name"])
    return "" if any(changes.search(both.file.text(one)) for one in both.below[1:]) else found["name"]


def _changes(name: str) -> re.Pattern[str]:
    """Code that sets a value, or changes it in its place."""
    own = rf"(?<![\w.]){re.escape(name)}(?:\[[^\]\n]*\]|\.\w+)*?"
    return re.compile(rf"{own}(?:\s*(?:[-+*/%|&^]|//|<<|>>|\*\*)?=(?![=>])|\.(?:{_ADDS})\b|\+\+|--)")


def _setting(both: Beside, name: str) -> list[Node]:
    """The answer's statements that set the name, outside of any block."""
    sets = re.compile(rf"{_DECLARES}{re.escape(name)}{_TYPED}(?![=>])")
    return [one for one in both.new if not defines(one, both.answer) and sets.match(both.answer.text(one))]


def _is_empty(node: Node, both: Beside) -> bool:
    rows = rows_of(node, both.answer)
    return len(rows) == 1 and _EMPTY.fullmatch(rows[0]) is not None


def _repeated(both: Beside) -> int:
    """How many statements behind the value the answer ends with, as they stand there."""
    behind = [rows_of(one, both.file) for one in both.below[1:]]
    own = [rows_of(one, both.answer) for one in both.new]
    return next((n for n in range(min(len(behind), len(own) - 1), 0, -1) if own[-n:] == behind[:n]), 0)
