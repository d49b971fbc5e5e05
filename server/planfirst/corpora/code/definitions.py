"""What a definition is in a grammar's tree: its name, its body, and what belongs to it."""

from __future__ import annotations

from tree_sitter import Node

from planfirst.corpora.code.grammars import Grammar
from planfirst.corpora.code.node_text import text_of

_VALUES = {"arrow_function", "function_expression", "function", "generator_function"}
_NAMES = {
    *("identifier", "field_identifier", "type_identifier", "property_identifier", "private_property_identifier"),
    *("qualified_identifier", "destructor_name", "operator_name", "operator_cast"),
}


def is_definition(node: Node, grammar: Grammar) -> bool:
    """Whether it is a function or type, or wraps one: decorators, ``export const f = …``, ``typedef struct …``."""
    if node.type in grammar.functions | grammar.types or is_named_function(node):
        return True
    wraps = node.type in grammar.wrappers or "declaration" in node.type
    return wraps and any(is_definition(child, grammar) for child in node.named_children)


def is_named_function(node: Node) -> bool:
    """``const f = (x) => …``"""
    if node.type not in ("variable_declarator", "public_field_definition", "field_definition"):
        return False
    value = node.child_by_field_name("value")
    return value is not None and value.type in _VALUES


def name_of(node: Node) -> str:
    """Its name, with no more than 200 characters; empty where it has none."""
    named = node.child_by_field_name("name") or node.child_by_field_name("property")
    if named is None and node.type == "type_declaration":  # Go: the name is in the specification
        named = next((n for child in node.named_children if (n := child.child_by_field_name("name"))), None)
    inner: Node | None = node
    while named is None and inner is not None:  # C: the name is inside the declarators
        inner = inner.child_by_field_name("declarator") or next(
            (child for child in inner.named_children if child.type in _NAMES or "declarator" in child.type), None
        )
        if inner is not None and inner.type in _NAMES:
            named = inner
    return text_of(named)[:200] if named is not None else ""


def receiver_of(node: Node) -> str:
    """The type that a Go method belongs to."""
    receiver = node.child_by_field_name("receiver")
    return text_of(receiver).strip("()").split()[-1].lstrip("*").split("[")[0] if receiver is not None else ""


def body_of(node: Node) -> Node | None:
    """The node with its statements or members; None where it has none."""
    if node.type == "type_declaration":
        return node
    if is_named_function(node):
        value = node.child_by_field_name("value")
        return value and value.child_by_field_name("body")
    return node.child_by_field_name("body") or node.child_by_field_name("value")


def whole_of(node: Node, grammar: Grammar) -> Node:
    """The node with what belongs to it: decorators, ``export``, ``template``, ``const``."""
    while node.parent is not None and (
        node.parent.type in grammar.wrappers or (is_named_function(node) and "declaration" in node.parent.type)
    ):
        if node.parent.type == "declaration" and node.type not in grammar.types:
            break
        node = node.parent
        while node.parent is not None and node.parent.type in grammar.wrappers:
            node = node.parent
    return node


def docstring_of(node: Node) -> Node | None:
    """The statement that is a Python docstring; None if there is none, or nothing else."""
    body = node.child_by_field_name("body")
    first = body.named_children[0] if body is not None and body.named_children else None
    if first is None or first.type != "expression_statement" or not first.named_children:
        return None
    return (
        first if first.named_children[0].type == "string" and body is not None and body.named_child_count > 1 else None
    )


def method_bodies(node: Node, grammar: Grammar) -> list[Node]:
    """The bodies of the functions in a type, those of nested types included."""
    found, todo = [], list(node.named_children)
    while todo:
        child = todo.pop()
        body = body_of(child) if child.type in grammar.functions or is_named_function(child) else None
        if body is not None:
            found.append(body)
        elif child.type not in grammar.functions:
            todo += child.named_children
    return found
