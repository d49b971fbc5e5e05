"""TypeScript as JavaScript, where nothing but types is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planfirst.source.foreign import reads
from planfirst.source.syntax import Syntax, syntax_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

Span = tuple[int, int]
_TYPES = frozenset(
    (
        *("type_annotation", "type_predicate_annotation", "asserts_annotation", "type_parameters", "type_arguments"),
        *("interface_declaration", "type_alias_declaration", "ambient_declaration", "implements_clause"),
        *("function_signature", "method_signature", "abstract_method_signature", "index_signature"),
        *("accessibility_modifier", "override_modifier"),
    )
)
_SIGNATURES = frozenset(("method_signature", "abstract_method_signature", "index_signature"))
_MARKS = {  # single tokens, and the nodes in which they speak of types
    "readonly": ("public_field_definition",),
    "abstract": ("abstract_class_declaration",),
    "declare": ("public_field_definition",),
    "?": ("optional_parameter", "public_field_definition", "method_definition"),
    "!": ("non_null_expression", "variable_declarator", "public_field_definition"),
}
_LEADING = frozenset(("accessibility_modifier", "override_modifier", "readonly", "abstract", "declare"))
_VALUES = frozenset(("identifier", "shorthand_property_identifier"))


def without_types(code: str, language: str) -> str | None:
    """The code without its types; None where it is no TypeScript, or more than types would be lost.

    Args:
        language: the file's, by the editor's id: JavaScript, with JSX or without.
    """
    for one in ("typescriptreact", "typescript"):  # `<T>x` means something else in the two
        syntax = syntax_of(code, one)
        if syntax is None or syntax.root.has_error or (spans := _spans(syntax)) is None:
            continue
        plain = _cut(code, syntax, spans)
        if spans and plain and reads(plain, language):
            return plain
    return None


def _spans(syntax: Syntax) -> list[Span] | None:
    """The bytes that speak of types; None where some of them do more than that."""
    found: list[Span] = []
    for node in walk(syntax.root):
        if any(start <= node.start_byte and node.end_byte <= end for start, end in found[-1:]):
            continue
        if node.type.endswith("_parameter") and any(one.type in _LEADING for one in node.children):
            return None  # a parameter that makes a field
        if (span := _span(node, syntax)) is not None:
            found.append(span)
    imports = _imports_of_types(syntax, found)
    return sorted([*found, *imports]) if imports is not None else None


def _span(node: Node, syntax: Syntax) -> Span | None:
    kind, parent = node.type, node.parent.type if node.parent is not None else ""
    if kind in ("export_statement", "import_statement"):
        is_type = any(child.type == "type" or child.type in _TYPES for child in node.children)
        return (node.start_byte, node.end_byte) if is_type else None
    if kind in ("as_expression", "satisfies_expression"):
        return node.named_children[0].end_byte, node.end_byte
    if kind == "class_heritage" and node.named_children[0].type == "implements_clause":
        return _with_blanks_before(node, syntax)
    if kind not in _TYPES and parent not in _MARKS.get(kind, ()):
        return None
    if kind in _LEADING:
        after = syntax.data[node.end_byte :]
        return node.start_byte, node.end_byte + len(after) - len(after.lstrip(b" \t"))
    if kind in _SIGNATURES:
        return node.start_byte, node.end_byte + (syntax.data[node.end_byte : node.end_byte + 1] == b";")
    return _with_blanks_before(node, syntax) if kind == "implements_clause" else (node.start_byte, node.end_byte)


def _with_blanks_before(node: Node, syntax: Syntax) -> Span:
    return len(syntax.data[: node.start_byte].rstrip(b" \t")), node.end_byte


def _imports_of_types(syntax: Syntax, spans: list[Span]) -> list[Span] | None:
    """The imports of names that only types use; None where an import has such names and others."""
    read = {syntax.text(leaf) for leaf in _leaves_outside(syntax, spans)}
    typed = {syntax.text(leaf) for start, end in spans for leaf in walk(syntax.root) if _is_type(leaf, start, end)}
    found: list[Span] = []
    for node in syntax.root.named_children:
        if node.type != "import_statement" or (node.start_byte, node.end_byte) in spans:
            continue
        parts = [one for one in walk(node) if one.type == "import_specifier"]
        names = {syntax.text(one) for one in walk(node) if one.type == "identifier"}
        marked = any(child.type == "type" for one in parts for child in one.children)
        if names and names <= typed - read:
            found.append((node.start_byte, node.end_byte))
        elif marked or names & (typed - read):
            return None
    return found


def _leaves_outside(syntax: Syntax, spans: list[Span]) -> Iterator[Node]:
    """The names of values, but those that are imported."""
    todo = [node for node in syntax.root.children if node.type != "import_statement"]
    while todo:
        node = todo.pop()
        if any(start <= node.start_byte and node.end_byte <= end for start, end in spans):
            continue
        if node.type in _VALUES:
            yield node
        todo += node.children


def _is_type(leaf: Node, start: int, end: int) -> bool:
    return leaf.type in ("type_identifier", "identifier") and start <= leaf.start_byte < end


def _cut(code: str, syntax: Syntax, spans: list[Span]) -> str:
    """The code without these bytes, and without the lines that hold nothing else."""
    kept, at = [], 0
    for start, end in spans:
        if end > at:
            gone = syntax.data[max(start, at) : end]
            kept += [syntax.data[at:start], b"\n" * gone.count(b"\n")]
            at = end
    kept.append(syntax.data[at:])
    rows = b"".join(kept).decode("utf-8", "replace").split("\n")
    old = code.split("\n")
    both = [(row, was) for row, was in zip(rows, old, strict=True) if row.strip() or not was.strip()]
    rows = [row if row == was else row.rstrip() for row, was in both]
    while rows and not rows[0]:
        del rows[0]
    return "\n".join(rows).rstrip()
