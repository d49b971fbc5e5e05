"""What nodes of an answer and of a file define, for comparing the two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planfirst.source.definitions import Definition, definition_of
from planfirst.source.syntax import Syntax, walk

if TYPE_CHECKING:
    from tree_sitter import Node


def inner_of(node: Node, syntax: Syntax, kinds: frozenset[str]) -> Node | None:
    """The node of one of these kinds that a node is, or wraps."""
    while node.type not in kinds:
        if node.type not in syntax.shape.wrappers or not node.named_children:
            return None
        node = next((one for one in reversed(node.named_children) if "decorator" not in one.type), node)
    return node


def defined_in(node: Node, syntax: Syntax) -> Definition | None:
    """What a top-level node or a member defines."""
    inner = inner_of(node, syntax, syntax.shape.functions | syntax.shape.types)
    found = definition_of(inner, syntax) if inner is not None else None
    return found if found is not None and found.name else None


def key_of(one: Definition) -> tuple[str, str, int]:
    return one.owner, one.name, len(one.parameters)


def plain_of(node: Node, syntax: Syntax) -> str:
    """A node's text without comments and white space, for comparing."""
    leaves = [one for one in walk(node) if not one.child_count and one.parent is not None]
    return " ".join(syntax.text(one) for one in leaves if one.type not in syntax.shape.comments and one.type != ";")
