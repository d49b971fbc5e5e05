"""An answer that has the statements below a comment, changed or within its own: it takes their place.

Below the comment it would stand beside them, and a loop would run twice, or they would never run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.echoed import in_frame
from planfirst.source.import_nodes import is_beside
from planfirst.source.indent import moved_to
from planfirst.source.languages import Language
from planfirst.source.placement import Placement
from planfirst.source.repeated import said_by, words_of
from planfirst.source.rewritten import merged, placed
from planfirst.source.site import Site
from planfirst.source.syntax import Syntax, named, syntax_of, walk
from planfirst.words import Message

if TYPE_CHECKING:
    from tree_sitter import Node

_ALIKE = 0.6  # of a statement's rows that another form of it has, too: with fewer, it is another one


def changed_below(text: str, site: Site, code: str, language: Language) -> Placement | None:
    """The file with the answer in the place of the statements that it changes; None for another answer.

    Args:
        code: the answer, flush left.
    """
    both = _both(text, site, code, language)
    if both is None:
        return None
    file, answer, new = both
    above, below = _beside(file, site)
    count = _taken(new, below, answer, file)
    if not count:
        return None
    before = {tuple(_rows(node, file)) for node in above}
    while len(new) > count and tuple(_rows(new[0], answer)) in before:
        new = new[1:]
    return _placed(text, site, code, language, both=(file, answer, new), last=below[count - 1])


def taken_in(text: str, site: Site, code: str, language: Language) -> Placement | None:
    """The file with the answer in the place of all statements below, which would never run; None unless it has them.

    "Try it three times" above ``return fetch(url)`` is answered with a loop around that row. Of another row than the
    last, the answer may have a form with other arguments.
    """
    both = _both(text, site, code, language)
    if both is None:
        return None
    file, answer, new = both
    _, below = _beside(file, site)
    rows = [_rows(node, answer) for one in new for node in walk(one)]
    there = {tuple(one) for one in rows} | {_set_by(one) for one in rows if _set_by(one)}
    if not new or not below or tuple(_rows(below[-1], file)) not in there:
        return None
    if any(_defines(one, file) or there.isdisjoint((tuple(said := _rows(one, file)), _set_by(said))) for one in below):
        return None
    return _placed(text, site, code, language, both=both, last=below[-1])


def _set_by(rows: list[str]) -> str:
    """What a statement of one row gives a value, and the function that it calls for that; empty for another."""
    head, _, arguments = rows[0].partition("(") if len(rows) == 1 else ("", "", "")
    return head if arguments and "=" in head else ""


def _both(text: str, site: Site, code: str, language: Language) -> tuple[Syntax, Syntax, list[Node]] | None:
    """The file, the answer, and the answer's statements; None where it only goes below a comment or does not read."""
    if site.kind != "comment" or site.body is not None or site.at is not None:
        return None
    file = syntax_of(text, language.id)
    answer, top = in_frame(code, language.id)
    if file is None or answer is None or top is None or answer.root.has_error:
        return None
    return file, answer, [node for node in _statements(top, answer) if not is_beside(node, answer)]


def _placed(
    text: str, site: Site, code: str, language: Language, both: tuple[Syntax, Syntax, list[Node]], last: Node
) -> Placement | None:
    """The file with these statements of the answer in the place of those below the comment, up to ``last``."""
    file, answer, new = both
    rows = _with_comments(answer, new, said_by(site, text))
    written = moved_to("\n".join(lined.dedent(rows)), site.indent, text, language)
    place = site.last + 1, file.last(last)
    made = merged([lined.bare(line) for line in file.lines[place[0] : place[1] + 1]], written, range(0), language)
    return placed(text, code, place, made, Message("answer-changed-below"), language)


def _beside(file: Syntax, site: Site) -> tuple[list[Node], list[Node]]:
    """The statements above and below a comment, in its block; none below unless one is the next thing that follows."""
    row = site.last + 1
    while row < len(file.lines) and not file.lines[row].strip():
        row += 1
    if row >= len(file.lines) or lined.leading(file.lines[row]) != site.indent:
        return [], []
    start = file.starts[row] + len(site.indent.encode())
    node = file.root.descendant_for_byte_range(start, start + 1)
    while node is not None and node.parent is not None and node.parent.start_byte == start:
        if node.parent.type == "block":  # in Python it begins with its first statement
            break
        node = node.parent
    if node is None or node.parent is None or node.start_byte != start or node.type in file.shape.comments:
        return [], []
    siblings = _statements(node.parent, file)
    at = next((n for n, one in enumerate(siblings) if one.start_byte == start), len(siblings))
    return siblings[:at], siblings[at:]


def _statements(block: Node, syntax: Syntax) -> list[Node]:
    return [node for node in named(block) if node.type not in syntax.shape.comments]


def _rows(node: Node, syntax: Syntax) -> list[str]:
    return [row for line in syntax.text(node).split("\n") if (row := line.strip())]


def _taken(new: list[Node], below: list[Node], answer: Syntax, file: Syntax) -> int:
    """How many statements below an answer ends with, if at least one of them is changed; else 0."""
    for count in range(min(len(new), len(below)), 0, -1):
        pairs = [
            (_rows(one, answer), _rows(other, file))
            for one, other in zip(new[-count:], below, strict=False)
            if one.type == other.type and (not _defines(other, file) or _rows(one, answer) == _rows(other, file))
        ]
        if len(pairs) == count and all(_is_form_of(*pair) for pair in pairs):
            return count if any(one != other for one, other in pairs) else 0
    return 0


def _defines(node: Node, syntax: Syntax) -> bool:
    """Whether a statement is a function or type: of those, yours stay."""
    while node.type in syntax.shape.wrappers and node.named_children:
        node = node.child_by_field_name("definition") or node.child_by_field_name("value") or node.named_children[-1]
    return node.type in syntax.shape.functions | syntax.shape.types


def _is_form_of(new: list[str], old: list[str]) -> bool:
    """Whether a statement is another, or has its first row and most of the others."""
    if new == old:
        return True
    return len(old) > 1 and new[0] == old[0] and sum(row in new for row in old) >= _ALIKE * len(old)


def _with_comments(answer: Syntax, nodes: list[Node], said: set[str]) -> list[str]:
    """The rows of statements and of the comments above and between them, but those that say the request again."""
    first = answer.first(nodes[0])
    while first and answer.lines[first - 1].strip() and _in_comment(answer, first - 1):
        first -= 1
    rows = [lined.bare(line) for line in answer.lines[first : answer.last(nodes[-1]) + 1]]
    return [row for n, row in enumerate(rows) if not (_in_comment(answer, first + n) and words_of(row) in said)]


def _in_comment(answer: Syntax, row: int) -> bool:
    column = len(lined.leading(answer.lines[row]).encode())
    node = answer.root.descendant_for_byte_range(answer.starts[row] + column, answer.starts[row] + column + 1)
    return node is not None and node.type in answer.shape.comments
