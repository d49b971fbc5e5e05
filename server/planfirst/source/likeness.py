"""Which of several functions of one name in an answer is the one that is to be written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.definitions import Definition, type_around
from planfirst.source.nodes import types_of
from planfirst.source.stubs import Stub
from planfirst.source.syntax import Syntax, named

if TYPE_CHECKING:
    from tree_sitter import Node


def most_alike(found: Sequence[tuple[Node, Definition]], syntax: Syntax, wanted: Definition) -> tuple[Node, Definition]:
    """Of functions of an answer, the one that stands in the same type and takes the same; of equals, the last.

    Args:
        wanted: the function of the file.
    """
    function = wanted.body.parent if wanted.body is not None else wanted.node
    assert function is not None
    header, holder = _header(function, wanted.body), _holder(function, syntax)
    types = _bare(types_of(wanted, syntax))

    def likeness(pair: tuple[Node, Definition]) -> tuple[bool, ...]:
        node, one = pair
        return (
            one.owner == wanted.owner,
            _holder(node, syntax) == holder,
            len(one.parameters) == len(wanted.parameters),
            _accessor(node) == _accessor(function),
            _bare(types_of(one, syntax)) == types,
            one.parameters == wanted.parameters,
            _header(node, one.body) == header,
            one.body is not None and any(inner.type not in syntax.shape.comments for inner in named(one.body)),
        )

    return max(reversed(list(found)), key=likeness)


def decorators_of(text: str, stub: Stub | None) -> frozenset[str]:
    """The decorators above a Python function in its file, each on one row, without white space."""
    rows = lined.split(text)[stub.first : stub.header_first] if stub is not None else []
    return frozenset("".join(row.strip()[1:].split()) for row in rows if row.lstrip().startswith("@"))


def _bare(types: str) -> str:
    return "".join(types.split())


def _header(node: Node, body: Node | None) -> bytes:
    """A function's text up to its body, without white space."""
    text = node.text or b""
    return b"".join(text[: body.start_byte - node.start_byte].split()) if body is not None else b""


def _holder(node: Node, syntax: Syntax) -> bytes:
    """What says which type a function stands in: in Rust, a type and a trait."""
    around = type_around(node, syntax)
    if around is None or around.type != "impl_item":
        return b""
    kinds = (around.child_by_field_name("trait"), around.child_by_field_name("type"))
    return b" ".join((one.text or b"") if one is not None else b"" for one in kinds)


def _accessor(node: Node) -> str:
    """``get`` or ``set``; empty for another function."""
    return next((child.type for child in node.children if child.type in ("get", "set")), "")
