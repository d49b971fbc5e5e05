"""Cuts a source file into functions, types and commented statements, each with what asks for it.

It knows nothing of files: bytes in, chunks out. A file with syntax errors gives what tree-sitter makes of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import dedent

from tree_sitter import Node

from planfirst.corpora.code.grammars import Grammar, parser_of
from planfirst.corpora.code.words import name_in_words, question_of

MAX_LINES = 80  # of a function or type; what is longer is cut, and says so
MIN_LINES = 2
_MAX_STATEMENT_LINES = 30
_NOTHING = {"pass", "...", "raise NotImplementedError", "raise NotImplementedError()", "todo!()", "unimplemented!()"}
_VALUES = {"arrow_function", "function_expression", "function", "generator_function"}
_NAMES = {
    *("identifier", "field_identifier", "type_identifier", "property_identifier", "private_property_identifier"),
    *("qualified_identifier", "destructor_name", "operator_name", "operator_cast"),
}


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of code.

    Attributes:
        name: with its owner, for example ``Reader.open``; empty for statements.
        question: what it does, in words.
        code: moved to the left margin.
        line: where it begins, counted from 1.
        about: the name in words, if the question is not made of it.
    """

    name: str
    question: str
    code: str
    line: int
    about: str = ""


def chunks(data: bytes, grammar: Grammar) -> Iterator[Chunk]:
    """The chunks of a file, in no particular order."""
    root = parser_of(grammar).parse(data).root_node
    todo: list[tuple[Node, str]] = [(root, "")]
    while todo:  # a loop: a tree can be deeper than Python's stack
        node, owner = todo.pop()
        if node.type in grammar.functions or _is_named_function(node):
            yield from _function(node, owner, grammar)
        elif node.type in grammar.types and _body(node) is not None:
            yield from _type(node, owner, grammar)
            owner = _name(node) or owner
        elif node.type == "impl_item" and (kind := node.child_by_field_name("type")):
            owner = _text(kind).split("<")[0]
        if node.type in grammar.holders:
            yield from _statements(node, data, grammar)
        todo += [(child, owner) for child in node.named_children]


def _function(node: Node, owner: str, grammar: Grammar) -> Iterator[Chunk]:
    name = _name(node)
    whole = _whole(node, grammar)
    docstring = _docstring(node) if grammar.line_comment == "#" else None
    code = _cut(whole, docstring)
    body = _body(node)
    if not name or code.count("\n") + 1 < MIN_LINES or body is None or _is_to_be_written(body, grammar):
        return  # a declaration, or too little to be an example
    qualifier, _, name = name.rpartition("::")
    holder = owner or _receiver(node) or qualifier.rpartition("::")[2]
    yield from _named(name, holder, whole, docstring, code, grammar)


def _is_to_be_written(body: Node, grammar: Grammar) -> bool:
    """Whether a body does nothing yet: what Planfirst is asked to write is no example of how to write it."""
    return body.type in ("block", "statement_block", "compound_statement", "constructor_body") and all(
        child.type in grammar.comments or _text(child).rstrip(";").strip() in _NOTHING or _is_words(child)
        for child in body.named_children
    )


def _is_words(node: Node) -> bool:
    """Whether a statement is a text and nothing else, as a docstring is."""
    return node.type == "expression_statement" and [child.type for child in node.named_children] == ["string"]


def _type(node: Node, owner: str, grammar: Grammar) -> Iterator[Chunk]:
    """A class or the like with its methods' bodies left out, since they are chunks of their own."""
    name = _name(node)
    whole = _whole(node, grammar)
    docstring = _docstring(node) if grammar.line_comment == "#" else None
    code = _cut(whole, *[b for b in [docstring, *_method_bodies(node, grammar)] if b is not None])
    if not name or code.count("\n") + 1 < MIN_LINES:
        return
    yield from _named(name, owner, whole, docstring, code, grammar)


def _named(name: str, owner: str, whole: Node, docstring: Node | None, code: str, grammar: Grammar) -> Iterator[Chunk]:
    """The chunk of a function or type: what is written about it asks for it, or else its name."""
    written = question_of(_unquoted(docstring)) if docstring else ""
    written = written or question_of(_leading(whole, grammar))
    words = name_in_words(name, owner)
    if written or words:
        called = f"{owner}.{name}" if owner else name
        line = whole.start_point[0] + 1
        yield Chunk(called, written or words, _short(code, grammar), line, words if written else "")


def _statements(holder: Node, data: bytes, grammar: Grammar) -> Iterator[Chunk]:
    """Comments among statements, each with the statements up to the next blank line or comment."""
    children = [*_comments_before(holder, grammar), *holder.named_children]
    for at, node in enumerate(children):
        if node.type not in grammar.comments or (at and _touches(children[at - 1], node, grammar)):
            continue
        comments, rest = [node], at + 1
        while (
            rest < len(children) and children[rest].type in grammar.comments and _follows(comments[-1], children[rest])
        ):
            comments.append(children[rest])
            rest += 1
        body: list[Node] = []
        while rest < len(children) and _follows((body or comments)[-1], children[rest]):
            child = children[rest]
            if child.type in grammar.comments or _is_definition(child, grammar):
                break
            body.append(child)
            rest += 1
        question = question_of("\n".join(_text(comment) for comment in comments)) if body else ""
        lines = body[-1].end_point[0] - body[0].start_point[0] + 1 if body else 0
        if question and len(question.split()) >= 3 and lines <= _MAX_STATEMENT_LINES:
            code = _lines(data, body[0], body[-1])
            if len(code) >= 20 and code.rstrip(";") not in _NOTHING:
                yield Chunk("", question, code, body[0].start_point[0] + 1)


def _comments_before(holder: Node, grammar: Grammar) -> list[Node]:
    """In Python's tree, the comments that a block begins with stand before it."""
    found: list[Node] = []
    if holder.type == "block" and grammar.line_comment == "#":
        above = holder.prev_named_sibling
        while above is not None and above.type in grammar.comments:
            found.insert(0, above)
            above = above.prev_named_sibling
    return found


def _is_definition(node: Node, grammar: Grammar) -> bool:
    """Whether it is a function or type, or wraps one: decorators, ``export const f = …``, ``typedef struct …``."""
    if node.type in grammar.functions | grammar.types or _is_named_function(node):
        return True
    wraps = node.type in grammar.wrappers or "declaration" in node.type
    return wraps and any(_is_definition(child, grammar) for child in node.named_children)


def _is_named_function(node: Node) -> bool:
    """``const f = (x) => …``"""
    if node.type not in ("variable_declarator", "public_field_definition", "field_definition"):
        return False
    value = node.child_by_field_name("value")
    return value is not None and value.type in _VALUES


def _name(node: Node) -> str:
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
    return _text(named)[:200] if named is not None else ""


def _receiver(node: Node) -> str:
    """The type that a Go method belongs to."""
    receiver = node.child_by_field_name("receiver")
    return _text(receiver).strip("()").split()[-1].lstrip("*").split("[")[0] if receiver is not None else ""


def _body(node: Node) -> Node | None:
    if node.type == "type_declaration":
        return node
    if _is_named_function(node):
        value = node.child_by_field_name("value")
        return value and value.child_by_field_name("body")
    return node.child_by_field_name("body") or node.child_by_field_name("value")


def _whole(node: Node, grammar: Grammar) -> Node:
    """The node with what belongs to it: decorators, ``export``, ``template``, ``const``."""
    while node.parent is not None and (
        node.parent.type in grammar.wrappers or (_is_named_function(node) and "declaration" in node.parent.type)
    ):
        if node.parent.type == "declaration" and node.type not in grammar.types:
            break
        node = node.parent
        while node.parent is not None and node.parent.type in grammar.wrappers:
            node = node.parent
    return node


def _leading(node: Node, grammar: Grammar) -> str:
    """The comments that stand right above a node."""
    found: list[str] = []
    below, above = node, node.prev_named_sibling
    while above is not None and (above.type in grammar.comments or above.type in grammar.between):
        if below.start_point[0] - _last_line(above) > 1 or _is_trailing(above):
            break
        if above.type in grammar.comments:
            found.insert(0, _text(above))
        below, above = above, above.prev_named_sibling
    return "\n".join(found)


def _is_trailing(comment: Node) -> bool:
    """Whether it stands behind code, on the same line."""
    before = comment.prev_sibling
    return before is not None and _last_line(before) == comment.start_point[0] and before.type != comment.type


def _touches(above: Node, below: Node, grammar: Grammar) -> bool:
    """Whether a comment goes on from the one above, or stands behind code."""
    if above.type in grammar.comments:
        return _follows(above, below)
    return _last_line(above) == below.start_point[0]


def _follows(above: Node, below: Node) -> bool:
    return below.start_point[0] - _last_line(above) <= 1


def _last_line(node: Node) -> int:
    """A Rust doc comment ends at the beginning of the next line."""
    row, column = node.end_point
    return row - 1 if column == 0 and row > node.start_point[0] else row


def _docstring(node: Node) -> Node | None:
    body = node.child_by_field_name("body")
    first = body.named_children[0] if body is not None and body.named_children else None
    if first is None or first.type != "expression_statement" or not first.named_children:
        return None
    return (
        first if first.named_children[0].type == "string" and body is not None and body.named_child_count > 1 else None
    )


def _unquoted(node: Node) -> str:
    text = _text(node).lstrip("rRuUbBfF")
    for quote in ('"""', "'''", '"', "'"):
        if text.startswith(quote):
            return dedent(text.removeprefix(quote).removesuffix(quote))
    return text


def _method_bodies(node: Node, grammar: Grammar) -> list[Node]:
    found, todo = [], list(node.named_children)
    while todo:
        child = todo.pop()
        body = _body(child) if child.type in grammar.functions or _is_named_function(child) else None
        if body is not None:
            found.append(body)
        elif child.type not in grammar.functions:
            todo += child.named_children
    return found


def _cut(node: Node, *out: Node | None) -> str:
    """The node's text without some nodes within it: a body becomes ``...``, a docstring goes with its line."""
    data = node.text or b""
    for part in sorted((p for p in out if p is not None), key=lambda p: -p.start_byte):
        start, end = part.start_byte - node.start_byte, part.end_byte - node.start_byte
        if part.type == "expression_statement":
            line = data.rfind(b"\n", 0, start) + 1
            data = data[:line] + data[end:].lstrip(b"\r\n") if not data[line:start].strip() else data
        else:
            data = data[:start] + (b"{ ... }" if data[start : start + 1] == b"{" else b"...") + data[end:]
    return _at_margin(data.decode("utf-8", "replace"), node.start_point[1])


def _lines(data: bytes, first: Node, last: Node) -> str:
    """The text of a file from one node to another."""
    return _at_margin(data[first.start_byte : last.end_byte].decode("utf-8", "replace"), first.start_point[1])


def _at_margin(text: str, column: int) -> str:
    """The first line has lost its indentation; the others lose as much."""
    first, *rest = text.replace("\r\n", "\n").split("\n")
    lines = [line[column:] if not line[:column].strip() else line.lstrip() for line in rest]
    return "\n".join(line.rstrip() for line in [first, *lines]).strip("\n")


def _short(code: str, grammar: Grammar) -> str:
    lines = code.split("\n")
    if len(lines) <= MAX_LINES:
        return code
    return "\n".join([*lines[:MAX_LINES], f"{grammar.line_comment} ... {len(lines) - MAX_LINES} more lines"])


def _text(node: Node | None) -> str:
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""
