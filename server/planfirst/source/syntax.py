"""Syntax trees of source files, even with errors in them, with positions as the editor counts them.

tree-sitter counts bytes, and lines by ``\\n`` only; everything outside of this file counts lines as `lines` does and
columns in characters. tree-sitter is imported when the first file is parsed.

Why: docs/decisions/0014-sites.md
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import import_module
from itertools import accumulate
from typing import TYPE_CHECKING

from planfirst.parsing import parse
from planfirst.source import lines as lined
from planfirst.source.shapes import SHAPES, Shape

if TYPE_CHECKING:
    from tree_sitter import Language, Node

_DEEPEST = 2000  # nodes in each other: from one to the next, tree-sitter begins at the root
MOST_CHARACTERS = 400_000  # of a file that is parsed: beyond it, an answer would take longer than a person waits
_LONE_RETURN = re.compile(r"\r(?!\n)")


@dataclass(frozen=True, slots=True, eq=False)
class Syntax:
    """The tree of a text.

    Attributes:
        lines: the text's lines, with their ends.
        data: what was parsed, as UTF-8; as many characters as the text has.
        starts: at which byte each line begins.
    """

    root: Node
    shape: Shape
    lines: list[str]
    data: bytes
    starts: list[int]
    _children: dict[int, tuple[list[Node], list[int]]] = field(default_factory=dict, repr=False)

    def line(self, byte: int) -> int:
        """The line that a byte is in."""
        return max(bisect_right(self.starts, byte) - 1, 0)

    def column(self, byte: int) -> int:
        """The characters before a byte in its line."""
        start = self.starts[self.line(byte)] if self.starts else 0
        return len(self.data[start:byte].decode("utf-8", "replace"))

    def byte(self, line: int, column: int) -> int:
        """Where a character begins."""
        if line >= len(self.starts):
            return len(self.data)
        return self.starts[line] + len(self.lines[line][:column].encode("utf-8", "replace"))

    def first(self, node: Node) -> int:
        """The line that a node begins in."""
        return self.line(node.start_byte)

    def last(self, node: Node) -> int:
        """The line that a node ends in; some nodes take the line end, or the white space behind them, along."""
        inner, end = node, node.end_byte
        while inner.child_count:  # JavaScript's grammar counts a comment behind a brace as part of the block
            children = inner.children
            filled = next((one for one in reversed(children) if one.type not in self.shape.comments), None)
            if filled is None:
                break
            inner, end = filled, filled.end_byte
        while end > node.start_byte and self.data[end - 1] in b" \t\r\n\f":
            end -= 1
        return self.line(max(end - 1, node.start_byte))

    def text(self, node: Node) -> str:
        """The text of a node."""
        return self.cut(node.start_byte, node.end_byte)

    def cut(self, start: int, end: int) -> str:
        """The text between two bytes, its lines ending with ``\\n``."""
        text = self.data[start:end].decode("utf-8", "replace")
        return text.replace("\r\n", "\n")

    def begins_line(self, byte: int) -> bool:
        """Whether nothing but white space stands before a byte in its line."""
        return not self.data[self.starts[self.line(byte)] : byte].strip(b" \t\f\xef\xbb\xbf")

    def touching(self, first: int, last: int) -> Iterator[Node]:
        """The nodes that lie, in part at least, in those lines, outer ones first."""
        return (node for node, _ in self.nested(first, last))

    def nested(self, first: int, last: int) -> Iterator[tuple[Node, Node | None]]:
        """As `touching`, each with its parent, which tree-sitter would look for from the root on."""
        start = self.starts[first] if first < len(self.starts) else len(self.data)
        end = self.starts[last + 1] if last + 1 < len(self.starts) else len(self.data)
        todo: list[tuple[Node, Node | None]] = [(self.root, None)]
        while todo:  # a loop: a tree can be deeper than Python's stack
            node, parent = todo.pop()
            yield node, parent
            inner = [child for child in reversed(node.children) if child.end_byte >= start and child.start_byte < end]
            todo += [(child, node) for child in inner]

    def beside(self, node: Node) -> tuple[list[Node], int]:
        """The named children of a node's parent, and where the node is in them. A step from sibling to sibling is slow.

        They are kept, since a parent may have thousands, and each of them may ask.
        """
        parent = node.parent
        if parent is None:
            return [node], 0
        if parent.id not in self._children:
            siblings = parent.named_children
            self._children[parent.id] = siblings, [one.start_byte for one in siblings]
        siblings, starts = self._children[parent.id]
        return siblings, bisect_right(starts, node.start_byte) - 1


def named(node: Node) -> list[Node]:
    """The named children of a node; Go's list of statements and the members of Java's enums are looked through."""
    found: list[Node] = []
    for child in node.named_children:
        found += named(child) if child.type in ("statement_list", "enum_body_declarations") else [child]
    return found


def walk(node: Node) -> Iterator[Node]:
    """A node and all that is in it, in the order of the text."""
    todo = [node]
    while todo:
        node = todo.pop()
        yield node
        todo += reversed(node.children)


@lru_cache(maxsize=8)
def syntax_of(text: str, language: str) -> Syntax | None:
    """The tree of a text in a language, given by the editor's id.

    None where there is no grammar, or where the text is too long, too ambiguous or nested too deep to be read while
    somebody waits.
    """
    shape = SHAPES.get(language)
    if shape is None or len(text) > MOST_CHARACTERS:
        return None
    lines = lined.split(text)
    encoded = [line.encode("utf-8", "replace") for line in lines]
    data = _LONE_RETURN.sub("\n", text).encode("utf-8", "replace")
    starts = list(accumulate((len(line) for line in encoded), initial=0))[: len(lines)]
    tree = parse(_grammar(shape.module, shape.entry), data)
    return None if tree is None or _is_deep(tree.root_node) else Syntax(tree.root_node, shape, lines, data, starts)


def _is_deep(root: Node) -> bool:
    """Whether nodes lie in each other as no person writes them, along the largest one at each level."""
    node, depth = root, 0
    while node.child_count and depth <= _DEEPEST:
        node, depth = max(node.children, key=lambda child: child.end_byte - child.start_byte), depth + 1
    return depth > _DEEPEST


@cache
def _grammar(module: str, entry: str) -> Language:
    from tree_sitter import Language

    return Language(getattr(import_module(module), entry)())
