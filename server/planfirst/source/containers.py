"""Modules and namespaces that stand within a file, in Rust, C++ and TypeScript: an answer may write them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.import_nodes import is_beside
from planfirst.source.indent import kept_rows
from planfirst.source.languages import language_of
from planfirst.source.syntax import Syntax, named, syntax_of

if TYPE_CHECKING:
    from tree_sitter import Node

_CONTAINERS = frozenset(("mod_item", "namespace_definition", "internal_module", "module"))
_AROUND = frozenset(("expression_statement", "export_statement", "ambient_declaration"))


def containers_around(file: Syntax, line: int) -> list[Node]:
    """Those that a line stands in, outer ones first."""
    byte = file.byte(line, 0)
    return [
        node
        for node in file.touching(line, line)
        if node.type in _CONTAINERS and node.start_byte < byte < node.end_byte and _body(node) is not None
    ]


def members_of(container: Node | None, file: Syntax) -> list[Node]:
    """What stands in one directly."""
    body = _body(container) if container is not None else None
    return named(body) if body is not None else []


def unwrapped(code: str, around: list[Node], file: Syntax, language: str) -> str:
    """The code without the containers that stand around its place in the file; its imports come first."""
    for container in around:
        answer = syntax_of(code, language)
        if answer is None or answer.root.has_error:
            return code
        inner = next((one for one in answer.root.named_children if _name(one, answer) == _name(container, file)), None)
        body = _body(inner) if inner is not None else None
        members = named(body) if body is not None else []
        if not members:
            continue
        first, last = answer.first(members[0]), answer.last(members[-1])
        kept = kept_rows(code, language_of(language))
        rows = [lined.bare(row) for row in answer.lines]
        indent = lined.leading(rows[first])
        flush = [row if n in kept else row.removeprefix(indent) for n, row in enumerate(rows)]
        imports = [answer.text(one).strip() for one in answer.root.named_children if is_beside(one, answer)]
        code = "\n".join([*imports, *([""] if imports else []), *flush[first : last + 1]])
    return code


def _inner(node: Node) -> Node | None:
    while node.type in _AROUND and node.named_children:
        node = node.named_children[-1]
    return node if node.type in _CONTAINERS else None


def _name(node: Node, syntax: Syntax) -> str:
    inner = _inner(node)
    name = inner.child_by_field_name("name") if inner is not None else None
    return syntax.text(name) if name is not None else ""


def _body(node: Node) -> Node | None:
    inner = _inner(node)
    return inner.child_by_field_name("body") if inner is not None else None
