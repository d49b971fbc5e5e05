"""Fits an answer in a language with braces to the function it was written for: its name and its parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from planfirst.source.definitions import Definition, definition_of
from planfirst.source.helper_nodes import renamed, with_helper
from planfirst.source.likeness import most_alike
from planfirst.source.part import Part
from planfirst.source.stubs import Stub
from planfirst.source.syntax import Syntax, syntax_of, walk
from planfirst.words import Message

if TYPE_CHECKING:
    from tree_sitter import Node


_RECEIVER = re.compile(r"\(\s*(\w+)\s+\*?\w")


def renamed_for(code: str, stub: Stub, language: str) -> Part:
    """The code with its function named as the stub's is, and its parameters too, where their counts are the same."""
    syntax = syntax_of(code, language)
    if syntax is None or stub.kind != "function" or code.startswith(stub.text):
        return Part(code)
    found = [(node, definition_of(node, syntax)) for node in walk(syntax.root) if node.type in syntax.shape.functions]
    outer = [(node, one) for node, one in found if one.name and one.body is not None and not _within(node, syntax)]
    named = [pair for pair in outer if pair[1].name == stub.definition.name]
    others = [pair for pair in outer if pair[1].name not in ("main", "constructor")]
    if not named and len(others) > 1:
        texts = {one.name: syntax.text(node) for node, one in others}
        others = [
            (n, one) for n, one in others if not any(f"{one.name}(" in t for k, t in texts.items() if k != one.name)
        ]
    if not named and len(others) != 1:
        return Part(code)
    node, one = most_alike(named or others, syntax, stub.definition)
    return fitted(syntax, node, one, stub)


def fitted(syntax: Syntax, node: Node, one: Definition, stub: Stub) -> Part:
    """The code with a function named as the stub's is; one that takes other parameters is called by the stub."""
    wanted = stub.definition
    if len(one.parameters) != len(wanted.parameters):
        if (called := with_helper(syntax, node, one, wanted)) is not None:
            return Part(called)
        theirs, ours = f"({', '.join(one.parameters)})", f"({', '.join(wanted.parameters)})"
        return Part("", refused=Message("answer-other-signature", written=one.name + theirs, wanted=wanted.name + ours))
    left = [name for name in one.parameters if name not in wanted.parameters]
    new = dict(zip(left, [name for name in wanted.parameters if name not in one.parameters], strict=False))
    new |= _receiver(syntax, node, stub)
    if one.name == wanted.name and not new:
        return Part(syntax.cut(0, len(syntax.data)))
    return Part(renamed(syntax, node, one.name, wanted.name, new))


def _receiver(syntax: Syntax, node: Node, stub: Stub) -> dict[str, str]:
    """The name of Go's receiver in the file, by that in the answer."""
    receiver = node.child_by_field_name("receiver")
    theirs = _RECEIVER.match(syntax.text(receiver)) if receiver is not None else None
    ours = _RECEIVER.search(stub.text[stub.text.rfind("func") :]) if theirs is not None else None
    return {theirs[1]: ours[1]} if theirs and ours and theirs[1] != ours[1] else {}


def _within(node: Node, syntax: Syntax) -> bool:
    """Whether it stands in another function."""
    above = node.parent
    while above is not None:
        if above.type in syntax.shape.functions:
            return True
        above = above.parent
    return False
