"""C++ functions that an answer defines outside of their class, for a place within it: ``int Stack::pop() { … }``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.definitions import definition_of
from planfirst.source.echo_nodes import type_around
from planfirst.source.site import Site
from planfirst.source.surroundings import walk_types
from planfirst.source.syntax import Syntax, named, syntax_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_DECLARATIONS = ("field_declaration", "declaration")


def within_class(text: str, site: Site, code: str) -> str:
    """The code with such functions of the class around as its members, in the place of declarations that it has.

    Args:
        text: the file that the site is in.
    """
    file, answer = syntax_of(text, "cpp"), syntax_of(code, "cpp")
    around = type_around(file, site) if file is not None else None
    if file is None or around is None or answer is None or answer.root.has_error:
        return code
    owner = definition_of(around, file).name
    declared = [
        (_signature(node), node)
        for one in walk_types(answer)
        if (found := definition_of(one, answer)).name == owner and found.body is not None
        for node in named(found.body)
        if node.type in _DECLARATIONS
    ]
    edits: list[tuple[int, int, str]] = []
    for top in answer.root.named_children:
        inner = top.named_children[-1] if top.type == "template_declaration" else top
        qualified = _qualified(inner, owner) if inner.type == "function_definition" else None
        if qualified is None:
            continue
        name = qualified.child_by_field_name("name")
        assert name is not None  # a qualified name ends with one
        member = answer.cut(inner.start_byte, qualified.start_byte) + answer.cut(name.start_byte, inner.end_byte)
        places = [node for signature, node in declared if signature == _signature(inner)]
        if places:
            edits.append((top.start_byte, top.end_byte, ""))
            edits.append((places[0].start_byte, places[0].end_byte, _indented(member, places[0], answer)))
        else:
            edits.append((top.start_byte, top.end_byte, member))
    data = answer.data
    for start, end, text in sorted(edits, reverse=True):
        data = data[:start] + text.encode("utf-8", "replace") + data[end:]
    return data.decode("utf-8", "replace").rstrip("\n") if edits else code


def _declarator(node: Node) -> Node | None:
    return next((one for one in walk(node) if one.type == "function_declarator"), None)


def _qualified(function: Node, owner: str) -> Node | None:
    """The name of a function, where it is that of a member of a class, written with the class."""
    declarator = _declarator(function)
    name = declarator.child_by_field_name("declarator") if declarator is not None else None
    scope = name.child_by_field_name("scope") if name is not None and name.type == "qualified_identifier" else None
    said = (scope.text or b"").decode("utf-8", "replace") if scope is not None else ""
    return name if said.partition("<")[0].strip() == owner else None


def _signature(node: Node) -> tuple[str, int]:
    """The name of a function and how many parameters it has."""
    declarator = _declarator(node)
    if declarator is None:
        return "", -1
    name = declarator.child_by_field_name("declarator")
    if name is not None and name.type == "qualified_identifier":
        name = name.child_by_field_name("name")
    parameters = declarator.child_by_field_name("parameters")
    return (name.text or b"").decode("utf-8", "replace") if name else "", len(named(parameters)) if parameters else 0


def _indented(text: str, place: Node, answer: Syntax) -> str:
    indent = lined.leading(answer.lines[answer.first(place)])
    first, *rest = text.split("\n")
    return "\n".join([first, *(f"{indent}{row}" if row else row for row in rest)])
