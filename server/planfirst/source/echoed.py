"""Answers that repeat the code around the request: what they have in the place of the request, and nothing else.

The file with a mark at the request is compared with the answer token by token. What stands before the mark and behind
it, in a statement, a function, a type or the whole file, must stand in the answer as well; what is between is new.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.definitions import definition_of
from planfirst.source.import_nodes import is_beside, uses
from planfirst.source.indent import kept_rows
from planfirst.source.languages import language_of
from planfirst.source.marked import Marked, marked
from planfirst.source.needed import needed
from planfirst.source.neighbours import without_neighbours
from planfirst.source.repeated import said_by, words_of
from planfirst.source.site import Site
from planfirst.source.stubs import Stub
from planfirst.source.syntax import Syntax, named, syntax_of, walk
from planfirst.source.tokens import Token, Tokens, is_balanced, texts, tokens_of

if TYPE_CHECKING:
    from tree_sitter import Node

_FEWEST = 3  # tokens around the request that must be the same
_FEWEST_OF_FILE = 12
_FRAMES = {"go": "package a; func _() {", "rust": "fn _a() {"}
_WORD = re.compile(r"\w+")
_MOST = 60_000  # characters that are compared
_DEEPEST = 500  # nodes around the request; more are one line that a machine wrote


@dataclass(frozen=True, slots=True)
class Echo:
    """What an answer has in the place of the request.

    Attributes:
        code: flush left, imports first; with a stub, the whole function or type, as it goes on from the stub's stub.
        whole: whether other statements of the file may be in it.
        changed: the name of the function or type around, where the answer has a statement around the request otherwise.
        needs: what the new code uses, and the answer defines elsewhere, where nothing new is taken.
    """

    code: str
    whole: bool
    changed: str = ""
    needs: tuple[str, ...] = ()


def echoed(text: str, site: Site, code: str, language: str) -> Echo | None:
    """What is new in an answer that repeats what stands around the request; None for another answer.

    The code is empty where nothing is new.
    """
    if len(code) > _MOST or len(text) > _MOST or site.kind == "selection":
        return None
    answer, top = in_frame(code, language)
    if answer is None or top is None:
        return None
    file = marked(text, site, language)
    if file is None or len(file.around) > _DEEPEST:
        return None
    compared = _Compared(file, tokens_of(file.syntax), answer, tokens_of(answer))
    for node in file.around:
        if site.stub is not None and not compared.is_more(node, site.stub):
            return None
        if node.parent is None and site.stub is None and len(compared.tokens.all) < _FEWEST_OF_FILE:
            continue  # what is repeated may be meant
        for start, end in compared.within(node):
            new = compared.answered.between(start, end)
            if not new:
                if site.stub is None and node.parent is None and compared.goes_on(end):
                    continue  # it may have what is new at its end, or at the end of a type
                return Echo("", node.parent is None) if site.stub is None else None
            if not is_balanced(new) or not _begins(new[0], answer) or not compared.alike(node, new):
                continue
            rows = _Cut(answer, new, compared.end_before(new[0])).rows(said_by(site, text), site.stub, language)
            used = {word for token in new for word in _WORD.findall(token.text)}
            needs = needed(answer, new, used, file.syntax) if node.parent is not None else ()
            if needs:
                return Echo("", False, needs=needs) if site.stub is None else None
            imports = [one for one in answer.root.named_children if is_beside(one, answer)]
            own = [answer.text(one).strip() for one in imports if uses(one, answer, used)]
            return Echo("\n".join([*own, *([""] if own else []), *rows]), node.parent is None)
    if site.stub is not None:
        return None
    if _rewrites(compared, top):
        return Echo("", False, _name_around(file))
    fewer = without_neighbours(answer, top, file)
    return Echo(fewer, True) if fewer is not None else None


def in_frame(code: str, language: str) -> tuple[Syntax | None, Node | None]:
    """The tree of an answer, and what its statements stand in: Go and Rust know statements in functions only."""
    answer = syntax_of(code, language)
    if answer is None or not answer.root.has_error:
        return answer, answer.root if answer is not None else None
    before = _FRAMES.get(language)
    framed = syntax_of(f"{before}\n{code}\n}}", language) if before else None
    if framed is None or framed.root.has_error:
        return None, None
    return framed, definition_of(framed.root.named_children[-1], framed).body


def _rewrites(compared: _Compared, top: Node) -> bool:
    """Whether the answer begins with a statement around the request, such as an ``if``, and has it otherwise."""
    file, answer = compared.file, compared.answer
    tops = [one for one in named(top) if one.type not in answer.shape.comments]
    tops = [one for one in tops if not is_beside(one, answer)]
    plain = answer.shape.functions | answer.shape.types | answer.shape.wrappers | {"compound_statement"}
    around = [one for one in file.around if one.type.endswith(("statement", "expression")) and one.type not in plain]
    if len(tops) != 1:
        return False
    inner = tops[0].named_children[0] if tops[0].type == "expression_statement" and tops[0].named_children else tops[0]
    begun = _head(texts(compared.answered.between(inner.start_byte, inner.end_byte)))
    same = [one for one in around if one.type == inner.type and "__name__" not in begun]  # `guards` takes those away
    return any(_head(texts(compared.tokens.between(one.start_byte, file.start))) == begun for one in same)


def _head(said: tuple[str, ...]) -> tuple[str, ...]:
    """The tokens that a statement has before its block."""
    return said[: next((n for n, text in enumerate(said) if text in ("{", ":")), len(said))]


def _name_around(file: Marked) -> str:
    kinds = file.syntax.shape.functions | file.syntax.shape.types
    names = [definition_of(node, file.syntax).name for node in file.around if node.type in kinds]
    return next((name for name in reversed(names) if name), "-")


@dataclass(frozen=True, slots=True)
class _Compared:
    file: Marked
    tokens: Tokens
    answer: Syntax
    answered: Tokens

    def within(self, node: Node) -> Iterator[tuple[int, int]]:
        """Between which bytes of the answer the code stands that is asked for, if it repeats that node."""
        body = self._body(node)
        before = texts(self.tokens.between(body.start_byte, self.file.start))
        after = texts(self.tokens.between(self.file.end, body.end_byte))
        if len(before) + len(after) < _FEWEST:
            return
        for other in [self.answer.root] if node.parent is None else walk(self.answer.root):
            if other.type != node.type or not self._is_same(node, other):
                continue
            inner = self._inner(other)
            found = self.answered.between(inner.start_byte, inner.end_byte)
            said = texts(found)
            if said[: len(before)] != before:
                continue
            end = len(said) - len(after)
            if node.parent is None and after:  # what tries it out may follow
                ends = (n for n in range(end, len(before) - 1, -1) if said[n : n + len(after)] == after)
                end = next(ends, -1)
            if end < len(before) or said[end : end + len(after)] != after:
                continue
            if end == len(before) and not self._stands_alike(node, other):
                continue  # it is all there, but within something new
            start = found[len(before)].start if len(before) < len(found) else inner.end_byte
            yield start, found[end].start if end < len(found) else inner.end_byte

    def goes_on(self, end: int) -> bool:
        """Whether the answer has more behind a byte than the file has behind the request."""
        after = self.tokens.between(self.file.end, self.file.syntax.root.end_byte)
        return len(self.answered.between(end, self.answer.root.end_byte)) > len(after)

    def is_more(self, node: Node, stub: Stub) -> bool:
        """Whether a node holds enough beside a function or type that is to be written."""
        body = [one for one in self.file.around if self.file.syntax.line(one.start_byte) >= stub.header_first][:1]
        end = body[0].end_byte if body else self.file.end
        beside = self.tokens.between(node.start_byte, stub.definition.start) + self.tokens.between(end, node.end_byte)
        return len(beside) >= _FEWEST

    def alike(self, node: Node, new: tuple[Token, ...]) -> bool:
        """Whether the new code stands as deep in the answer as the mark does in the file; only Python needs to ask."""
        if self.file.syntax.shape.module != "tree_sitter_python":
            return True
        wanted = len(_blocks(node, self.file.word))
        for other in walk(self.answer.root):
            if other.type == node.type and _has(other, new[0].start) and self._is_same(node, other):
                around = _blocks(other, new[0].start)
                if len(around) == wanted and (not around or around[-1].end_byte >= new[-1].end):
                    return True
        return False

    def end_before(self, first: Token) -> int:
        """The byte that the token before ends at."""
        before = self.answered.between(0, first.start)
        imports = [one.end_byte for one in self.answer.root.named_children if is_beside(one, self.answer)]
        return max([one for one in imports if one <= first.start] + [before[-1].end if before else 0])

    def _stands_alike(self, node: Node, other: Node) -> bool:
        """Whether two nodes stand in statements that begin alike; a function's header may be written otherwise."""
        around, theirs = node.parent, other.parent
        if around is None or theirs is None or theirs.parent is None:
            return True
        if around.type != theirs.type:
            return False
        begun = texts(self.tokens.between(around.start_byte, node.start_byte))
        shape = self.file.syntax.shape
        is_header = around.type in shape.functions | shape.types
        return is_header or texts(self.answered.between(theirs.start_byte, other.start_byte)) == begun

    def _body(self, node: Node) -> Node:
        """What is compared of a node: of a function or type its body, since its header may be written otherwise."""
        shape = self.file.syntax.shape
        found = definition_of(node, self.file.syntax).body if node.type in shape.functions | shape.types else None
        return found if found is not None and found.start_byte < self.file.start else node

    def _inner(self, node: Node) -> Node:
        shape = self.answer.shape
        found = definition_of(node, self.answer).body if node.type in shape.functions | shape.types else None
        return found if found is not None else node

    def _is_same(self, node: Node, other: Node) -> bool:
        shape = self.answer.shape
        if node.type not in shape.functions | shape.types:
            return True
        ours, theirs = definition_of(node, self.file.syntax), definition_of(other, self.answer)
        return (ours.name, ours.parameters, ours.owner) == (theirs.name, theirs.parameters, theirs.owner)


def _has(node: Node, byte: int) -> bool:
    return node.start_byte <= byte < node.end_byte


def _blocks(node: Node, byte: int) -> list[Node]:
    """The blocks within a node that stand around a byte, outer ones first."""
    return [one for one in walk(node) if one.type == "block" and _has(one, byte)]


def _begins(token: Token, syntax: Syntax) -> bool:
    """Whether a statement, a member or an element begins with a token."""
    node = syntax.root.descendant_for_byte_range(token.start, token.end)
    while node is not None and node.start_byte == token.start and node.parent is not None:
        if "jsx" in node.parent.type or (node.is_named and node.parent.type in syntax.shape.holders):
            return True
        node = node.parent
    return False


@dataclass(frozen=True, slots=True)
class _Cut:
    """New tokens of an answer, and the byte that what stands before them ends at."""

    answer: Syntax
    new: tuple[Token, ...]
    before: int

    def rows(self, said: set[str], stub: Stub | None, language: str) -> list[str]:
        """Their rows, with the comments above them but those that the request consists of.

        Flush left; with a stub, below its stub, and as they are laid out in the answer's function.
        """
        first, last = self.answer.line(self.new[0].start), self.answer.line(self.new[-1].end - 1)
        if not self.answer.begins_line(self.new[0].start):
            found = lined.dedent(self.answer.cut(self.new[0].start, self._end()).split("\n"))
            if stub is None:
                return found
            if language != "python":
                return f"{stub.text} {chr(10).join(found)} }}".split("\n")
            return [*stub.text.split("\n"), *(f"    {row}" for row in found)]
        rows = [lined.bare(row) for row in self.answer.lines[: last + 1]]
        rows[last] = rows[last][: self.answer.column(self._line_end(last))].rstrip()
        kept = kept_rows("".join(self.answer.lines), language_of(language))
        indent = self._outer(stub) if stub is not None else lined.leading(rows[first])
        rows = [row if n in kept else row.removeprefix(indent) for n, row in enumerate(rows)]
        found = [rows[n] for n in self._comments() if words_of(rows[n]) not in said] + rows[first:]
        if stub is None:
            return found
        return [*stub.text.split("\n"), *found, *([] if language == "python" else ["}"])]

    def _end(self) -> int:
        """Where they end, with the semicolon or comma behind."""
        end = self.new[-1].end
        return end + (self.answer.data[end : end + 1] in (b";", b","))

    def _line_end(self, last: int) -> int:
        """Where their last row ends, with the comment behind."""
        end = self._end()
        line_end = self.answer.starts[last] + len(lined.bare(self.answer.lines[last]).encode("utf-8", "replace"))
        rest = self.answer.data[end:line_end].strip()
        return line_end if rest.startswith((b"//", b"#", b"/*")) else end

    def _comments(self) -> list[int]:
        """The rows of the comments between them and what stands before."""
        first = self.answer.line(self.new[0].start)
        found: list[int] = []
        for node in self.answer.touching(self.answer.line(self.before), first):
            is_comment = node.type in self.answer.shape.comments and self.answer.begins_line(node.start_byte)
            if is_comment and self.before <= node.start_byte < self.new[0].start:
                found += range(self.answer.first(node), self.answer.last(node) + 1)
        return found

    def _outer(self, stub: Stub) -> str:
        """The indentation of the answer's function or type."""
        shape = self.answer.shape
        kinds = shape.types if stub.kind == "type" else shape.functions
        around = [node for node in walk(self.answer.root) if node.type in kinds and _has(node, self.new[0].start)]
        start = definition_of(around[-1], self.answer).start if around else 0
        return lined.leading(self.answer.lines[self.answer.line(start)])
