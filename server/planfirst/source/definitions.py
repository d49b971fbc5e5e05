"""Reads the node of a definition: its name, its parameters, its owner, and where it begins."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from planfirst.source.syntax import Syntax, named, walk

if TYPE_CHECKING:
    from tree_sitter import Node

_NAMES = frozenset(
    (
        *("identifier", "field_identifier", "type_identifier", "property_identifier", "private_property_identifier"),
        *("qualified_identifier", "destructor_name", "operator_name", "operator_cast"),
    )
)
SIGNATURES = frozenset(("function_signature", "method_signature"))  # TypeScript's overloads
_SELVES = frozenset(("self", "cls", "this", "void"))
_VALUES = frozenset(("arrow_function", "function_expression", "generator_function", "class"))
_LEADS = frozenset(("annotation", "marker_annotation", "decorator", "line_comment", "block_comment", "comment"))


@dataclass(frozen=True, slots=True)
class Definition:
    """A function or type.

    Attributes:
        name: empty for a function that is a value and has none.
        parameters: names, without ``self`` and the like.
        owner: the name of the type that it belongs to; empty for none.
        outer: the byte where it begins, decorators and attributes included.
        start: the byte where its header begins.
        node: its outermost node, which wrappers such as ``export`` are part of.
        body: what holds its statements or members, if it has one.
        overload: one of the headers that stand above the function which has the body.
    """

    name: str
    parameters: tuple[str, ...]
    owner: str
    outer: int
    start: int
    node: Node = field(compare=False, repr=False)
    body: Node | None = field(compare=False, repr=False)
    overload: bool


def definition_of(node: Node, syntax: Syntax) -> Definition:
    """What a node of a function or type says."""
    whole = _whole(node, syntax)
    name = _name(node, syntax) or _wrapped_name(node, syntax)  # with what it belongs to
    owner = owner_of(node, syntax)
    if not owner and "::" in name:
        owner = name.rpartition("::")[0].split("<")[0]
    outer = whole.start_byte
    siblings, here = syntax.beside(whole) if syntax.shape.marks else ([], 0)
    for above in reversed(siblings[:here]):
        if above.type in syntax.shape.marks:
            outer = above.start_byte
        elif above.type not in syntax.shape.comments:
            break
    inner = whole.child_by_field_name("definition") if whole.type == "decorated_definition" else None
    start = _after_annotations(inner or whole)
    return Definition(
        name.rpartition("::")[2],
        _parameters(node, syntax),
        owner,
        outer,
        start,
        whole,
        _body(node),
        is_overload(node, whole, syntax),
    )


def name_of(node: Node, syntax: Syntax) -> str:
    """The name of a function or type, without what it belongs to; empty for none."""
    return (_name(node, syntax) or _wrapped_name(node, syntax)).rpartition("::")[2]


def is_overload(node: Node, whole: Node | None, syntax: Syntax) -> bool:
    """Whether a definition has no body, and leaves it to another one of its name.

    Args:
        whole: what stands around it, with its decorators.
    """
    return node.type in SIGNATURES or (
        whole is not None
        and whole.type == "decorated_definition"
        and any(
            child.type == "decorator" and syntax.text(child).strip().rpartition(".")[2].lstrip("@") == "overload"
            for child in whole.named_children
        )
    )


def _body(node: Node) -> Node | None:
    if node.type not in ("interface_type", "struct_type"):
        declarator = node.child_by_field_name("declarator")
        if declarator is not None and not any("function_declarator" in inner.type for inner in walk(declarator)):
            return None  # C++: a class whose name has a macro before it is read as a function
        return node.child_by_field_name("body")
    if node.parent is None or node.parent.type != "type_spec":
        return None  # Go: a type without a name, as in ``interface{}``
    if node.type == "interface_type":
        return node
    return next((child for child in node.named_children if child.type == "field_declaration_list"), None)


def owner_of(node: Node, syntax: Syntax) -> str:
    """The name of the type that a definition belongs to."""
    receiver = node.child_by_field_name("receiver")
    if receiver is not None:
        return syntax.text(receiver).strip("()").split()[-1].lstrip("*").split("[")[0]
    holder = type_around(node, syntax)
    if holder is None:
        return ""
    kind = holder.child_by_field_name("type") if holder.type == "impl_item" else None
    return syntax.text(kind).split("<")[0] if kind else _name(holder, syntax) or _wrapped_name(holder, syntax)


def type_around(node: Node, syntax: Syntax) -> Node | None:
    """The type that a node stands in, unless a function stands between."""
    above = node.parent
    while above is not None and above.type not in syntax.shape.types:
        if above.type in syntax.shape.functions:
            return None
        above = above.parent
    return above


def _whole(node: Node, syntax: Syntax) -> Node:
    """The node with what belongs to it: ``export``, ``const name =``, decorators, ``template``."""
    while node.parent is not None and node.parent.type in syntax.shape.wrappers:
        values = [child for child in node.parent.named_children if child.type == node.type]
        if len(values) > 1 or node.parent.type == "parenthesized_expression":
            break
        node = node.parent
    return node


def _after_annotations(node: Node) -> int:
    """Where the header begins behind annotations and decorators that are inside of the node."""
    first = node.children[0] if node.children else None
    for child in node.children:
        first = child
        if child.type == "modifiers" and any(part.type not in _LEADS for part in child.children):
            return next(part.start_byte for part in child.children if part.type not in _LEADS)
        if child.type not in _LEADS and child.type != "modifiers":
            break
    return first.start_byte if first is not None else node.start_byte


def _name(node: Node, syntax: Syntax) -> str:
    found = node.child_by_field_name("name")
    inner: Node | None = node
    while found is None and inner is not None:  # C: the name is inside the declarators
        inner = inner.child_by_field_name("declarator")
        if inner is None or inner.type not in _NAMES:
            continue
        found = inner
    return syntax.text(found)[:200] if found is not None else ""


def _wrapped_name(node: Node, syntax: Syntax) -> str:
    """The name that a function or type gets by what it is assigned to."""
    above = node.parent
    if above is None or (node.type not in _VALUES and above.type != "type_spec"):
        return ""
    for one in ("name", "key", "property", "left"):
        found = above.child_by_field_name(one)
        if found is not None and found != node:
            return syntax.text(found).rpartition(".")[2].strip("'\"")[:200]
    return ""


def _parameters(node: Node, syntax: Syntax) -> tuple[str, ...]:
    listed = node.child_by_field_name("parameters") or node.child_by_field_name("parameter")
    if listed is None:
        declarator = node.child_by_field_name("declarator")
        inner = (
            next((one for one in walk(declarator) if one.type == "function_declarator"), None) if declarator else None
        )
        listed = inner.child_by_field_name("parameters") if inner else None
    if listed is None:
        return ()
    if listed.type == "identifier":
        return (syntax.text(listed),)
    found: list[str] = []
    for one in named(listed):
        names = one.children_by_field_name("name") or one.children_by_field_name("pattern")
        names = names or one.children_by_field_name("declarator") or [one]
        for name in names:
            word = next((leaf for leaf in walk(name) if leaf.type in ("identifier", "self", "this")), None)
            if word is not None and one.type not in syntax.shape.comments and one.type != "receiver_parameter":
                found.append(syntax.text(word))
    return tuple(name for name in found if name not in _SELVES)
