"""What nodes of an answer and of a file define, for comparing the two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planfirst.source.definitions import Definition, definition_of
from planfirst.source.syntax import Syntax, walk

if TYPE_CHECKING:
    from tree_sitter import Node

Key = tuple[str, str, int, str]
_OVERLOADED = frozenset(("tree_sitter_java", "tree_sitter_cpp"))
_LISTS = frozenset(("formal_parameters", "parameter_list"))
_PASSING = frozenset(("(", ")", "const", "&", "&&", "final"))
_DECLARES = frozenset(("expression_statement", "assignment", "decorated_definition", "var_spec_list"))


def inner_of(node: Node, syntax: Syntax, kinds: frozenset[str]) -> Node | None:
    """The node of one of these kinds that a node is, or wraps."""
    while node.type not in kinds:
        if node.type not in syntax.shape.wrappers or not node.named_children:
            return None
        node = next((one for one in reversed(node.named_children) if "decorator" not in one.type), node)
    return node


def defined_in(node: Node, syntax: Syntax) -> Definition | None:
    """What a top-level node or a member defines."""
    inner = inner_of(node, syntax, syntax.shape.functions | syntax.shape.types)
    found = definition_of(inner, syntax) if inner is not None else None
    return found if found is not None and found.name else None


def key_of(one: Definition, syntax: Syntax) -> Key:
    """What a function or type is known by; where functions are overloaded by types, these count."""
    return one.owner, one.name, len(one.parameters), types_of(one, syntax)


def types_of(one: Definition, syntax: Syntax) -> str:
    """The types of a function's parameters, where there can be several of a name that differ by these alone.

    Args:
        syntax: of the same language; the function may stand in another tree.
    """
    if syntax.shape.module not in _OVERLOADED:
        return ""
    function = one.body.parent if one.body is not None else one.node
    listed = next((inner for inner in walk(function) if inner.type in _LISTS), None) if function is not None else None
    if listed is None:
        return ""
    names = set(one.parameters)
    leaves = [leaf for leaf in walk(listed) if not leaf.child_count and leaf.type not in syntax.shape.comments]
    said = ((leaf.text or b"").decode("utf-8", "replace") for leaf in leaves)
    return " ".join(text for text in said if text not in names and text not in _PASSING)


def known_in(nodes: Iterable[Node], syntax: Syntax) -> Known:
    """What some statements define."""
    nodes = [node for node in nodes if node.type not in syntax.shape.comments]
    found = {node.id: defined_in(node, syntax) for node in nodes}
    defined = {key_of(one, syntax): plain_of(node, syntax) for node in nodes if (one := found[node.id]) is not None}
    names = {name: node for node in nodes if found[node.id] is None for name in names_at_top(node, syntax)}
    plains = frozenset(plain_of(node, syntax) for node in nodes)
    traits = frozenset(trait for node in nodes if (trait := _implemented(node, syntax)))
    return Known(defined, {name: plain_of(node, syntax) for name, node in names.items()}, plains, traits)


@dataclass(frozen=True, slots=True)
class Known:
    """What a file defines: functions and types, and other names, each with its text; the texts of all statements.

    Attributes:
        traits: in Rust, what implements a trait for a type, which a crate does once.
    """

    defined: dict[Key, str]
    names: dict[str, str]
    plains: frozenset[str]
    traits: frozenset[str] = frozenset()

    def has(self, node: Node, syntax: Syntax) -> tuple[bool, str]:
        """Whether a statement says nothing new, and the name of what it says otherwise; empty for none."""
        plain = plain_of(node, syntax)
        if plain in self.plains:
            return True, ""
        one = defined_in(node, syntax)
        if one is not None:
            key = key_of(one, syntax)
            return (key in self.defined, one.name if key in self.defined else "")
        names = names_at_top(node, syntax)
        known = bool(names) and all(name in self.names for name in names)
        return known, names[0] if known else ""

    def implemented(self, node: Node, syntax: Syntax) -> str:
        """What implements a trait for a type that the file has it for, too, without ``impl``; empty for another."""
        head = _implemented(node, syntax)
        return head.removeprefix("impl ") if head in self.traits and plain_of(node, syntax) not in self.plains else ""


def _implemented(node: Node, syntax: Syntax) -> str:
    """The head of what implements a trait for a type; empty for another statement."""
    body = node.child_by_field_name("body")
    if node.type != "impl_item" or node.child_by_field_name("trait") is None or body is None:
        return ""
    return " ".join(syntax.cut(node.start_byte, body.start_byte).split())


def plain_of(node: Node, syntax: Syntax) -> str:
    """A node's text without comments and white space, for comparing."""
    leaves = [one for one in walk(node) if not one.child_count]
    return " ".join(syntax.text(one) for one in leaves if one.type not in syntax.shape.comments and one.type != ";")


def names_at_top(node: Node, syntax: Syntax | None) -> list[str]:
    """What a statement at the top declares."""
    if syntax is None or node.type in syntax.shape.comments:
        return []
    todo, found = [node], list[str]()
    while todo:
        one = todo.pop()
        if one.type.endswith(("invocation", "call_expression")):
            continue
        if one.type in syntax.shape.functions | syntax.shape.types:
            found.append(definition_of(one, syntax).name)
        elif (name := one.child_by_field_name("left" if one.type == "assignment" else "name")) is not None:
            found.append(syntax.text(name))
        elif one.type in syntax.shape.wrappers or one.type in _DECLARES or one.type.endswith("_declaration"):
            todo += one.named_children
    return found
