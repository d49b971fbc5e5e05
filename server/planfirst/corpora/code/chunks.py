"""Cuts a source file into functions, types and commented statements, each with what asks for it.

It knows nothing of files: bytes in, chunks out. A file with syntax errors gives what tree-sitter makes of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from planfirst.corpora.code.definitions import (
    body_of,
    docstring_of,
    is_definition,
    is_named_function,
    method_bodies,
    name_of,
    receiver_of,
    whole_of,
)
from planfirst.corpora.code.grammars import Grammar, root_of
from planfirst.corpora.code.node_text import text_between, text_of, text_without, unquoted
from planfirst.corpora.code.words import name_in_words, question_of

MAX_LINES = 80  # of a function or type; what is longer is cut, and says so
MIN_LINES = 2
_MAX_STATEMENT_LINES = 30
_NOTHING = {"pass", "...", "raise NotImplementedError", "raise NotImplementedError()", "todo!()", "unimplemented!()"}


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
    root = root_of(data, grammar)
    todo: list[tuple[Node, str]] = [(root, "")] if root else []
    while todo:  # a loop: a tree can be deeper than Python's stack
        node, owner = todo.pop()
        if node.type in grammar.functions or is_named_function(node):
            yield from _function(node, owner, grammar)
        elif node.type in grammar.types and body_of(node) is not None:
            yield from _type(node, owner, grammar)
            owner = name_of(node) or owner
        elif node.type == "impl_item" and (kind := node.child_by_field_name("type")):
            owner = text_of(kind).split("<")[0]
        if node.type in grammar.holders:
            yield from _statements(node, data, grammar)
        todo += [(child, owner) for child in node.named_children]


def _function(node: Node, owner: str, grammar: Grammar) -> Iterator[Chunk]:
    name = name_of(node)
    whole = whole_of(node, grammar)
    docstring = docstring_of(node) if grammar.line_comment == "#" else None
    code = text_without(whole, docstring)
    body = body_of(node)
    if not name or code.count("\n") + 1 < MIN_LINES or body is None or _is_to_be_written(body, grammar):
        return  # a declaration, or too little to be an example
    qualifier, _, name = name.rpartition("::")
    holder = owner or receiver_of(node) or qualifier.rpartition("::")[2]
    yield from _named(name, holder, whole, docstring, code, grammar)


def _is_to_be_written(body: Node, grammar: Grammar) -> bool:
    """Whether a body does nothing yet: what Planfirst is asked to write is no example of how to write it."""
    return body.type in ("block", "statement_block", "compound_statement", "constructor_body") and all(
        child.type in grammar.comments or text_of(child).rstrip(";").strip() in _NOTHING or _is_words(child)
        for child in body.named_children
    )


def _is_words(node: Node) -> bool:
    """Whether a statement is a text and nothing else, as a docstring is."""
    return node.type == "expression_statement" and [child.type for child in node.named_children] == ["string"]


def _type(node: Node, owner: str, grammar: Grammar) -> Iterator[Chunk]:
    """A class or the like with its methods' bodies left out, since they are chunks of their own."""
    name = name_of(node)
    whole = whole_of(node, grammar)
    docstring = docstring_of(node) if grammar.line_comment == "#" else None
    code = text_without(whole, *[b for b in [docstring, *method_bodies(node, grammar)] if b is not None])
    if not name or code.count("\n") + 1 < MIN_LINES:
        return
    yield from _named(name, owner, whole, docstring, code, grammar)


def _named(name: str, owner: str, whole: Node, docstring: Node | None, code: str, grammar: Grammar) -> Iterator[Chunk]:
    """The chunk of a function or type: what is written about it asks for it, or else its name."""
    written = question_of(unquoted(docstring)) if docstring else ""
    written = written or question_of(_leading(whole, grammar))
    words = name_in_words(name, owner)
    if written or words:
        called = f"{owner}.{name}" if owner else name
        line = whole.start_point[0] + 1
        yield Chunk(called, written or words, _shortened(code, grammar), line, words if written else "")


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
            if child.type in grammar.comments or is_definition(child, grammar):
                break
            body.append(child)
            rest += 1
        question = question_of("\n".join(text_of(comment) for comment in comments)) if body else ""
        lines = body[-1].end_point[0] - body[0].start_point[0] + 1 if body else 0
        if question and len(question.split()) >= 3 and lines <= _MAX_STATEMENT_LINES:
            code = text_between(data, body[0], body[-1])
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


def _leading(node: Node, grammar: Grammar) -> str:
    """The comments that stand right above a node."""
    found: list[str] = []
    below, above = node, node.prev_named_sibling
    while above is not None and (above.type in grammar.comments or above.type in grammar.between):
        if below.start_point[0] - _last_line(above) > 1 or _is_trailing(above):
            break
        if above.type in grammar.comments:
            found.insert(0, text_of(above))
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


def _shortened(code: str, grammar: Grammar) -> str:
    lines = code.split("\n")
    if len(lines) <= MAX_LINES:
        return code
    return "\n".join([*lines[:MAX_LINES], f"{grammar.line_comment} ... {len(lines) - MAX_LINES} more lines"])
