"""An answer and what stands below its comment in the same block, some of which it may take the place of."""

from __future__ import annotations

from dataclasses import dataclass
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
from planfirst.source.syntax import Syntax, named, syntax_of
from planfirst.words import Message

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Beside:
    """An answer, and the statements around the comment that it belongs to.

    Attributes:
        file, answer: their trees.
        new: the answer's statements, without imports.
        above, below: the file's in the comment's block; none unless one is the next thing that follows the comment.
    """

    file: Syntax
    answer: Syntax
    new: list[Node]
    above: list[Node]
    below: list[Node]

    @classmethod
    def of(cls, text: str, site: Site, code: str, language: Language) -> Beside | None:
        """None where the answer does not go below a comment, or cannot be read."""
        if site.kind != "comment" or site.body is not None or site.at is not None:
            return None
        file = syntax_of(text, language.id)
        answer, top = in_frame(code, language.id)
        if file is None or answer is None or top is None or answer.root.has_error:
            return None
        new = [node for node in _statements(top, answer) if not is_beside(node, answer)]
        return cls(file, answer, new, *_around(file, site))

    def placed(
        self, text: str, site: Site, code: str, language: Language, new: list[Node], last: Node
    ) -> Placement | None:
        """The file with these statements of the answer in the place of those below the comment, up to ``last``."""
        rows = _with_comments(self.answer, new, said_by(site, text))
        written = moved_to("\n".join(lined.dedent(rows)), site.indent, text, language)
        place = site.last + 1, self.file.last(last)
        old = [lined.bare(line) for line in self.file.lines[place[0] : place[1] + 1]]
        made = merged(old, written, range(0), language)
        return placed(text, code, place, made, Message("answer-changed-below"), language)


def rows_of(node: Node, syntax: Syntax) -> list[str]:
    """The rows of a node that are not blank, without the white space around them."""
    return [row for line in syntax.text(node).split("\n") if (row := line.strip())]


def defines(node: Node, syntax: Syntax) -> bool:
    """Whether a statement is a function or type."""
    while node.type in syntax.shape.wrappers and node.named_children:
        node = node.child_by_field_name("definition") or node.child_by_field_name("value") or node.named_children[-1]
    return node.type in syntax.shape.functions | syntax.shape.types


def _around(file: Syntax, site: Site) -> tuple[list[Node], list[Node]]:
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
