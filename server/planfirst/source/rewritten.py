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
from planfirst.source.definitions import Definition, definition_of, name_of
from planfirst.source.edits import apply, between, finish
from planfirst.source.import_nodes import without_imports
from planfirst.source.imports import hoist
from planfirst.source.indent import moved_to
from planfirst.source.languages import Language
from planfirst.source.nodes import inner_of
from planfirst.source.placement import Placement
from planfirst.source.site import Site
from planfirst.source.standing import statement_at
from planfirst.source.syntax import Syntax, named, syntax_of, walk
from planfirst.source.unimported import unimported
from planfirst.source.unimported_nodes import unimported_nodes
from planfirst.words import Message

if TYPE_CHECKING:
    from tree_sitter import Node

_REFUSED = frozenset(("answer-all-anew", "answer-again", "answer-elsewhere"))
_KEPT = 0.8  # of the words and signs of the old body that the new one has: with fewer, it is other code
_SHORT = 8  # rows of a definition, of which there is little to keep
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
    old = _around(file, site) if file is not None else None
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


def described_anew(text: str, site: Site, code: str, language: Language, refused: Message) -> Placement | None:
    """The file with the function or type directly below a comment as the answer has it; None for another answer.

    That is what a comment asks for which describes it, as above ``char *trim(char *s) { return s; }``. An answer that
    lacks a member or an attribute of it is not taken, nor one that has little of a longer one.

    Args:
        code: the answer, flush left.
        refused: why it cannot go below the comment.
    """
    file, answer = syntax_of(text, language.id), syntax_of(code, language.id)
    if refused.code != "answer-again" or site.described is None or file is None or answer is None:
        return None
    shape = file.shape
    kinds = shape.functions | shape.types | {"impl_item"}
    below = statement_at(file, site.described[0])
    old = inner_of(below, file, kinds) if below is not None else None
    if old is None or answer.root.has_error:
        return None
    found = [one for one in walk(answer.root) if one.type == old.type and _has_all_of(one, answer, old, file)]
    if len(found) != 1:
        return None
    if len(_rows(old, file)) > _SHORT and not is_much_of(answer.text(found[0]), file.text(old)):
        return None
    place = file.first(old), file.last(old)
    rows = [lined.bare(row) for row in answer.lines[answer.first(found[0]) : answer.last(found[0]) + 1]]
    indent = lined.leading(file.lines[place[0]])
    written = moved_to("\n".join(lined.dedent(rows)), indent, text, language)
    was = [lined.bare(row) for row in file.lines[place[0] : place[1] + 1]]
    if (doc := _docstring(old, file)) and not _docstring(found[0], answer):
        first = answer.first(_body(found[0], answer)) - answer.first(found[0])
        written[first:first] = was[doc.start - place[0] : doc.stop - place[0]]
    made = merged(was, written, range(0), language)
    return placed(text, code, place, made, Message("answer-changed-below"), language)


def _body(node: Node, syntax: Syntax) -> Node:
    body = definition_of(node, syntax).body
    return body if body is not None else node


def _docstring(node: Node, syntax: Syntax) -> range:
    """The rows of the docstring of a function or type in Python; none where it has none."""
    first = next((one for one in named(_body(node, syntax)) if one.type not in syntax.shape.comments), None)
    if first is None or first.type != "expression_statement" or first.named_children[0].type != "string":
        return range(0)
    return range(syntax.first(first), syntax.last(first) + 1)


def _has_all_of(new: Node, answer: Syntax, old: Node, file: Syntax) -> bool:
    """Whether two nodes define the same, and the new one lacks no attribute and no member of the old one."""
    was, now = definition_of(old, file), definition_of(new, answer)
    if was.body is None or now.body is None or was.name != now.name or was.parameters != now.parameters:
        return False
    if _before(old, file) != _before(new, answer):
        return False
    if old.type not in file.shape.functions and _head(old, was.body, file) != _head(new, now.body, answer):
        return False
    marks = {row for row in _rows(old, file) if row.startswith(_MARKS)}
    return marks.issubset(_rows(new, answer)) and _functions(old, file) <= _functions(new, answer)


def _functions(node: Node, syntax: Syntax) -> set[str]:
    return {name_of(one, syntax) for one in walk(node) if one.type in syntax.shape.functions}


def _rows(node: Node, syntax: Syntax) -> set[str]:
    return {line.strip() for line in syntax.text(node).split("\n")}


def _before(node: Node, syntax: Syntax) -> str:
    """What stands before a node in its row, as ``export`` does."""
    return lined.bare(syntax.lines[syntax.first(node)])[: syntax.column(node.start_byte)].strip()


def _head(node: Node, body: Node, syntax: Syntax) -> str:
    """What stands before the body of a definition."""
    return " ".join(syntax.cut(node.start_byte, body.start_byte).split())


def function_again(text: str, site: Site, code: str, language: str) -> str:
    """The name of the function around a comment, if the answer has that function, too; empty if not."""
    file, answer = syntax_of(text, language), syntax_of(code, language)
    around = _around(file, site) if file is not None else None
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
    result = _with_imports(text, changed, code, first, "\n".join(lined.dedent(rows)), language)
    if result is None or result == text or breaks(text, result, language.id):
        return None
    return Placement(between(text, result), result, notices=(said,))


def _around(file: Syntax, site: Site) -> Node | None:
    """The innermost function that the comment stands in."""
    found = None
    for node in file.touching(site.first, site.last):
        if node.type in file.shape.functions and file.first(node) < site.first and site.last < file.last(node) + 1:
            found = node
        elif node.type in file.shape.types and found is not None and file.first(node) > file.first(found):
            found = None
    return found if found is not None and definition_of(found, file).name else None


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
        rows += [old[n] for n in range(start, stop) if stays[n] and (old[n].strip() or begin == end)]
        rows += new[begin:end]
    return rows


def is_much_of(new: str, old: str) -> bool:
    """Whether a code has most words and signs of another, in whatever order."""
    wanted, there = Counter(_SIGN.findall(old)), Counter(_SIGN.findall(new))
    return (wanted & there).total() >= _KEPT * wanted.total()


def _is_comment(row: str, language: Language) -> bool:
    return bool(language.line) and row.lstrip().startswith(language.line)


def _with_imports(text: str, changed: str, code: str, first: int, body: str, language: Language) -> str | None:
    """The changed file with the imports that the answer brings, above the function; None if they would not go there."""
    if language.id == "python":
        needed = "\n".join([*unimported(text, body), code])
        drafts = hoist(text, needed, first, first, "")[1]
    else:
        needed = "\n".join([*unimported_nodes(text, body, language.id), code])
        drafts = without_imports(text, needed, language.id)[1]
    if any(draft.end_line > first for draft in drafts):
        return None
    return apply(changed, finish(text, drafts))
