"""An answer that has the statements below a comment, changed or within its own: it takes their place.

Below the comment it would stand beside them, and a loop would run twice, or they would never run.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from planfirst.source.below import Beside, defines, rows_of
from planfirst.source.languages import Language
from planfirst.source.placeholders import says_nothing
from planfirst.source.placement import Placement
from planfirst.source.rewritten import is_much_of
from planfirst.source.set_below import is_nothing_yet
from planfirst.source.site import Site
from planfirst.source.syntax import walk

if TYPE_CHECKING:
    from tree_sitter import Node

_ASSIGNS = re.compile(r"[\w.\[\]'\"()]+\s*=(?!=)")
_PRINTS = re.compile(r"(?:print|println!|console\.log|(?:System\.out|fmt)\.[pP]rint(?:ln|f)?)\(")
_FILLED = re.compile(r"\$?\{[^{}]*\}")
_AGAIN = re.compile(r"\b(?:twice|again|once more|also|too|another|extra|double|repeat)", re.IGNORECASE)
_ALIKE = 0.6  # of a statement's rows that another form of it has, too: with fewer, it is another one


def changed_below(text: str, site: Site, code: str, language: Language) -> Placement | None:
    """The file with the answer in the place of the statements that it changes; None for another answer.

    Args:
        code: the answer, flush left.
    """
    both = Beside.of(text, site, code, language)
    if both is None:
        return None
    new = both.new
    count = _taken(both)
    if not count:
        return None
    before = {tuple(rows_of(node, both.file)) for node in both.above}
    while len(new) > count and tuple(rows_of(new[0], both.answer)) in before:
        new = new[1:]
    return both.placed(text, site, code, language, new, both.below[count - 1])


def taken_in(text: str, site: Site, code: str, language: Language) -> Placement | None:
    """The file with the answer in the place of all statements below, which would never run; None unless it has them.

    "Try it three times" above ``return fetch(url)`` is answered with a loop around that row. Of another row than the
    last, the answer may have a form with other arguments; of the last, one that has much of it, or what it returns.
    Rows that only begin a value and return it are nothing yet.
    """
    both = Beside.of(text, site, code, language)
    if both is None or not both.new or not both.below:
        return None
    rows = [rows_of(node, both.answer) for one in both.new for node in walk(one)]
    there = {tuple(one) for one in rows} | {_set_by(one) for one in rows if _set_by(one)}
    *others, last = both.below
    if is_nothing_yet(both):
        return both.placed(text, site, code, language, both.new, last)
    if not _is_again(last, both) and tuple(rows_of(last, both.file)) not in there:
        return None
    for one in others:
        said = rows_of(one, both.file)
        if defines(one, both.file) or there.isdisjoint((tuple(said), _set_by(said))):
            return None
    return both.placed(text, site, code, language, both.new, last)


def undone_below(text: str, site: Site, code: str, language: Language) -> Placement | None:
    """The file with the answer in the place of what below would undo it or do it again; None for nothing such.

    That is an assignment which a block at the end of the answer has in one of its branches, a print of the same text
    with other values, and what the answer has under a condition.
    """
    both = Beside.of(text, site, code, language)
    if both is None or not both.new or not both.below:
        return None
    if count := _guarded(both, site.task.request):
        return both.placed(text, site, code, language, both.new, both.below[count - 1])
    row, end = rows_of(both.below[0], both.file), both.new[-1]
    inner = [rows_of(one, both.answer) for one in walk(end) if one != end]
    undone = len(row) == 1 and _ASSIGNS.match(row[0]) is not None and end.type.endswith("statement") and row in inner
    if not undone and not _prints_the_same(rows_of(end, both.answer), row):
        return None
    return both.placed(text, site, code, language, both.new, both.below[0])


def _guarded(both: Beside, request: str) -> int:
    """How many statements below the answer has under a condition at its end: "skip those without a name"."""
    end = both.new[-1]
    if not end.type.startswith("if_") or _AGAIN.search(request):
        return 0
    inner = [rows_of(one, both.answer) for one in walk(end) if one != end]
    return len(list(takewhile(lambda one: not _leaves(one) and rows_of(one, both.file) in inner, both.below)))


def _leaves(node: Node) -> bool:
    return node.type.startswith(("return", "continue", "break", "pass", "throw", "raise"))


def _prints_the_same(new: list[str], old: list[str]) -> bool:
    """Whether two rows print the same text, with other values in it."""
    if len(new) != 1 or len(old) != 1 or new == old or not _PRINTS.match(old[0]):
        return False
    shapes = [_FILLED.sub("{}", row) for row in (new[0], old[0])]
    return shapes[0] == shapes[1] and "{}" in shapes[0]


def _is_again(last: Node, both: Beside) -> bool:
    """Whether the answer ends with another form of a statement, or computes somewhere what that one returns."""
    text = both.file.text(last)
    if both.new[-1].type == last.type and is_much_of(both.answer.text(both.new[-1]), text):
        return True
    returned = text.removeprefix("return ").strip(" ;")
    if both.new[-1].type == last.type and says_nothing(returned):
        return True
    return returned != text and "(" in returned and any(returned in both.answer.text(one) for one in both.new)


def _set_by(rows: list[str]) -> str:
    """What a statement of one row gives a value, and the function that it calls for that; empty for another."""
    head, _, arguments = rows[0].partition("(") if len(rows) == 1 else ("", "", "")
    return head if arguments and "=" in head else ""


def _taken(both: Beside) -> int:
    """How many statements below an answer ends with, if at least one of them is changed; else 0."""
    for count in range(min(len(both.new), len(both.below)), 0, -1):
        pairs = [
            (rows_of(one, both.answer), rows_of(other, both.file))
            for one, other in zip(both.new[-count:], both.below, strict=False)
            if one.type == other.type
            and (not defines(other, both.file) or rows_of(one, both.answer) == rows_of(other, both.file))
        ]
        if len(pairs) == count and all(_is_form_of(*pair) for pair in pairs):
            return count if any(one != other for one, other in pairs) else 0
    return 0


def _is_form_of(new: list[str], old: list[str]) -> bool:
    """Whether a statement is another, or has its first row and most of the others."""
    if new == old:
        return True
    return len(old) > 1 and new[0] == old[0] and sum(row in new for row in old) >= _ALIKE * len(old)
