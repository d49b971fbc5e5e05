"""Comments among the attributes of a JSX element: what an answer has for them goes there, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.part import Part
from planfirst.source.shapes import ECMA
from planfirst.source.site import Site
from planfirst.source.syntax import Syntax, syntax_of, walk
from planfirst.words import Message

if TYPE_CHECKING:
    from tree_sitter import Node

OPENING = frozenset(("jsx_opening_element", "jsx_self_closing_element"))
_ATTRIBUTES = frozenset(("jsx_attribute", "jsx_expression"))


def attributes_for(text: str, site: Site, code: str, language: str) -> Part | None:
    """The attributes of an answer that the element around the request lacks; None for a request elsewhere.

    The answer may be bare attributes, the element, or all that is around it.
    """
    file = syntax_of(text, language) if language in ECMA and site.kind == "comment" else None
    element = _element_around(file, site) if file is not None else None
    if file is None or element is None:
        return None
    has = {_name(one, file) for one in _attributes(element)}
    tag = _tag(element, file)
    for whole in (f"<{tag}\n{code}\n/>", code):
        answer = syntax_of(whole, "typescriptreact")
        if answer is None or answer.root.has_error:
            continue
        same = [node for node in walk(answer.root) if node.type in OPENING and _tag(node, answer) == tag]
        new = [one for node in same[-1:] for one in _attributes(node) if _name(one, answer) not in has]
        if new:
            return Part("\n".join(row for one in new for row in _rows(one, answer)))
        if same:
            return Part("", refused=Message("answer-repeats"))
    return Part("", refused=Message("answer-breaks-file"))


def _element_around(file: Syntax, site: Site) -> Node | None:
    byte = file.byte(site.first, len(site.indent))
    node = file.root.descendant_for_byte_range(byte, byte + 1)
    while node is not None and node.type in file.shape.comments | {"jsx_expression", "{"}:
        node = node.parent
    return node if node is not None and node.type in OPENING else None


def _attributes(element: Node) -> list[Node]:
    found = [one for one in element.named_children if one.type in _ATTRIBUTES]
    return [one for one in found if any("comment" not in inner.type for inner in one.named_children)]


def _name(attribute: Node, syntax: Syntax) -> str:
    """What an attribute sets; of a spread, all of it."""
    if attribute.type == "jsx_attribute" and attribute.named_children:
        return syntax.text(attribute.named_children[0])
    return syntax.text(attribute)


def _tag(element: Node, syntax: Syntax) -> str:
    name = element.child_by_field_name("name")
    return syntax.text(name) if name is not None else ""


def _rows(attribute: Node, syntax: Syntax) -> list[str]:
    indent = lined.leading(syntax.lines[syntax.first(attribute)])
    return [row.removeprefix(indent) for row in syntax.text(attribute).split("\n")]
