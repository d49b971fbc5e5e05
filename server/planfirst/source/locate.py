"""Finds what a cursor or a selection asks for: a comment, a stub, or the selected text itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planfirst.core.types import Plan, Task
from planfirst.source import lines as lined
from planfirst.source.blocks import Block, block_at, clean, has_words, plan_below
from planfirst.source.comments import Comment, scan
from planfirst.source.context import imports_of, signature_of
from planfirst.source.languages import Language
from planfirst.source.python import parses, statement_row
from planfirst.source.stubs import Stub, stub_at

Kind = Literal["comment", "stub", "selection"]


@dataclass(frozen=True, slots=True)
class Spot:
    """A request and its place. Lines are counted from zero.

    Attributes:
        kind: what the request is written as.
        task: the request with its surroundings, and the plan that stands with it.
        first, last: its lines, inclusive; a plan below it is part of them.
        request_last: the last line of the request proper, before the plan; of a stub, of its docstring. It is
            ``first - 1`` in a comment that is nothing but a plan.
        indent: the white space that code at this place begins with.
        body: of a stub, the lines of its placeholder; None when it has none.
    """

    kind: Kind
    task: Task
    first: int
    last: int
    request_last: int
    indent: str
    body: tuple[int, int] | None = None


def locate(text: str, first_line: int, last_line: int, language: Language) -> Spot | None:
    """What there is to work from in a range of lines; None when there is nothing. Never raises.

    Args:
        first_line, last_line: the lines that a selection touches; equal for a cursor. Past the end means the last line.

    A comment block goes before a stub, a stub before a comment behind code (unless that stands in the stub's body), and
    all of them before the selected text as such.
    """
    lines = lined.split(text)
    if not lines:
        return None
    first, last = sorted(min(max(line, 0), len(lines) - 1) for line in (first_line, last_line))
    while first < last and not lines[first].strip():
        first += 1
    while first < last and not lines[last].strip():
        last -= 1
    return _Finder(text, lines, language).find(first, last)


@dataclass(frozen=True, slots=True)
class _Finder:
    text: str
    lines: list[str]
    language: Language

    def find(self, first: int, last: int) -> Spot | None:
        block = block_at(self.text, self.language, first)
        if block and last <= block.last:
            return self._plan_owner(block) or self._comment(block)
        stub = stub_at(self.text, first) if self.language.id == "python" else None
        behind = self._behind(first) if first == last else None
        if behind and not (stub and first <= stub.header_last):
            return self._trailing(behind)
        if stub and last <= stub.last:
            return self._stub(stub)
        if first == last:
            return None
        return self._comments(first, last) or self._selection(first, last)

    def _plan_owner(self, block: Block) -> Spot | None:
        """The stub or the comment behind code that a block belongs to, when that is nothing but their plan."""
        above = block.first - 1
        while above >= 0 and not self.lines[above].strip():
            above -= 1
        if not block.only_plan or above < 0:
            return None
        stub = stub_at(self.text, above) if self.language.id == "python" else None
        if stub and above == stub.doc_last:
            return self._stub(stub)
        behind = self._behind(above)
        return self._trailing(behind) if behind else None

    def _behind(self, line: int) -> Comment | None:
        comments = scan(self.text, self.language)
        return next((one for one in comments if one.trailing and one.first <= line <= one.last), None)

    def _comment(self, block: Block) -> Spot | None:
        return self._spot(
            "comment", block.request, block.plan, block.first, block.last, block.request_last, block.indent
        )

    def _stub(self, stub: Stub) -> Spot | None:
        below = plan_below(self.text, self.language, stub.doc_last)
        last, request_last, plan = stub.last, stub.doc_last, None
        if below and below.plan_lines and below.indent == stub.indent:
            last, request_last, plan = max(last, below.last), below.plan_lines[0] - 1, below.plan
        return self._spot("stub", stub.request, plan, stub.first, last, request_last, stub.indent, stub.body)

    def _trailing(self, comment: Comment) -> Spot | None:
        return self._with_plan("comment", clean(comment.rows), comment.first, comment.last, self._indent_after(comment))

    def _comments(self, first: int, last: int) -> Spot | None:
        """A selection of comment lines from more than one block."""
        rows: dict[int, str] = {}
        indent = ""
        for comment in scan(self.text, self.language):
            if comment.own and comment.last >= first and comment.first <= last:
                rows.update(zip(range(comment.first, comment.last + 1), comment.rows, strict=True))
                indent = comment.indent
        if any(self.lines[n].strip() and n not in rows for n in range(first, last + 1)):
            return None
        last = max(last, *rows)
        chosen = [rows.get(n, "") for n in range(first, last + 1)]
        return self._spot("comment", clean(chosen), None, first, last, last, indent)

    def _selection(self, first: int, last: int) -> Spot | None:
        rows = [lined.bare(line) for line in self.lines[first : last + 1]]
        indent = min((lined.leading(row) for row in rows if row.strip()), key=len, default="")
        return self._with_plan("selection", clean(rows), first, last, indent)

    def _with_plan(self, kind: Kind, request: str, first: int, last: int, indent: str) -> Spot | None:
        below = plan_below(self.text, self.language, last)
        if below and below.plan_lines and below.first == last + 1 and below.indent == indent:
            return self._spot(kind, request, below.plan, first, below.last, last, indent)
        return self._spot(kind, request, None, first, last, last, indent)

    def _indent_after(self, comment: Comment) -> str:
        """The indentation of code below a line that ends with a comment: one level more if the line opens a block."""
        line = self.lines[comment.first]
        tree = parses(self.text) if self.language.id == "python" else None
        indent = lined.leading(self.lines[statement_row(tree, comment.first)] if tree else line)
        if not line[: comment.column].rstrip().endswith((":", "{")):
            return indent
        after = next((line for line in self.lines[comment.last + 1 :] if line.strip()), "")
        deeper = lined.leading(after)
        if len(deeper) > len(indent) and deeper.startswith(indent):
            return deeper
        return indent + ("\t" if "\t" in indent else self.language.indent)

    def _spot(
        self,
        kind: Kind,
        request: str,
        plan: Plan | None,
        first: int,
        last: int,
        request_last: int,
        indent: str,
        body: tuple[int, int] | None = None,
    ) -> Spot | None:
        if not has_words(request):
            return None
        signature = signature_of(self.text, self.language, last + 1, indent)
        task = Task(request, self.language.id, signature, imports_of(self.text, self.language), plan)
        return Spot(kind, task, first, last, request_last, indent, body)
