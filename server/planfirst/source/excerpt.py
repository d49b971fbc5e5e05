"""The code around a request as it stands in its file, folded and shortened until it fits.

A signature says how a function is called. Which fields a type has, what a constant is and how others call what is to be
written stands in the code itself, and a small model is right more often when it sees that.

Why: docs/decisions/0043-the-file-in-the-prompt.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.definitions import SIGNATURES, definition_of
from planfirst.source.languages import Language
from planfirst.source.surroundings import words_of
from planfirst.source.syntax import Syntax, named, syntax_of

if TYPE_CHECKING:
    from tree_sitter import Node

LENGTHS = (1200, 600, 300)  # characters of the excerpts, the longest first
_NEAR = 40  # lines above a request that are looked at where nothing is known of the syntax
_MOST = 300  # statements of a file or members of a type that are looked at, the nearest ones
_DEEPEST = 50  # types and blocks in each other that are taken apart
_FOLD = " ..."
_WIDTH = 160  # characters of a line
_NAME = re.compile(r"[^\W\d]\w+")
_IMPORT = re.compile(r"import|include|use_decl|using|package")
_RELATIVE = re.compile(r"from\s+(?:\.|['\"]\.|__future__)")
_ALWAYS = 100.0  # the worth of what must not go before all else has
_HEADER = 3.0  # by how much a header is worth more than what is behind it
_NAMED, _CALLING, _MEMBER, _IMPORTED, _ALIKE, _SHORT, _REMARK = 8.0, 4.0, 3.0, 3.0, 2.0, 1.0, -2.0


@dataclass(frozen=True, slots=True)
class _Part:
    """Some lines that are shown whole, folded to their first ones, or not at all.

    Attributes:
        first, last: inclusive.
        header_last: the last line that stays when it is folded.
        worth: the less, the sooner it goes.
    """

    first: int
    last: int
    header_last: int
    worth: float


@lru_cache(maxsize=32)
def excerpts_of(
    text: str, first: int, last: int, language: Language, wanted: str, name: str = "", place: str = ""
) -> tuple[str, ...]:
    """The file without some lines, in excerpts of at most `LENGTHS` characters; none says the same as another.

    Args:
        first, last: the lines of the request and of what is to be written, inclusive; they are left out.
        wanted: the request, with the header of what is to be written.
        name: that of the function that is to be written, if it is known.
        place: what stands in their place where code below them is shown, too; empty for nothing.
    """
    rows = [lined.bare(line).rstrip() for line in lined.split(text)]
    syntax = syntax_of(text, language.id)
    if syntax is None:
        parts = [_Part(n, n, n, float(n - first)) for n in range(max(0, first - _NEAR), first)]
        if place:  # the nearer to the request, the more it is worth; what is below less than what is above
            below = range(last + 1, min(len(rows), last + 1 + _NEAR // 2))
            parts += [_Part(n, n, n, float(2 * (last - n))) for n in below]
    else:
        parts = list(_Parts(syntax, first, last, wanted, name).of(syntax.root, inside=False))
    shown = (_fitted(rows, range(first, last + 1), parts, most, place) for most in LENGTHS)
    return tuple(dict.fromkeys(filter(None, shown)))


def _fitted(rows: Sequence[str], out: range, parts: Sequence[_Part], most: int, place: str) -> str:
    """What of the parts has room: they are folded, then left out, those of least worth before the others."""
    shown = {n for part in parts for n in range(part.first, part.last + 1)} - set(out)
    size = sum(len(rows[n]) + 1 for n in shown)
    folded: set[int] = set()
    steps = [(part.worth, True, part) for part in parts] + [(part.worth + _HEADER, False, part) for part in parts]
    for _, fold, part in sorted(steps, key=lambda step: step[0]):
        if size <= most:
            break
        gone = shown.intersection(range(part.header_last + 1 if fold else part.first, part.last + 1))
        if fold and len(gone) < 2:  # the mark of a fold takes the place of a line
            continue
        size -= sum(len(rows[n]) + 1 for n in gone)
        shown -= gone
        if fold:
            folded.add(part.header_last)
            size += len(_FOLD)
    above, below = (sorted(n for n in shown if (n < out.start) is is_above) for is_above in (True, False))
    if not place or not below:
        return _written(rows, [*above, *below], folded)
    return "\n\n".join(filter(None, (_written(rows, above, folded), place, _written(rows, below, folded))))


def _written(rows: Sequence[str], shown: Sequence[int], folded: set[int]) -> str:
    said: list[str] = []
    before = -1
    for n in shown:
        if said and said[-1] and not all(rows[before + 1 : n]):  # one blank line for as many as there are
            said.append("")
        row = rows[n] if len(rows[n]) <= _WIDTH else f"{rows[n][: _WIDTH - 1]}…"
        if n in folded:
            row += f"{_FOLD} }}" if row.endswith("{") else _FOLD
        if row or (said and said[-1]):
            said.append(row)
        before = n
    return "\n".join(said).strip("\n")


class _Parts:
    """Takes a file apart: a part for each function and statement, and one for each type beside those of its members."""

    def __init__(self, syntax: Syntax, first: int, last: int, wanted: str, name: str) -> None:
        self._syntax, self._first, self._last = syntax, first, last
        self._names, self._words = frozenset(_NAME.findall(wanted)) - {name}, words_of(wanted)
        self._call = re.compile(rf"\b{re.escape(name)}\b") if name else None

    def of(self, holder: Node, inside: bool, depth: int = 0) -> Iterator[_Part]:
        """The parts that a node holds.

        Args:
            inside: it is the type that the request stands in.
            depth: how many nodes that were taken apart it is in.
        """
        nodes = named(holder)
        near = sorted(nodes, key=lambda node: self._distance(self._syntax.first(node), self._syntax.last(node)))
        for node in near[:_MOST]:
            yield from self._of(node, inside, depth + 1)

    def _of(self, node: Node, inside: bool, depth: int) -> Iterator[_Part]:
        syntax = self._syntax
        first, last = syntax.first(node), syntax.last(node)
        core = self._definition(node)
        body = definition_of(core, syntax).body if core is not None else node.child_by_field_name("body")
        body = body if depth < _DEEPEST else None
        around = first <= self._first and self._last <= last and last - first > self._last - self._first
        if around and body is not None and (core is None or core.type in syntax.shape.types):
            opened = max(first, syntax.first(body) - (0 if self._opens(body) else 1))
            yield _Part(first, opened, opened, _ALWAYS)
            yield from self.of(body, core is not None, depth)
            if self._opens(body):
                yield _Part(last, last, last, _ALWAYS)
        elif around:
            for n in range(first, last + 1):
                yield _Part(n, n, n, _ALWAYS if n == first else _ALWAYS / 2 - self._distance(n, n) / 100)
        elif not (self._first <= first and last <= self._last):
            yield self._part(node, core, body, first, last, inside)
            if core is not None and core.type in syntax.shape.types and body is not None:
                yield from self.of(body, False, depth)

    def _part(self, node: Node, core: Node | None, body: Node | None, first: int, last: int, inside: bool) -> _Part:
        syntax = self._syntax
        header_last = first if core is None and not self._is_text(node) else last
        if core is not None and core.type not in syntax.shape.types and body is not None:
            header_last = max(first, syntax.first(body) - (0 if self._opens(body) else 1))
        text = syntax.text(node)
        own = definition_of(core, syntax).name if core is not None else text.partition("\n")[0].partition("=")[0]
        worth = -self._distance(first, last) / max(len(syntax.lines), 1)
        if _IMPORT.search(node.type):
            worth += _SHORT if _RELATIVE.search(text) else _IMPORTED
        elif node.type in syntax.shape.comments:
            return _Part(first, last, last, worth + _REMARK)
        if not self._names.isdisjoint(_NAME.findall(own)):
            worth += _NAMED
        elif not self._words.isdisjoint(words_of(own)):
            worth += _ALIKE
        if self._call and self._call.search(text):
            worth += _CALLING
        worth += _MEMBER if inside else _SHORT if first == last and core is None else 0
        return _Part(first, last, header_last, worth)

    def _is_text(self, node: Node) -> bool:
        """Whether a node is a comment or a docstring, of which a half would be worse than nothing."""
        shape, inner = self._syntax.shape, named(node)
        return node.type in shape.comments or (len(inner) == 1 and inner[0].type in shape.texts)

    def _definition(self, node: Node) -> Node | None:
        """The function or type that a node is or wraps."""
        shape = self._syntax.shape
        while node.type in shape.wrappers:
            inner = [one for one in node.named_children if one.type in shape.functions | shape.types | shape.wrappers]
            if not inner:
                return None
            node = inner[-1]
        return node if node.type in shape.functions | shape.types | SIGNATURES else None

    def _opens(self, body: Node) -> bool:
        """Whether a body begins with a brace, which is part of the header's line."""
        return self._syntax.data[body.start_byte : body.start_byte + 1] == b"{"

    def _distance(self, first: int, last: int) -> int:
        """Lines between some lines and the request."""
        return max(self._first - last, first - self._last, 0)
