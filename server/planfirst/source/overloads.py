"""Overloads in Python and TypeScript: headers without a body above the function that has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planfirst.source.definitions import SIGNATURES, Definition, is_overload, name_of
from planfirst.source.syntax import Syntax

if TYPE_CHECKING:
    from tree_sitter import Node


def implementation(node: Node, syntax: Syntax) -> Node | None:
    """The function with a body that an overload stands above; None without one."""
    name = name_of(node, syntax)
    whole = node
    while whole.parent is not None and whole.parent.type in syntax.shape.wrappers:
        whole = whole.parent
    siblings, here = syntax.beside(whole)
    for below in siblings[here + 1 :]:
        one = _function(below, syntax)
        if one is None and below.type in syntax.shape.comments:
            continue
        if one is None or name_of(one, syntax) != name:
            return None
        if not is_overload(one, below, syntax):
            return one
    return None


def first_of(definition: Definition, syntax: Syntax) -> int:
    """The byte where a function begins, with the overloads above it."""
    first = definition.outer
    if definition.node.type not in syntax.shape.functions | syntax.shape.wrappers:
        return first
    siblings, here = syntax.beside(definition.node)
    for above in reversed(siblings[:here]):
        if above.type in syntax.shape.comments:
            continue
        one = _function(above, syntax)
        if one is None or not is_overload(one, above, syntax) or name_of(one, syntax) != definition.name:
            break
        first = above.start_byte
    return first


def _function(node: Node, syntax: Syntax) -> Node | None:
    """The function, or the header of one, that a statement or member is or wraps."""
    while node.type not in syntax.shape.functions | SIGNATURES:
        if node.type not in syntax.shape.wrappers or not node.named_children:
            return None
        node = node.named_children[-1]
    return node
