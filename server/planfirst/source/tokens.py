"""The tokens of a syntax tree, in a form that tells whether two pieces of code say the same.

Comments, docstrings, imports, semicolons and commas before a closing bracket are left out; quotes and white space do
not count.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planfirst.source.import_nodes import is_beside
from planfirst.source.syntax import Syntax

if TYPE_CHECKING:
    from tree_sitter import Node

_STRINGS = frozenset(("string", "string_literal", "jsx_text", "interpreted_string_literal"))
_CLOSING = frozenset((")", "]", "}", ">"))
_OPENING = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Token:
    """One token: its text for comparing, and the bytes that it takes."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """All tokens of a tree, in the order of the text."""

    all: tuple[Token, ...]
    starts: tuple[int, ...]

    def between(self, start: int, end: int) -> tuple[Token, ...]:
        """Those that begin in a range of bytes."""
        return self.all[bisect_left(self.starts, start) : bisect_left(self.starts, end)]


def tokens_of(syntax: Syntax) -> Tokens:
    """The tokens of a whole tree."""
    found: list[Token] = []
    for token in _leaves(syntax):
        if found and found[-1].text == "," and token.text in _CLOSING:
            found.pop()
        found.append(token)
    return Tokens(tuple(found), tuple(token.start for token in found))


def texts(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    """What they say."""
    return tuple(token.text for token in tokens)


def is_balanced(tokens: tuple[Token, ...]) -> bool:
    """Whether each bracket is opened and closed."""
    open_: list[str] = []
    for token in tokens:
        if token.text in ("(", "[", "{", "${"):
            open_.append(token.text[-1])
        elif token.text in _OPENING and (not open_ or open_.pop() != _OPENING[token.text]):
            return False
    return not open_


def _leaves(syntax: Syntax) -> Iterator[Token]:
    todo = [syntax.root]
    while todo:
        node = todo.pop()
        if node.type in syntax.shape.comments or is_beside(node, syntax) or _is_docstring(node):
            continue
        if node.type == "jsx_expression" and all(one.type in syntax.shape.comments for one in node.named_children):
            continue
        if node.child_count and node.type not in _STRINGS:
            todo += reversed(node.children)
            continue
        text = "".join(syntax.text(node).split()) if node.type in _STRINGS else syntax.text(node).strip()
        if text and text != ";":
            yield Token(text.replace("'", '"'), node.start_byte, node.end_byte)


def _is_docstring(node: Node) -> bool:
    inner = node.named_children if node.type == "expression_statement" else []
    return len(inner) == 1 and inner[0].type == "string"
