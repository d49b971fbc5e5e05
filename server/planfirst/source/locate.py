"""Finds what a cursor or a selection asks for: a comment, a function to be written, or the selected text itself."""

from __future__ import annotations

from dataclasses import dataclass, replace

from planfirst.core.types import DOTS, Plan, Task
from planfirst.source import lines as lined
from planfirst.source.announced import announced
from planfirst.source.awaited import awaited
from planfirst.source.blocks import Block, block_at, blocks, clean, has_words, plan_below
from planfirst.source.called_for import called_for
from planfirst.source.code_to_change import code_to_change, function_to_change, named_too
from planfirst.source.comments import Comment, scan
from planfirst.source.context import imports_of, signature_of
from planfirst.source.embedded import language_at
from planfirst.source.excerpt import excerpts_of
from planfirst.source.exemplified import examples_of, exemplified
from planfirst.source.languages import Language
from planfirst.source.lead import lead_to
from planfirst.source.python import parses, statement_row
from planfirst.source.script import asks_for_statements
from planfirst.source.silent import is_code, is_example, is_silent
from planfirst.source.site import Kind, Site
from planfirst.source.standing import is_in_parameters, standing
from planfirst.source.stubs import Stub
from planfirst.source.surroundings import neighbours_of
from planfirst.source.syntax import MOST_CHARACTERS
from planfirst.source.unwritten import stub_at, stub_below
from planfirst.source.wording import is_mere_mark, request_of


def locate(
    text: str,
    first_line: int,
    last_line: int,
    language: Language,
    excerpts: bool = True,
    change: bool | None = None,
) -> Site | None:
    """What there is to work from in a range of lines; None when there is nothing. Never raises.

    Args:
        first_line, last_line: the lines that a selection touches; equal for a cursor. Past the end means the last line.
        excerpts: whether the task has the code around it, for a model, and the names that the code below needs; this
            takes nearly as long as all the rest.
        change: whether a comment asks for a change of the code that it stands above; None to go by its words.

    A comment block goes before a stub, a stub before a comment behind code (but not one in its body), all before text.
    """
    lines = lined.split(text)
    if not lines:
        return None
    first, last = sorted(min(max(line, 0), len(lines) - 1) for line in (first_line, last_line))
    while first < last and not lines[first].strip():
        first += 1
    while first < last and not lines[last].strip():
        last -= 1
    return _Finder(text, lines, language, excerpts, change).find(first, last)


_MOST_BEGUN = 600  # characters of a comment that an answer is begun with: there it cannot be cut to a budget


@dataclass(frozen=True, slots=True)
class _Finder:
    text: str
    lines: list[str]
    language: Language
    excerpts: bool
    change: bool | None

    def find(self, first: int, last: int) -> Site | None:
        block = block_at(self.text, self.language, first)
        if block and last <= block.last:
            return self._plan_owner(block) or self._comment(block)
        if (found := self._with_its_code(block, first)) and last == found.last:
            return found
        stub = stub_at(self.text, first, last, self.language)
        behind = self._behind(first) if first == last else None
        if behind and not (stub and self._is_of_header(stub, behind)):
            return self._trailing(behind) or (self._for_stub(stub) if stub else None)
        if stub:
            return self._for_stub(stub)
        if first == last:
            return None
        return self._comments(first, last) or self._selection(first, last)

    def _with_its_code(self, block: Block | None, first: int) -> Site | None:
        """A comment with the code that it asks to have otherwise, as an editor asks again that was told of both."""
        behind = None if block else self._behind(first)
        found = self._comment(block) if block else self._trailing(behind) if behind else None
        return found if found and found.task.changed else None

    # ------------------------------------------------------------------ functions and types

    def _is_of_header(self, stub: Stub, comment: Comment) -> bool:
        """Whether a comment behind code describes a parameter, or stands behind the header of what has a docstring."""
        if comment.first > stub.header_last:
            return False
        return bool(stub.docstring) or is_in_parameters(self.text, comment.first, comment.column, self.language)

    def _for_stub(self, stub: Stub) -> Site | None:
        """For a cursor in a definition: by its docstring, the comments in it or above it, or its name."""
        if has_words(stub.docstring):
            return self._by_itself(stub, stub.docstring, stub.doc_last)
        for block in self._blocks(stub):
            asks = not is_silent(self.text, block, self.language) and not is_example(block.request, self.language)
            if asks and not block.only_plan and has_words(block.request) and not is_mere_mark(block.request):
                return self._by_block(stub, block)
        for comment in stub.comments:
            words = clean(comment.rows)
            asks = has_words(words) and not is_mere_mark(words) and not is_code(words, self.language)
            if asks and not comment.own and not comment.pragma:
                return self._by_trailing(stub, comment)
        words = request_of(stub.definition)
        if stub.kind == "type" or not words:
            return None
        return self._by_itself(stub, words, stub.header_last)

    def _blocks(self, stub: Stub) -> list[Block]:
        """The comment blocks in a definition, then the one directly above it."""
        every = blocks(self.text, self.language)
        within = [block for block in every if stub.first <= block.first and block.last <= stub.last]
        above = next((block for block in reversed(every) if block.last < stub.first), None)
        return [*within, above] if above and stub_below(self.text, above.last, self.language) == stub else within

    def _by_itself(self, stub: Stub, request: str, request_last: int) -> Site | None:
        below = plan_below(self.text, self.language, request_last)
        last, plan = stub.last, None
        if below and below.plan_lines and below.indent == stub.indent and below.first <= stub.last + 1:
            last, request_last, plan = max(last, below.last), below.plan_lines[0] - 1, below.plan
        return self._stub(stub, request, plan, stub.header_first, last, request_last)

    def _by_block(self, stub: Stub, block: Block) -> Site | None:
        return self._stub(stub, block.request, block.plan, block.first, block.last, block.request_last)

    def _by_trailing(self, stub: Stub, comment: Comment) -> Site | None:
        below = plan_below(self.text, self.language, comment.last)
        last, plan = comment.last, None
        if below and below.plan_lines and below.first == comment.last + 1:
            last, plan = below.last, below.plan
        return self._stub(stub, clean(comment.rows), plan, comment.first, last, comment.last)

    def _stub(
        self, stub: Stub, request: str, plan: Plan | None, first: int, last: int, request_last: int
    ) -> Site | None:
        if not has_words(request):
            return None
        request = "\n".join(
            [request, *(one for one in examples_of(self.text, stub, self.language) if one not in request)]
        )
        name = stub.definition.name
        task = Task(
            request,
            self.language.id,
            signature_of(self.text, self.language, stub.header_last + 1, stub.indent),
            imports_of(self.text, self.language),
            plan,
            stub.text,
            neighbours_of(self.text, stub.header_first, self.language, request),
            excerpts=self._excerpts(min(first, stub.first), max(last, stub.last), f"{request}\n{stub.text}", name),
        )
        hole = stub.hole
        body = (hole.first, hole.end - 1) if hole.end > hole.first else None
        return Site("stub", task, first, last, request_last, stub.indent, body, stub)

    def _excerpts(self, first: int, last: int, wanted: str, name: str = "", place: str = "") -> tuple[str, ...]:
        return excerpts_of(self.text, first, last, self.language, wanted, name, place) if self.excerpts else ()

    # ------------------------------------------------------------------ comments

    def _plan_owner(self, block: Block) -> Site | None:
        """The stub or the comment behind code that a block belongs to, when that is nothing but their plan."""
        above = block.first - 1
        while above >= 0 and not self.lines[above].strip():
            above -= 1
        if not block.only_plan or above < 0:
            return None
        stub = stub_at(self.text, above, above, self.language)
        if stub and above in (stub.doc_last, stub.header_last):
            return self._for_stub(stub)
        behind = self._behind(above)
        return self._trailing(behind) if behind else None

    def _behind(self, line: int) -> Comment | None:
        behind = (one for one in scan(self.text, self.language) if one.trailing)
        return next((one for one in behind if one.first <= line <= one.last), None)

    def _comment(self, block: Block) -> Site | None:
        if is_silent(self.text, block, self.language) or is_example(block.request, self.language):
            stub = exemplified(self.text, block, self.language)
            if stub is not None:
                return self._for_stub(stub)
        if is_silent(self.text, block, self.language):
            return None
        head = block.head
        if is_in_parameters(self.text, head.first, head.column, self.language):
            stub = stub_at(self.text, block.first, block.last, self.language)
            return self._for_stub(stub) if stub else None
        stub = stub_at(self.text, block.first, block.last, self.language)
        stub = stub or stub_below(self.text, block.last, self.language)
        if is_mere_mark(block.request) and block.plan is None:
            return self._for_stub(stub) if stub else None
        if stub:
            return self._by_block(stub, block)
        stands = standing(self.text, block.first, block.last, head.column, False, self.language)
        if stands is None:
            return None
        if stands.described is not None and (found := self._changing(block, stands.described)) is not None:
            return found
        at, indent = stands.at or (None, block.indent)
        lines = (block.first, block.last, block.request_last)
        site = self._site("comment", block.request, block.plan, *lines, indent, at, stands.described)
        return replace(site, body=stands.instead) if site is not None else None

    def _changing(self, block: Block, below: tuple[int, int]) -> Site | None:
        """Of a comment that asks for another form of the code that it stands above."""
        if self.change is False or not has_words(block.request):
            return None
        found = code_to_change(
            self.text, block.request, block.first, block.last, below, self.language, self.change is True
        )
        if found is None:
            return None
        site = self._change(block.request, block.plan, block.first, block.last, found)
        return replace(site, request_last=block.request_last, described=None if self.change else below)

    def _change(self, request: str, plan: Plan | None, first: int, last: int, found: tuple[int, int]) -> Site:
        rows = lined.dedent([lined.bare(line) for line in self.lines[found[0] : found[1] + 1]])
        changed = "\n\n".join(["\n".join(rows), *named_too(self.text, request, found, self.language)])
        indent, end = lined.leading(self.lines[found[0]]), max(last, found[1])
        task = Task(
            request,
            language_at(self.text, first, self.language).id,
            signature_of(self.text, self.language, found[0], indent),
            imports_of(self.text, self.language),
            plan,
            neighbours=neighbours_of(self.text, first, self.language, request),
            excerpts=self._excerpts(min(first, found[0]), end, "\n".join([request, changed])),
            changed=changed,
        )
        return Site("comment", task, first, end, last, indent, body=found, described=found)

    def _trailing(self, comment: Comment) -> Site | None:
        words = clean(comment.rows)
        if is_code(words, self.language):
            return None
        stub = stub_at(self.text, comment.first, comment.last, self.language)
        if is_mere_mark(words):
            return self._for_stub(stub) if stub else None
        if stub:
            return self._by_trailing(stub, comment)
        if self.change is not False and (found := function_to_change(self.text, words, comment.first, self.language)):
            return self._change(words, None, comment.first, comment.last, found)
        stands = standing(self.text, comment.first, comment.last, comment.column, True, self.language)
        if stands is None:
            return None
        if stands.at is not None:
            return self._site(
                "comment", words, None, comment.first, comment.last, comment.last, stands.at[1], stands.at[0]
            )
        site = self._with_plan("comment", words, comment.first, comment.last, self._indent_after(comment))
        return replace(site, body=stands.instead) if site is not None else None

    def _comments(self, first: int, last: int) -> Site | None:
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
        return self._site("comment", clean(chosen), None, first, last, last, indent)

    def _selection(self, first: int, last: int) -> Site | None:
        rows = [lined.bare(line) for line in self.lines[first : last + 1]]
        indent = min((lined.leading(row) for row in rows if row.strip()), key=len, default="")
        return self._with_plan("selection", clean(rows), first, last, indent)

    def _with_plan(self, kind: Kind, request: str, first: int, last: int, indent: str) -> Site | None:
        below = plan_below(self.text, self.language, last)
        if below and below.plan_lines and below.first == last + 1 and below.indent == indent:
            return self._site(kind, request, below.plan, first, below.last, last, indent)
        return self._site(kind, request, None, first, last, last, indent)

    def _sets(self, request_last: int, indent: str) -> tuple[str, ...]:
        is_told = self.excerpts and len(self.text) <= MOST_CHARACTERS
        return awaited(self.text, request_last, indent, self.language) if is_told else ()

    def _lead(self, first: int, last: int) -> str:
        return lead_to(self.text, first, last, self.language) if len(self.text) <= MOST_CHARACTERS else ""

    def _indent_after(self, comment: Comment) -> str:
        """The indentation of code below a line that ends with a comment: one level more if the line opens a block."""
        line = self.lines[comment.first]
        short = len(self.text) <= MOST_CHARACTERS
        tree = parses(self.text) if short and self.language.id == "python" else None
        indent = lined.leading(self.lines[statement_row(tree, comment.first)] if tree else line)
        if not line[: comment.column].rstrip().endswith((":", "{")):
            return indent
        after = next((line for line in self.lines[comment.last + 1 :] if line.strip()), "")
        deeper = lined.leading(after)
        if len(deeper) > len(indent) and deeper.startswith(indent):
            return deeper
        return indent + ("\t" if "\t" in indent else self.language.indent)

    def _site(
        self,
        kind: Kind,
        request: str,
        plan: Plan | None,
        first: int,
        last: int,
        request_last: int,
        indent: str,
        at: int | None = None,
        described: tuple[int, int] | None = None,
    ) -> Site | None:
        if not has_words(request):
            return None
        below = last + 1 if at is None else at
        signature = signature_of(self.text, self.language, below, indent)
        imports, beside = imports_of(self.text, self.language), neighbours_of(self.text, first, self.language, request)
        in_class = signature.rpartition("\n")[2].startswith("class ")
        header = announced(request, self.language, self.text, in_class) if kind == "comment" else ""
        if kind == "comment" and not header and self.language.id == "python" and at is None:
            header = called_for(request, self.text, first, request_last, indent)
        alone = kind == "comment" and not (indent or signature) and at is None
        comment = "\n".join(lined.bare(line) for line in self.lines[first : request_last + 1])
        comment = comment if alone and len(comment) <= _MOST_BEGUN else ""
        lead = "" if comment or header or kind != "comment" or at is not None else self._lead(first, request_last)
        code = self._excerpts(first, last, request, place=f"{comment}\n{DOTS}" if comment else "")
        may_be = kind == "comment" and not header and not signature and at is None
        statements = may_be and asks_for_statements(request, self.text, self.language, bool(indent))
        sets = self._sets(request_last, indent) if kind == "comment" and not header and at is None else ()
        written = language_at(self.text, first, self.language).id
        task = Task(
            request, written, signature, imports, plan, "", beside, header, comment, lead, "", code, statements, sets
        )
        return Site(kind, task, first, last, request_last, indent, at=at, described=described)
