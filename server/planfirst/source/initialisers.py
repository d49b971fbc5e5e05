"""The members that a C++ constructor sets before its body: they stand in its header, which is the file's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.definitions import definition_of
from planfirst.source.stubs import Stub
from planfirst.source.syntax import Syntax, syntax_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node


_LIST = "field_initializer_list"


def initialised(text: str, code: str, stub: Stub) -> list[str] | None:
    """The row of the file's header that ends with its brace, with what the answer's constructor has before its body.

    None where the answer has nothing there, or the file has something already.
    """
    own = stub.definition.body.parent if stub.definition.body is not None else None
    if stub.kind != "function" or own is None or any(one.type == _LIST for one in own.named_children):
        return None
    syntax = syntax_of(code, "cpp")
    found = _list_of(syntax, stub) if syntax is not None else None
    if syntax is None or found is None:
        return None
    said = " ".join(row.strip() for row in syntax.text(found).split("\n"))
    row = stub.hole.before or lined.bare(lined.split(text)[stub.header_last])
    brace = row.rfind("{")
    before = row[:brace].rstrip()
    return [f"{before} {said} {row[brace:]}"] if before else [f"{row[:brace]}    {said}", row]


def _list_of(syntax: Syntax, stub: Stub) -> Node | None:
    for node in walk(syntax.root):
        if node.type == _LIST and node.parent is not None:
            one = definition_of(node.parent, syntax)
            if one.name == stub.definition.name and one.parameters == stub.definition.parameters:
                return node
    return None
