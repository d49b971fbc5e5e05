"""What leads to a request within a class or a function: the rows from its header down to the comment.

An answer that begins with them goes on where the code is to stand. A small model that begins anew writes the whole
class or function again, which takes long, and loses its way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.definitions import definition_of
from planfirst.source.languages import Language
from planfirst.source.surroundings import definition_around
from planfirst.source.syntax import Syntax, syntax_of

if TYPE_CHECKING:
    from tree_sitter import Node

_MOST_ROWS = 40
_MOST_CHARACTERS = 1500  # of what cannot be cut to a budget


def lead_to(text: str, first: int, last: int, language: Language) -> str:
    """The rows, flush left; empty at the top level, behind other code, and where they are too long.

    Args:
        first, last: the rows of the comment, from zero.
    """
    syntax = syntax_of(text, language.id)
    rows = [lined.bare(row) for row in lined.split(text)]
    marks = tuple(mark for mark in (language.line, *(language.block or ())[:1]) if mark)
    if syntax is None or not marks or not rows[first].lstrip().startswith(marks):
        return ""
    node, is_type = definition_around(syntax, first)
    if node is None:
        return ""
    top = syntax.first(node)
    end = _header_end(node, syntax) if is_type else first - 1
    if end is None or not top <= end < first:
        return ""
    found = lined.dedent([*rows[top : end + 1], *rows[first : last + 1]])
    said = "\n".join(found)
    is_inside = len(lined.leading(found[-1])) > len(lined.leading(found[0]))
    return (
        said if is_inside and len(found) <= _MOST_ROWS and len(said) <= _MOST_CHARACTERS and "```" not in said else ""
    )


def _header_end(node: Node, syntax: Syntax) -> int | None:
    """The row that the header of a type ends on, with its colon or brace."""
    body = definition_of(node, syntax).body
    if body is None:
        return None
    if syntax.shape.module != "tree_sitter_python":
        return syntax.line(body.start_byte)
    colon = next((child for child in node.children if child.type == ":"), None)
    return syntax.line(colon.start_byte) if colon is not None else None
