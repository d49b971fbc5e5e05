"""Statements that an answer repeats from directly above and below the request, around what is new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.import_nodes import is_beside
from planfirst.source.marked import Marked
from planfirst.source.syntax import Syntax, named
from planfirst.source.tokens import texts, tokens_of

if TYPE_CHECKING:
    from tree_sitter import Node

# A statement of these kinds may well be meant to run twice.
_WEAK = frozenset(("call", "call_expression", "await", "await_expression", "augmented_assignment", "update_expression"))
_WEAK_STATEMENTS = frozenset(("inc_statement", "dec_statement", "macro_invocation", "method_invocation"))


def without_neighbours(answer: Syntax, top: Node, file: Marked) -> str | None:
    """An answer without the statements at its beginning that stand above the request, and those at its end below it.

    Args:
        top: what the answer's statements stand in.

    Returns:
        The rest, flush left, which is empty where several statements are all there already; None where there are no
        such statements, or it is the only one, which may be meant.
    """
    beside = [one for one in named(file.holder) if one.type not in answer.shape.comments]
    above = _said([one for one in beside if one.end_byte <= file.start], file.syntax)
    below = _said([one for one in beside if one.start_byte >= file.end], file.syntax)
    nodes = [one for one in named(top) if one.type not in answer.shape.comments and not is_beside(one, answer)]
    own = _said(nodes, answer)
    first = _same(nodes, own, above)
    last = len(nodes) - _same(list(reversed(nodes)), own[::-1], below[::-1])
    if first >= last and len(nodes) > 1:
        return ""
    if first >= last or (not first and last == len(nodes)):
        return None
    gone = [*nodes[:first], *nodes[last:]]
    rows = [lined.bare(row) for row in answer.lines]
    left = {n for one in gone for n in range(answer.first(one), answer.last(one) + 1)}
    if top.parent is not None:  # a function was put around it
        left |= {0, len(rows) - 1}
    return "\n".join(lined.trim([row for n, row in enumerate(rows) if n not in left]))


def _said(nodes: Sequence[Node], syntax: Syntax) -> list[tuple[str, ...]]:
    tokens = tokens_of(syntax)
    return [texts(tokens.between(one.start_byte, one.end_byte)) for one in nodes]


def _same(nodes: Sequence[Node], own: list[tuple[str, ...]], beside: list[tuple[str, ...]]) -> int:
    """How many statements at the beginning are those that stand beside the request, at the end of that list."""
    for count in range(min(len(own), len(beside)), 0, -1):
        if own[:count] == beside[len(beside) - count :] and any(not _is_weak(one) for one in nodes[:count]):
            return count
    return 0


def _is_weak(node: Node) -> bool:
    inner = node.named_children[0] if node.type == "expression_statement" and node.named_children else node
    return inner.type in _WEAK or inner.type in _WEAK_STATEMENTS
