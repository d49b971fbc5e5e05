"""An answer that has the code around or below a comment otherwise, since the request changes it.

"Leave out rows without a price" changes the loop below, and a filter that the user types changes what a component
returns. Such an answer is taken row by row, so that you see in the diff what goes and what comes. Your comments stay.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.breaks import breaks
from planfirst.source.comments import scan
from planfirst.source.definitions import Definition, definition_of
from planfirst.source.edits import apply, between, finish
from planfirst.source.import_nodes import without_imports
from planfirst.source.imports import hoist
from planfirst.source.indent import moved_to
from planfirst.source.languages import Language
from planfirst.source.placement import Placement
from planfirst.source.site import Site
from planfirst.source.standing import function_around
from planfirst.source.syntax import Syntax, named, syntax_of, walk
from planfirst.source.unimported import unimported
from planfirst.source.unimported_nodes import unimported_nodes
from planfirst.words import Message

if TYPE_CHECKING:
    from tree_sitter import Node

_REFUSED = frozenset(("answer-all-anew", "answer-again", "answer-elsewhere"))
_KEPT = 0.8  # of the words and signs of the old body that the new one has: with fewer, it is other code
_MARKS = ("@", "#[")
_SIGN = re.compile(r"\w+|[^\w\s]")


def rewritten(text: str, site: Site, code: str, language: Language, refused: Message) -> Placement | None:
    """The file with its function as the answer has it, and the comment kept; None for another answer.

    Args:
        code: the answer, flush left.
        refused: why it cannot go below the comment.
    """
    if refused.code not in _REFUSED or site.kind != "comment" or site.body is not None:
        return None
    file, answer = syntax_of(text, language.id), syntax_of(code, language.id)
    old = function_around(file, site.first, site.last) if file is not None else None
    new = (
        _same(answer, definition_of(old, file)) if answer is not None and file is not None and old is not None else None
    )
    if file is None or answer is None or old is None or new is None or answer.root.has_error:
        return None
    first, last = file.first(old), file.last(old)
    rows = [lined.bare(line) for line in file.lines]
    written = [lined.bare(line) for line in answer.lines[answer.first(new) : answer.last(new) + 1]]
    indent = lined.leading(rows[first])
    written = moved_to("\n".join(lined.dedent(written)), indent, text, language)
    asked = range(site.first - first, site.last + 1 - first)
    body = [
        row for n, row in enumerate(rows[first : last + 1]) if n and n not in asked and not _is_comment(row, language)
    ]
    if not is_much_of("\n".join(written[1:]), "\n".join(body)):
        return None
    if any(one.trailing and one.first == site.first for one in scan(text, language)):
        asked = range(0)  # the code before the comment may go
    made = merged(rows[first : last + 1], written, asked, language)
    said = Message("answer-changed-too", name=definition_of(old, file).name)
    return placed(text, code, (first, last), made, said, language)


def _body(node: Node, syntax: Syntax) -> Node:
    body = definition_of(node, syntax).body
    return body if body is not None else node


def docstring_of(node: Node, syntax: Syntax) -> range:
    """The rows of the docstring of a function or type in Python; none where it has none."""
    first = next((one for one in named(_body(node, syntax)) if one.type not in syntax.shape.comments), None)
    if first is None or first.type != "expression_statement" or first.named_children[0].type != "string":
        return range(0)
    return range(syntax.first(first), syntax.last(first) + 1)


def row_start(node: Node, syntax: Syntax) -> str:
    """What stands before a node in its row, as ``export`` does."""
    return lined.bare(syntax.lines[syntax.first(node)])[: syntax.column(node.start_byte)].strip()


def function_again(text: str, site: Site, code: str, language: str) -> str:
    """The name of the function around a comment, if the answer has that function, too; empty if not."""
    file, answer = syntax_of(text, language), syntax_of(code, language)
    around = function_around(file, site.first, site.last) if file is not None else None
    if file is None or answer is None or around is None:
        return ""
    wanted = definition_of(around, file)
    return wanted.name if _same(answer, wanted) is not None else ""


def placed(
    text: str, code: str, place: tuple[int, int], rows: list[str], said: Message, language: Language
) -> Placement | None:
    """The file with other rows in a place, and the imports of the answer that they use; None if that breaks it.

    Args:
        place: the first and the last row that they take the place of.
    """
    first, last = place
    lines = lined.split(text)
    end = lines[last][len(lined.bare(lines[last])) :]
    changed = "".join([*lines[:first], lined.newline_of(text).join(rows) + end, *lines[last + 1 :]])
    result = with_imports(text, changed, code, first, "\n".join(lined.dedent(rows)), language)
    if result is None or result == text or breaks(text, result, language.id):
        return None
    return Placement(between(text, result), result, notices=(said,))


def _same(answer: Syntax, wanted: Definition) -> Node | None:
    """The answer's function of that name and with those parameters, if there is one."""
    found = [
        node
        for node in walk(answer.root)
        if node.type in answer.shape.functions
        and (one := definition_of(node, answer)).name == wanted.name
        and one.parameters == wanted.parameters
    ]
    return found[0] if len(found) == 1 else None


def merged(old: list[str], new: list[str], asked: range, language: Language) -> list[str]:
    """The new rows, with the old comments where they stood.

    Args:
        asked: the rows of the request among the old ones.
    """
    matcher = SequenceMatcher(None, [row.strip() for row in old], [row.strip() for row in new], autojunk=False)
    stays = [n in asked or not row.strip() or _is_comment(row, language) for n, row in enumerate(old)]
    rows: list[str] = []
    for tag, start, stop, begin, end in matcher.get_opcodes():
        if tag == "equal":
            pairs = zip(old[start:stop], new[begin:end], strict=True)
            rows += [one if one.rstrip() == other.rstrip() else other for one, other in pairs]  # it may stand deeper
            continue
        head = _header_end(new, begin, end) if start == 0 and not stays[0] else begin
        rows += new[begin:head]
        rows += [old[n] for n in range(start, stop) if stays[n] and (old[n].strip() or begin == end)]
        rows += new[head:end]
    return rows


def _header_end(rows: list[str], begin: int, end: int) -> int:
    """Behind the header that some rows begin with, as far as it is among them."""
    ends = (n + 1 for n in range(begin, end) if rows[n].rstrip().endswith((":", "{")))
    return next(ends, begin)


def is_much_of(new: str, old: str, share: float = _KEPT) -> bool:
    """Whether a code has most words and signs of another, in whatever order."""
    wanted, there = Counter(_SIGN.findall(old)), Counter(_SIGN.findall(new))
    return (wanted & there).total() >= share * wanted.total()


def _is_comment(row: str, language: Language) -> bool:
    return bool(language.line) and row.lstrip().startswith(language.line)


def with_imports(text: str, changed: str, code: str, first: int, body: str, language: Language) -> str | None:
    """The changed file with the imports that the answer brings, above the function; None if they would not go there.

    Args:
        first: the row above which they must stand.
        body: the new rows, which need them.
    """
    if language.id == "python":
        needed = "\n".join([*unimported(text, body), code])
        drafts = hoist(text, needed, first, first, "")[1]
    else:
        needed = "\n".join([*unimported_nodes(text, body, language.id), code])
        drafts = without_imports(text, needed, language.id)[1]
    if any(draft.end_line > first for draft in drafts):
        return None
    return apply(changed, finish(text, drafts))
