"""What an answer repeats of a file whose language is known by its comments alone: told by comparing lines."""

from __future__ import annotations

import re
from dataclasses import dataclass

from planfirst.source import lines as lined
from planfirst.source.edits import Draft
from planfirst.source.indent import moved_to
from planfirst.source.languages import Language
from planfirst.source.plain_imports import is_import, missing_imports
from planfirst.source.plain_stubs import PlainStub, name_in, name_in_head, one_line_stub, plain_stub
from planfirst.source.repeated import words_of
from planfirst.source.shapes import SHAPES
from planfirst.source.site import Site

_ALONE = re.compile(r"\w\W+\w")  # of more than one word, as ``fi`` and ``end`` are not
_TELLING = 12  # characters of a row that nobody means to have twice; ``sleep 5`` may be meant


def plain_drafts(text: str, site: Site, code: str, language: Language) -> list[Draft] | None:
    """The edits for a comment in a language without a grammar; None where the code goes below it as it is.

    Args:
        code: flush left, with ``\\n`` line ends.
    """
    if language.id in SHAPES or site.kind != "comment" or site.at is not None or site.body is not None:
        return None
    short = one_line_stub(text, site)
    if short is not None and any(name_in_head(row.partition("=")[0]) == short[1] for row in code.split("\n")):
        return [Draft(short[0], short[0] + 1, tuple(moved_to(code, site.indent, text, language)))]
    stub = plain_stub(text, site, language)
    first, end = (stub.first, stub.last) if stub is not None else (site.last + 1, site.last + 1)
    inner = stub.indent if stub is not None else site.indent
    rows = _Compared.of(text, code, first, end, inner, language).new()
    if rows is None:
        rows = _body(code, stub) if stub is not None else None
    if rows is None and stub is not None and stub.header > site.last and _defines(code, stub.name):
        return [Draft(stub.header, stub.end, tuple(moved_to(code, site.indent, text, language)))]
    if rows is None and stub is not None and not any(name_in(row) for row in code.split("\n")):
        rows = code.split("\n")  # what the empty function is to do
    if rows is None and stub is None and any(is_import(row, language) for row in code.split("\n")):
        rows = [row for row in code.split("\n") if not is_import(row, language)]
    said = {words_of(lined.bare(row)) for row in lined.split(text)[site.first : site.last + 1]} - {""}
    if rows is None:
        rows = _behind(code, said, lined.split(text)[: site.first])
    if rows is None and stub is None:
        rows = _above(code.split("\n"), lined.split(text)[end:], language)
    if stub is None:
        rows = _without_repeated(rows or code.split("\n"), lined.split(text)[: site.first], language) or rows
    if rows is None:
        return None
    rows = [row for row in lined.trim(rows) if words_of(row) not in said]
    if not rows:
        return None
    imports = missing_imports(text, code, rows, language)
    return [*imports, Draft(first, end, tuple(moved_to("\n".join(lined.dedent(rows)), inner, text, language)))]


def _behind(code: str, said: set[str], before: list[str]) -> list[str] | None:
    """The rows behind the request, where the answer says it again below rows of the file; None for another answer."""
    rows = code.split("\n")
    at = next((n for n, row in enumerate(rows) if words_of(row) in said), 0)
    there = {_plain(lined.bare(row)) for row in before} - {""}
    return rows[at + 1 :] if any(_plain(row) in there for row in rows[:at]) and any(rows[at + 1 :]) else None


def _above(rows: list[str], after: list[str], language: Language) -> list[str] | None:
    """The rows above those that go on as the file does below the request; None where none do."""
    below = [_plain(lined.bare(row)) for row in after if _counts(lined.bare(row), language)]
    said = [(n, _plain(row)) for n, row in enumerate(rows) if _counts(row, language)]
    if not below or not _ALONE.search(below[0]):  # the answer's own last row may be such a one
        return None
    rests = ((n, [plain for _, plain in said[at:]]) for at, (n, _) in enumerate(said) if at)
    return next((rows[:n] for n, rest in rests if below[: len(rest)] == rest[: len(below)]), None)


def _without_repeated(rows: list[str], before: list[str], language: Language) -> list[str] | None:
    """The rows behind those that repeat what stands right above the request; None where none does."""
    above = [_plain(lined.bare(row)) for row in before if _counts(lined.bare(row), language)]
    said = [(n, _plain(row)) for n, row in enumerate(rows) if _counts(row, language)]
    for most in range(min(len(above), len(said) - 1), 0, -1):
        same = [plain for _, plain in said[:most]]
        if same == above[-most:] and max(map(len, same)) >= _TELLING:
            return rows[said[most - 1][0] + 1 :]
    return None


def _defines(code: str, name: str) -> bool:
    return any(name_in(row) == name for row in code.split("\n"))


def _body(code: str, stub: PlainStub) -> list[str] | None:
    """The body of the stub's function as the answer has it, without what stands around that."""
    rows = code.split("\n")
    header = next((n for n, row in enumerate(rows) if name_in(row) == stub.name), None)
    if header is None:
        return None
    outer = lined.leading(rows[header])
    first = header + 1 + (header + 1 < len(rows) and rows[header + 1].strip() == "{")
    closed = (n for n in range(first, len(rows)) if rows[n].strip() and lined.leading(rows[n]) == outer)
    end = next(closed, None)
    return rows[first:end] if end is not None and end > first else None


@dataclass(frozen=True, slots=True)
class _Compared:
    """The lines of a file before and behind the request, and those of the answer, each with its number.

    Attributes:
        inner: the indentation of the code that is asked for.
    """

    before: list[tuple[str, str]]
    after: list[tuple[str, str]]
    rows: list[str]
    said: list[tuple[int, str]]
    inner: str

    @classmethod
    def of(cls, text: str, code: str, first: int, end: int, inner: str, language: Language) -> _Compared:
        """The lines that count, as they are compared; imports do not, since an answer may add one."""
        lines = [lined.bare(line) for line in lined.split(text)]
        rows = code.split("\n")
        before = [(lined.leading(row), _plain(row)) for row in lines[:first] if _counts(row, language)]
        after = [(lined.leading(row), _plain(row)) for row in lines[end:] if _counts(row, language)]
        return cls(
            before, after, rows, [(n, _plain(row)) for n, row in enumerate(rows) if _counts(row, language)], inner
        )

    def new(self) -> list[str] | None:
        """The rows between what stands above the request and what stands below; None where too little is repeated."""
        said = [plain for _, plain in self.said]
        for start in self._starts():
            above = [plain for _, plain in self.before[start:]]
            if not above:
                continue
            outer = self.before[start][0]
            below = self._below(outer) if start else [plain for _, plain in self.after]
            for at in [0] if not start else range(len(said)):
                if said[at : at + len(above)] != above:
                    continue
                from_ = at + len(above)
                ends = list(range(len(said) - len(below), from_ - 1, -1)) if below else [len(said)]
                ends = [n for n in ends if said[n : n + len(below)] == below]
                closing = [n for n in ends if start and below and self._indent(n + len(below) - 1) == self._indent(at)]
                to = next(iter(closing[-1:] or ends or self._closing(at, from_)), None)
                if to is not None and to > from_:
                    top = self.said[from_ - 1][0] + 1
                    bottom = self.said[to][0] if to < len(said) else len(self.rows)
                    return self.rows[top:bottom]
        return None

    def _starts(self) -> list[int]:
        """Where what is compared may begin: with the file, or with a line that the request is within."""
        found, width = [0], len(self.inner.expandtabs())
        for n in range(len(self.before) - 1, 0, -1):
            own = len(self.before[n][0].expandtabs())
            if own < width:
                found.append(n - (self.before[n][1] == "{"))  # with the header above a brace that has a line of its own
                width = own
        return list(dict.fromkeys(found))

    def _closing(self, at: int, from_: int) -> list[int]:
        """Where the function that the answer begins anew ends in it, without what the file has below the request."""
        if not self.said[at][1].endswith("()"):
            return []
        return [n for n in range(from_, len(self.said)) if self._indent(n) == self._indent(at)][:1]

    def _indent(self, n: int) -> str:
        """The white space before a row of the answer that counts."""
        return lined.leading(self.rows[self.said[n][0]])

    def _below(self, outer: str) -> list[str]:
        """The lines below the request, up to the one that closes a block which begins with that indentation."""
        found: list[str] = []
        for indent, plain in self.after:
            if len(indent.expandtabs()) < len(outer.expandtabs()):
                break
            found.append(plain)
            if indent == outer:
                break
        return found


def _counts(row: str, language: Language) -> bool:
    return (
        bool(row.strip()) and not is_import(row, language) and not words_of(row) and row.strip() not in ("<?php", "?>")
    )


def _plain(row: str) -> str:
    """A row for comparing; of the header of a function, its name."""
    name = name_in(row)
    return f"{name}()" if name else " ".join(row.split()).rstrip(";").replace("'", '"')
