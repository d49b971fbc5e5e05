"""What code at a site can use: fields and methods of its type, and functions beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from planfirst.source.definitions import SIGNATURES, definition_of, owner_of, type_around
from planfirst.source.languages import Language
from planfirst.source.syntax import Syntax, named, syntax_of, walk

if TYPE_CHECKING:
    from tree_sitter import Node

MOST = 20
_MOST_FIELDS = 8
_MOST_METHODS = 8
_WIDTH = 120  # characters of a line
_WORD = re.compile(r"[A-Z]?[a-z]{2,}|[A-Z]{3,}")
_SPACES = re.compile(r"\s+")
_MOST_READ = 3000  # functions of a file


@lru_cache(maxsize=32)
def neighbours_of(text: str, line: int, language: Language, request: str = "") -> tuple[str, ...]:
    """Fields, then methods of the type around a line, then what else the file defines: functions, and outside of a
    type the types, too. What shares a word of its name with the request comes first, then the nearest.
    """
    syntax = syntax_of(text, language.id)
    if syntax is None:
        return ()
    here, owner, type_node = _around(syntax, line)
    functions = [node for node in _functions(syntax) if node != here and not _holds(node, syntax, line)]
    wanted = words_of(request)

    def far(node: Node) -> tuple[bool, int]:
        return wanted.isdisjoint(words_of(definition_of(node, syntax).name)), abs(syntax.first(node) - line)

    functions.sort(key=far)
    owners = {node.id: owner_of(node, syntax) for node in functions} if owner else {}
    methods = [node for node in functions if owner and owners[node.id] == owner]
    fields = list(dict.fromkeys(_fields(syntax, owner, type_node)))[:_MOST_FIELDS] if owner else []
    chosen = dict.fromkeys([*fields, *(_header(node, syntax) for node in methods[:_MOST_METHODS])])
    types = [] if owner else [node for node in walk_types(syntax) if not _holds(node, syntax, line)]
    for node in sorted([*functions, *types], key=far):
        if len(chosen) > MOST:
            break
        if node in types or (not owners.get(node.id) and type_around(node, syntax) is None):
            chosen.setdefault(_header(node, syntax))
    return tuple(filter(None, chosen))[:MOST]


def definition_around(syntax: Syntax, line: int) -> tuple[Node | None, bool]:
    """The innermost function or type around a line, and whether it is a type."""
    function, _, kind = _around(syntax, line)
    return (function, False) if function is not None else (kind, True)


def _around(syntax: Syntax, line: int) -> tuple[Node | None, str, Node | None]:
    """The function around a line, the name of its type or of the type around the line, and that type."""
    function: Node | None = None
    kind: Node | None = None
    for node in syntax.touching(line, line):
        if syntax.first(node) <= line <= syntax.last(node):
            if node.type in syntax.shape.functions:
                function = node
            elif node.type in syntax.shape.types:
                kind, function = node, None
    if kind is not None and (function is None or kind.start_byte > function.start_byte):
        return None, _type_name(kind, syntax), kind
    owner = owner_of(function, syntax) if function is not None else ""
    if not owner and function is not None:
        owner = definition_of(function, syntax).owner
    return function, owner, kind


def _type_name(node: Node, syntax: Syntax) -> str:
    kind = node.child_by_field_name("type") if node.type == "impl_item" else None
    return syntax.text(kind).split("<")[0] if kind is not None else definition_of(node, syntax).name


def _functions(syntax: Syntax) -> list[Node]:
    """The functions of a file, without those in others."""
    found: list[Node] = []
    todo = [syntax.root]
    while todo and len(found) < _MOST_READ:
        node = todo.pop()
        if node.type in syntax.shape.functions | SIGNATURES:
            found.append(node)
        else:
            todo += reversed(node.named_children)
    return found


def words_of(text: str) -> frozenset[str]:
    """The words of a text, or of a name in any style, without the ending of the plural."""
    return frozenset(word.lower().removesuffix("s") for word in _WORD.findall(text))


def _holds(node: Node, syntax: Syntax, line: int) -> bool:
    return syntax.first(node) <= line <= syntax.last(node)


def _header(node: Node, syntax: Syntax) -> str:
    """A function's header on one line, up to where its body begins."""
    found = definition_of(node, syntax)
    if not found.name:
        return ""
    body = found.body
    end = body.start_byte if body is not None else node.end_byte
    if syntax.shape.module == "tree_sitter_python":
        colon = next((child for child in node.children if child.type == ":"), None)
        end = colon.start_byte if colon is not None else end
    return _line(syntax.cut(found.start, end)).rstrip("{ ").removesuffix("=>").rstrip()


def _fields(syntax: Syntax, owner: str, type_node: Node | None) -> Iterator[str]:
    """The fields of the types of that name, as they are declared or first assigned."""
    python = syntax.shape.module == "tree_sitter_python"
    for node in _types(syntax, owner) or ([type_node] if type_node is not None else []):
        body = definition_of(node, syntax).body
        if body is None:
            continue
        for member in named(body):
            inner = named(member)
            if member.type in syntax.shape.fields and not any(_is_function(one, syntax) for one in inner):
                yield _line(syntax.text(member)).rstrip(",;")
            elif python and member.type == "expression_statement" and inner and inner[0].type in syntax.shape.fields:
                yield _line(syntax.text(inner[0]))
        if python:
            yield from _assigned(body, syntax)


def _types(syntax: Syntax, owner: str) -> list[Node]:
    return [node for node in walk_types(syntax) if _type_name(node, syntax) == owner]


def walk_types(syntax: Syntax) -> Iterator[Node]:
    """The types of a file; those within functions are left out."""
    todo = [syntax.root]
    while todo:
        node = todo.pop()
        if node.type in syntax.shape.types:
            yield node
        if node.type not in syntax.shape.functions:
            todo += reversed(node.named_children)


def _assigned(body: Node, syntax: Syntax) -> Iterator[str]:
    """The ``self.x = …`` of a class, each name once."""
    seen: set[str] = set()
    for node in walk(body):
        if node.type != "assignment":
            continue
        left = node.child_by_field_name("left")
        if left is None or left.type != "attribute":
            continue
        name = syntax.text(left)
        if name.startswith("self.") and name not in seen:
            seen.add(name)
            yield _line(syntax.text(node))


def _is_function(node: Node, syntax: Syntax) -> bool:
    return node.type in syntax.shape.functions


def _line(text: str) -> str:
    line = _SPACES.sub(" ", text).strip()
    return line if len(line) <= _WIDTH else f"{line[: _WIDTH - 1]}…"
