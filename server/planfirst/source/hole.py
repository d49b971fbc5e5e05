"""Where a body goes: which lines are replaced, and what of them stays above and below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.comments import Comment
from planfirst.source.syntax import Syntax
from planfirst.source.wording import is_mere_mark

if TYPE_CHECKING:
    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class Hole:
    """The place of a body that is to be written.

    Attributes:
        first, end: the lines that it replaces, without ``end``; equal where it only goes between lines.
        before: the row that stays above it, of a header that ends on a line with the placeholder; empty for none.
        kept: the comments that stay between, as rows.
        after: the row that stays below it; empty for none.
        inside: the placeholder's text, where it stands on a line with the header or the closing brace.
        behind: the comment at the end of a line that holds all of it, with the white space before it.
    """

    first: int
    end: int
    before: str = ""
    kept: tuple[str, ...] = ()
    after: str = ""
    inside: str = ""
    behind: str = ""

    @property
    def top(self) -> str:
        """The row above a body that has lines of its own; empty for none."""
        return self.before + self.behind

    @property
    def on_one_line(self) -> bool:
        """Whether header, placeholder and end stand on one line, and nothing else is kept."""
        return bool(self.before) and not self.kept and self.end == self.first + 1


@dataclass(frozen=True, slots=True, eq=False)
class Interior:
    """What stands in a body that is not written.

    Attributes:
        opening, closing: colon or brace; Python has no closing one.
        comments: behind the opening, up to the end of the last line.
    """

    syntax: Syntax
    opening: Node
    closing: Node | None
    placeholder: Node | None
    doc: Node | None
    comments: tuple[Comment, ...]
    doc_last: int
    last: int

    def row(self, comment: Comment, indent: str) -> list[str]:
        """A comment as rows of its own."""
        rows = [lined.bare(line) for line in self.syntax.lines[comment.first : comment.last + 1]]
        if comment.own:
            return rows
        rows[-1] = rows[-1][: self._end(comment, rows[-1])]
        rows[0] = indent + rows[0][comment.column :]
        return [row.rstrip() for row in rows]

    @staticmethod
    def _end(comment: Comment, row: str) -> int:
        if not comment.closer:
            return len(row)
        start = comment.column + len(comment.marker) if comment.first == comment.last else 0
        found = row.find(comment.closer, start)
        return found + len(comment.closer) if found >= 0 else len(row)


def _is_mark(comment: Comment) -> bool:
    """Whether it only says that the placeholder beside it is one."""
    return not comment.own and is_mere_mark(" ".join(comment.rows))


def hole_in_block(inside: Interior, indent: str) -> Hole | None:
    """The hole in a body that stands below a colon."""
    syntax, node = inside.syntax, inside.placeholder
    header_last = syntax.line(inside.opening.start_byte)
    if node is None:
        own = [comment.last for comment in inside.comments if comment.own]
        at = max([inside.doc_last, *own]) + 1
        return Hole(at, at)
    first, last = syntax.first(node), syntax.last(node)
    if first > inside.doc_last and syntax.begins_line(node.start_byte):
        tail = lined.bare(syntax.lines[last])[syntax.column(node.end_byte) :].strip()
        if tail and not tail.startswith("#"):
            return None
        kept = [c for c in inside.comments if first <= c.first <= last and not c.pragma and not _is_mark(c)]
        return Hole(first, last + 1, kept=tuple(row for c in kept for row in inside.row(c, indent)))
    if first != header_last:
        return None
    line = lined.bare(syntax.lines[header_last])
    before, behind = line[: syntax.column(inside.opening.end_byte)], ""
    if any(comment.first == last and not comment.own for comment in inside.comments):
        behind = lined.bare(syntax.lines[last])[syntax.column(node.end_byte) :].rstrip()
    kept_rows = tuple(lined.bare(row) for row in syntax.lines[last + 1 : inside.last + 1])
    return Hole(first, inside.last + 1, before, kept_rows, "", syntax.text(node), behind)


def hole_in_braces(inside: Interior, header_indent: str, indent: str) -> Hole | None:
    """The hole in a body that stands between braces."""
    syntax, node, closing = inside.syntax, inside.placeholder, inside.closing
    assert closing is not None
    top, bottom = syntax.line(inside.opening.start_byte), syntax.line(closing.start_byte)
    within = [c for c in inside.comments if (c.first, c.column) < (bottom, syntax.column(closing.start_byte))]
    if top < bottom and syntax.begins_line(closing.start_byte):
        if node is None:
            if not within:
                return Hole(top + 1, bottom)
            at = max(c.last for c in within) + 1
            return Hole(at, at)
        first, last = syntax.first(node), syntax.last(node)
        if first > top and last < bottom and syntax.begins_line(node.start_byte):
            tail = [c for c in within if first <= c.first <= last and not _is_mark(c)]
            return Hole(first, last + 1, kept=tuple(row for c in tail for row in inside.row(c, indent)))
    before = lined.bare(syntax.lines[top])[: syntax.column(inside.opening.end_byte)]
    line = lined.bare(syntax.lines[bottom])
    after = line[syntax.column(closing.start_byte) :]
    behind = next((c for c in inside.comments if c.first == bottom and c.trailing and c not in within), None)
    moved = (
        within[:1] if within and within[0].first == top and not within[0].own and node is None and top < bottom else []
    )
    said = ""
    if top == bottom and behind is not None and behind.last == bottom:
        whole = line[syntax.column(closing.start_byte) : behind.column]
        after = whole.rstrip()
        said = whole[len(after) :] + line[behind.column :].rstrip()
    kept = tuple(row for c in within if c not in moved for row in inside.row(c, indent))
    for comment in moved:
        before += f" {' '.join(inside.row(comment, ''))}"
    return Hole(top, bottom + 1, before, kept, header_indent + after, syntax.text(node) if node else "", said)
