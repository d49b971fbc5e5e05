"""What new code uses, and an answer defines elsewhere."""

from __future__ import annotations

from planfirst.source.definitions import definition_of
from planfirst.source.import_nodes import is_beside
from planfirst.source.nodes import names_at_top
from planfirst.source.syntax import Syntax, walk
from planfirst.source.tokens import Token


def needed(answer: Syntax, new: tuple[Token, ...], used: set[str], file: Syntax) -> tuple[str, ...]:
    """What the new code uses, and the answer defines elsewhere, at its top or in a type, and the file does not."""
    has = {name for node in file.root.named_children for name in names_at_top(node, file)} | _functions(file)
    tops = [
        node
        for node in answer.root.named_children
        if not node.start_byte <= new[0].start < node.end_byte and not is_beside(node, answer)
    ]
    beside = {name for node in tops for name in names_at_top(node, answer)} | _functions(answer, new)
    return tuple(sorted(beside & used - has))


def _functions(syntax: Syntax, without: tuple[Token, ...] = ()) -> set[str]:
    """The names of all functions but those that these tokens stand in or hold."""
    start, end = (without[0].start, without[-1].end) if without else (0, 0)
    return {
        definition_of(node, syntax).name
        for node in walk(syntax.root)
        if node.type in syntax.shape.functions and (node.end_byte <= start or node.start_byte >= end)
    }
