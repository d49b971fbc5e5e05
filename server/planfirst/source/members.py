"""A method that an answer writes within its type, in a language with braces, and what it needs of that type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.definitions import definition_of
from planfirst.source.filling import defines, with_comments
from planfirst.source.indent import kept_rows
from planfirst.source.languages import language_of
from planfirst.source.likeness import most_alike
from planfirst.source.nodes import names_at_top
from planfirst.source.part import Part, listed
from planfirst.source.shapes import ECMA
from planfirst.source.stubs import Stub
from planfirst.source.surroundings import walk_types
from planfirst.source.syntax import Syntax, named, syntax_of, walk
from planfirst.source.written_nodes import fitted
from planfirst.words import Message

if TYPE_CHECKING:
    from tree_sitter import Node

_NAMES = frozenset(
    ("identifier", "property_identifier", "private_property_identifier", "field_identifier", "type_identifier")
)


def method_for(text: str, stub: Stub, code: str, language: str) -> Part | None:
    """The method of an answer that is a type, with the members that it needs and the file's type lacks.

    In JavaScript and TypeScript also that of an answer of bare methods.

    Args:
        text: the file.

    Returns:
        Code that goes on from the stub's header; None where the answer is written otherwise.
    """
    if stub.kind != "function" or not stub.definition.owner:
        return None
    found = _found(code, stub, language)
    if found is None and language in ECMA:
        code = f"class {stub.definition.owner} {{\n{code}\n}}"
        found = _found(code, stub, language)
    if found is None:
        return None
    code, syntax, method, body = found
    one = definition_of(method, syntax)
    if one.body is None:
        return None
    needed = _needed(method, body, syntax, _members_of(text, stub, language))
    if needed and definition_of(method, syntax).owner != stub.definition.owner and language != "java":
        lost = listed([name for node in needed for name in _names(node, syntax)[:1]])
        return Part("", refused=Message("answer-calls-missing", names=lost))
    opening = next((child for child in one.body.children if child.type == "{"), None)
    if opening is None:
        return None
    header = syntax.cut(one.start, opening.end_byte)
    rows = _flush(code, syntax, one.start, one.body.end_byte, language)
    inner = "\n".join(rows)[len(header) - _moved_by(header, syntax, one.start) :]
    parts = [_flush(code, syntax, _outer(node, syntax), _end(node, syntax), language) for node in needed]
    above = _above([method, *needed], syntax, text, language)
    imports = [syntax.text(node).strip() for node in syntax.root.named_children if _is_import(node)]
    beside = tuple(row for rows in parts for row in ("", *rows))
    return Part("\n".join([*imports, stub.text + inner]), above=tuple(above), beside=beside)


def _found(code: str, stub: Stub, language: str) -> tuple[str, Syntax, Node, Node] | None:
    """The code with the stub's names, its tree, and the method in it with the body of its type."""
    for _ in range(2):
        syntax = syntax_of(code, language)
        if syntax is None or syntax.root.has_error:
            return None
        at = _method(syntax, stub)
        if at is None:
            return None
        part = fitted(syntax, at[0], definition_of(at[0], syntax), stub)
        if part.refused or part.code == code:
            return None if part.refused else (code, syntax, *at)
        code = part.code
    return None


def _method(syntax: Syntax, stub: Stub) -> tuple[Node, Node] | None:
    wanted = stub.definition
    found: list[tuple[Node, Node]] = []
    for kind in walk_types(syntax):
        body = definition_of(kind, syntax).body
        for member in named(body) if body is not None else []:
            inner = member.child_by_field_name("value") if member.type in syntax.shape.wrappers else member
            one = definition_of(inner, syntax) if inner is not None and inner.type in syntax.shape.functions else None
            if body is not None and inner and one and one.name == wanted.name and one.body is not None:
                found.append((inner, body))
    if not found:
        return None
    chosen = most_alike([(node, definition_of(node, syntax)) for node, _ in found], syntax, wanted)[0]
    return next(one for one in found if one[0] == chosen)


def _needed(method: Node, body: Node, syntax: Syntax, has: set[str]) -> list[Node]:
    """The other members that a method uses, directly or not, and the file's type does not have."""
    members = [node for node in named(body) if not _holds(node, method) and node.type not in syntax.shape.comments]
    found: list[Node] = []
    todo = [method]
    while todo:
        used = {syntax.text(leaf) for leaf in walk(todo.pop()) if leaf.type in _NAMES}
        for node in members:
            names = set(_names(node, syntax))
            if node not in found and names & used and not names & has:
                found.append(node)
                todo.append(node)
    return sorted(found, key=lambda node: node.start_byte)


def _above(users: list[Node], syntax: Syntax, text: str, language: str) -> list[str]:
    """The rows of what stands at the top of the answer, is used by these members, and is not in the file."""
    file = syntax_of(text, language)
    has = {name for node in (file.root.named_children if file is not None else ()) for name in names_at_top(node, file)}
    tops = [one for one in syntax.root.named_children if defines(one, syntax) and not _holds(one, users[0])]
    found: list[Node] = []
    todo = list(users)
    while todo:
        used = {syntax.text(leaf) for leaf in walk(todo.pop()) if leaf.type in _NAMES}
        more = [one for one in tops if one not in found and set(names_at_top(one, syntax)) & used - has]
        found += more
        todo += more
    ordered = sorted(found, key=lambda node: node.start_byte)
    return [row for node in ordered for row in ("", *with_comments(node, syntax))]


def _holds(node: Node, inner: Node) -> bool:
    return node.start_byte <= inner.start_byte and inner.end_byte <= node.end_byte


def _names(member: Node, syntax: Syntax) -> list[str]:
    """What a member declares."""
    if member.type in syntax.shape.functions:
        return [definition_of(member, syntax).name]
    if member.type not in syntax.shape.fields:
        return []
    return [syntax.text(one) for one in _declared(member)]


def _declared(member: Node) -> Iterator[Node]:
    for declarator in member.children_by_field_name("declarator") or [member]:
        name = declarator.child_by_field_name("name") or declarator.child_by_field_name("property") or declarator
        leaf = next((one for one in walk(name) if one.type in _NAMES), None)
        if leaf is not None:
            yield leaf


def _members_of(text: str, stub: Stub, language: str) -> set[str]:
    """The names of all members of the file's types of that name."""
    file = syntax_of(text, language)
    found: set[str] = {stub.definition.owner}
    for kind in walk_types(file) if file is not None else ():
        one = definition_of(kind, file) if file is not None else None
        if file is not None and one is not None and one.name == stub.definition.owner and one.body is not None:
            found.update(name for member in named(one.body) for name in _names(member, file))
    return found


def _flush(code: str, syntax: Syntax, start: int, end: int, language: str) -> list[str]:
    """The rows of a part of the code, without the indentation of its first."""
    first = syntax.line(start)
    indent = lined.leading(syntax.lines[first])
    kept = kept_rows(code, language_of(language))
    rows = syntax.cut(start, end).split("\n")
    return [row if n and first + n in kept else row.removeprefix(indent) for n, row in enumerate(rows)]


def _moved_by(header: str, syntax: Syntax, start: int) -> int:
    """The characters that flushing takes from a header of several rows."""
    indent = lined.leading(syntax.lines[syntax.line(start)])
    return sum(len(indent) for row in header.split("\n")[1:] if row.startswith(indent))


def _outer(node: Node, syntax: Syntax) -> int:
    """Where a member begins, with the comments and annotations directly above it."""
    first = syntax.first(node)
    while first and syntax.lines[first - 1].strip().startswith(("//", "/*", "*", "@", "#[")):
        first -= 1
    return syntax.byte(first, len(lined.leading(syntax.lines[first])))


def _end(node: Node, syntax: Syntax) -> int:
    """Where a member ends, with the semicolon that its grammar may leave out."""
    return node.end_byte + (syntax.data[node.end_byte : node.end_byte + 1] == b";")


def _is_import(node: Node) -> bool:
    return "import" in node.type or node.type in ("use_declaration", "preproc_include", "using_declaration")
