"""The same names as in `awaited`, in JavaScript and TypeScript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from planfirst.source.syntax import Syntax, walk

if TYPE_CHECKING:
    from tree_sitter import Node

# What the language, Node.js and browsers bring along, besides what has a capital letter.
_KNOWN: Final = frozenset(
    (
        *("undefined", "arguments", "globalThis", "console", "isNaN", "isFinite", "parseInt", "parseFloat", "eval"),
        *("process", "require", "module", "exports", "__dirname", "__filename", "global", "performance", "crypto"),
        *("window", "document", "self", "top", "parent", "navigator", "location", "history", "screen", "event", "name"),
        *("localStorage", "sessionStorage", "indexedDB", "caches", "fetch", "structuredClone", "status", "origin"),
        *("describe", "it", "test", "expect", "jest", "vi", "$", "jQuery"),
    )
)
_NAMES = frozenset(("identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern"))
# Where a name is bound: the fields of a node, or all that is in it where there are none.
_BINDERS: Final[dict[str, tuple[str, ...]]] = {
    "variable_declarator": ("name",),
    "function_declaration": ("name",),
    "generator_function_declaration": ("name",),
    "function_signature": ("name",),
    "function_expression": ("name",),
    "class_declaration": ("name",),
    "class": ("name",),
    "enum_declaration": ("name",),
    "internal_module": ("name",),
    "module": ("name",),
    "arrow_function": ("parameter",),
    "catch_clause": ("parameter",),
    "for_in_statement": ("left",),
    "assignment_expression": ("left",),
    "formal_parameters": (),
    "import_clause": (),
    "import_require_clause": (),
    "import_alias": (),
}
_APART = frozenset(("decorator", "jsx_opening_element", "jsx_closing_element", "jsx_self_closing_element"))


def bound(syntax: Syntax) -> set[str]:
    """The names that something in a file declares or sets, in whatever scope, and those that are always there."""
    found = set(_KNOWN)
    for node in walk(syntax.root):
        fields = _BINDERS.get(node.type)
        if fields is None:
            continue
        inner = [node] if not fields else [one for field in fields if (one := node.child_by_field_name(field))]
        for one in inner:
            if node.type != "assignment_expression" or one.type in ("identifier", "array_pattern", "object_pattern"):
                found |= {syntax.text(leaf) for leaf in walk(one) if leaf.type in _NAMES}
    return found


def awaited_nodes(syntax: Syntax, last: int, until: int) -> tuple[str, ...]:
    """The names that the code below a request reads and nothing in the file sets, in their order.

    Args:
        last: the last row of the request, from zero.
        until: the row before which it ends.
    """
    if syntax.root.has_error:
        return ()
    owner = _owner(syntax, last)
    if owner is None:
        return ()
    known = bound(syntax)
    names = dict.fromkeys(syntax.text(node) for node in _read(owner) if last < syntax.first(node) < until)
    return tuple(name for name in names if name not in known and not (name[:1].isupper() and not name.isupper()))


def _owner(syntax: Syntax, row: int) -> Node | None:
    """The function around a row, or the file; None directly within a class."""
    owner: Node | None = syntax.root
    for node in syntax.touching(row, row):
        if node is syntax.root or not syntax.first(node) < row < syntax.last(node):
            continue
        if node.type in syntax.shape.functions:
            owner = node
        elif node.type in syntax.shape.types:
            owner = None
    return owner


def _read(owner: Node) -> Iterator[Node]:
    """The names that a block reads, and does not only call or ask the type of, in the order of the text."""
    todo = [owner]
    while todo:
        node = todo.pop()
        if node.type in ("identifier", "shorthand_property_identifier"):
            yield node
        aside = None
        if node.type == "call_expression":
            aside = node.child_by_field_name("function")
        elif node.type == "unary_expression" and node.children[0].type == "typeof":
            aside = node.child_by_field_name("argument")
        todo += [
            child
            for child in reversed(node.children)
            if child.type not in _APART and (child != aside or child.type != "identifier")
        ]
