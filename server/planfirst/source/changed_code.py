"""Puts an answer in the place of the code that a comment asks to have otherwise.

Only the rows that differ change, and your comments stay, as do decorators, a docstring, ``export`` and the methods of a
class that the answer leaves out.
"""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.breaks import breaks
from planfirst.source.change_requests import asks_for_change
from planfirst.source.definitions import definition_of, name_of
from planfirst.source.edits import between
from planfirst.source.import_nodes import is_beside
from planfirst.source.indent import moved_to
from planfirst.source.languages import Language
from planfirst.source.lines import bare
from planfirst.source.nodes import inner_of, names_at_top
from planfirst.source.placement import Placement
from planfirst.source.rewritten import docstring_of, is_much_of, merged, row_start, with_imports
from planfirst.source.site import Site, without_change
from planfirst.source.standing import statement_at, top_of
from planfirst.source.syntax import Syntax, named, syntax_of, walk
from planfirst.source.unfinished import ended
from planfirst.words import Message

if TYPE_CHECKING:
    from tree_sitter import Node

_RENAMES = re.compile(r"\b(?:re)?nam(?:e|ed|es|ing)\b|\bcall(?:ed)? it\b|이름", re.IGNORECASE)
_REMOVES = re.compile(r"\b(?:remove|drop|without|no longer|delete|get rid)\b|제거|삭제", re.IGNORECASE)
_SHORT = 8  # rows of a definition, of which there is little to keep
_TRIAL = re.compile(r"main$|test|example|demo|usage", re.IGNORECASE)  # what a model adds unasked
_WORD = re.compile(r"\w+")


def changed_code(text: str, site: Site, code: str, language: Language) -> tuple[Placement | None, Site]:
    """The file with the code changed; None where the answer is not another form of it, and the site to place it at.

    Args:
        code: the answer, flush left.
    """
    file, answer = syntax_of(text, language.id), syntax_of(code, language.id)
    if not site.task.changed or site.body is None or file is None:
        return None, site
    old = _definition(file, site.body[0])
    if old is None:
        return None, site
    plain = without_change(site) if site.described is not None else site
    if answer is None or answer.root.has_error or not ended(code, language).is_whole:
        return None, plain
    new = _form_of(old, file, answer, site.task.request)
    if new is None and asks_for_change(site.task.request) and not _defines(answer):
        return Placement((), text, refused=Message("answer-not-changed", name=_called(old, file))), plain
    if new is None or _is_beside_the_point((old, file), (new, answer)):
        return None, plain
    if not asks_for_change(site.task.request) and not _is_like((old, file), (new, answer)):
        return None, plain
    return _placed(text, site, code, language, (old, file), (new, answer)), plain


def _placed(
    text: str, site: Site, code: str, language: Language, old: tuple[Node, Syntax], new: tuple[Node, Syntax]
) -> Placement | None:
    first, last = site.body or (0, 0)
    lines = lined.split(text)
    was = [bare(line) for line in lines[first : last + 1]]
    rows = _kept(old, new, site.task.request, [*_prefixed(old, new)])
    indent = lined.leading(was[0])
    written = moved_to("\n".join(lined.dedent(rows)), indent, text, language)
    asked = range(site.first - first, site.request_last + 1 - first) if first <= site.first <= last else range(0)
    made = merged(was, written, asked, language)
    beside = _helpers(new, old[1], "\n".join(made))
    top = top_of(text, first, language) if beside else None
    at = min(top[0], site.first) if top is not None else first
    newline = lined.newline_of(text)
    end = lines[last][len(bare(lines[last])) :]
    above = "".join(f"{row}{newline}" for row in ([*beside, ""] if beside else []))
    between_ = "".join(lines[at:first])
    changed = "".join([*lines[:at], above, between_, newline.join(made), end, *lines[last + 1 :]])
    result = with_imports(text, changed, code, at, "\n".join(lined.dedent([*beside, *made])), language)
    if result is None or breaks(text, result, language.id):
        return Placement((), text, refused=Message("answer-breaks-file"))
    said = Message("answer-changes-code", name=_called(*old))
    return Placement(between(text, result), result, notices=(said,))


def _definition(syntax: Syntax, line: int) -> Node | None:
    """The function or type that begins at a line, without what stands around it."""
    node = statement_at(syntax, line)
    return inner_of(node, syntax, syntax.shape.functions | _types(syntax)) if node is not None else None


def _types(syntax: Syntax) -> frozenset[str]:
    return syntax.shape.types | {"impl_item"}


def _called(node: Node, syntax: Syntax) -> str:
    """The name of a definition; of an ``impl`` all that stands before its body."""
    body = node.child_by_field_name("body")
    if node.type != "impl_item" or body is None:
        return name_of(node, syntax)
    return " ".join(syntax.cut(node.start_byte, body.start_byte).split())


def _form_of(old: Node, file: Syntax, answer: Syntax, request: str) -> Node | None:
    """The answer's form of a definition: that of its name, or the only one where the request gives it another."""
    is_type = old.type in _types(file)
    kinds = _types(answer) if is_type else answer.shape.functions
    found = [one for one in walk(answer.root) if one.type in kinds and _called(one, answer)]
    name = _called(old, file)
    same = [one for one in found if _called(one, answer) == name and definition_of(one, answer).body is not None]
    if same or not _RENAMES.search(request):
        return same[0] if same and (not is_type or _has_methods(same[0], answer, old, file, request)) else None
    tops = [one for one in found if _whole(one, answer).parent == answer.root]
    return tops[0] if len(tops) == 1 and name_of(tops[0], answer) in _WORD.findall(request) else None


def _defines(answer: Syntax) -> bool:
    """Whether an answer has a function or type at all."""
    kinds = answer.shape.functions | _types(answer)
    return any(one.type in kinds and _called(one, answer) for one in walk(answer.root))


def _has_methods(new: Node, answer: Syntax, old: Node, file: Syntax, request: str) -> bool:
    """Whether a type has all methods of another; of a class in Python, those that are left out stay."""
    if file.shape.module == "tree_sitter_python" or _REMOVES.search(request):
        return True
    there, here = (
        {name_of(one, syntax) for one in walk(node) if one.type in syntax.shape.functions}
        for node, syntax in ((old, file), (new, answer))
    )
    return there <= here


def _is_beside_the_point(old: tuple[Node, Syntax], new: tuple[Node, Syntax]) -> bool:
    """Whether the answer only repeats the definition, or has another one that it does not use: that is asked for."""
    if old[1].text(_whole(*old)).split() == new[1].text(_whole(*new)).split():
        return True
    node, answer = new
    used = set(_WORD.findall(answer.text(node)))
    return any(
        name not in used and not _TRIAL.match(name) for one in _others(new, old[1]) for name in _names(one, answer)
    )


def _is_like(old: tuple[Node, Syntax], new: tuple[Node, Syntax]) -> bool:
    """Whether a form keeps the parameters, and much of a definition that is not short."""
    was, now = definition_of(*old), definition_of(*new)
    if was.parameters != now.parameters:
        return False
    rows = {row.strip() for row in old[1].text(old[0]).split("\n")}
    return len(rows) <= _SHORT or is_much_of(new[1].text(new[0]), old[1].text(old[0]))


def _whole(node: Node, syntax: Syntax) -> Node:
    """A definition with what stands around it, such as its decorators."""
    while node.parent is not None and node.parent.type in syntax.shape.wrappers:
        node = node.parent
    return node


def _prefixed(old: tuple[Node, Syntax], new: tuple[Node, Syntax]) -> list[str]:
    """The rows of the new form, with the ``export`` of the old one."""
    whole, syntax = _whole(*new), new[1]
    rows = [bare(line) for line in syntax.lines[syntax.first(whole) : syntax.last(whole) + 1]]
    before = row_start(old[0], old[1])
    exported = before.startswith("export") and not rows[0].lstrip().startswith("export")
    return [f"{lined.leading(rows[0])}{before} {rows[0].lstrip()}", *rows[1:]] if exported else rows


def _kept(old: tuple[Node, Syntax], new: tuple[Node, Syntax], request: str, rows: list[str]) -> list[str]:
    """The rows with what the answer leaves out of the old form, though nobody asked to have it away."""
    node, file = old
    removes = _REMOVES.search(request) is not None
    words = set(_WORD.findall(request.lower()))
    kept = [] if removes or _marks(new) else _marks(old)  # with marks of its own, it has those that are wanted
    lost = [mark for mark in kept if not words & set(_WORD.findall(mark.lower()))]
    indent = lined.leading(rows[0])
    if new[1].shape.module == "tree_sitter_python":
        rows = _documented(old, new, rows)
    if node.type in _types(file) and not removes:
        rows = [*rows, *_lost_members(old, new, request, indent)]
    return [*(f"{indent}{row}" for mark in lost for row in mark.split("\n")), *rows]


def _marks(old: tuple[Node, Syntax]) -> list[str]:
    """The decorators and annotations above a definition that have rows of their own."""
    node, file = old
    found = [file.text(one) for one in named(_whole(node, file)) if "decorator" in one.type]
    header = lined.dedent([bare(line) for line in file.lines[file.first(node) : file.last(node) + 1]])
    return found or list(takewhile(lambda row: row.startswith("@"), header))


def _documented(old: tuple[Node, Syntax], new: tuple[Node, Syntax], rows: list[str]) -> list[str]:
    """The rows with the docstring of the old form, if the new one has none."""
    there = docstring_of(*old)
    body = new[0].child_by_field_name("body")
    if not there or docstring_of(*new) or body is None:
        return rows
    said = [bare(line) for line in old[1].lines[there.start : there.stop]]
    inner = lined.leading(new[1].lines[new[1].first(body)])
    at = new[1].first(body) - new[1].first(_whole(*new))
    moved = [f"{inner}{row}" if row else "" for row in lined.dedent(said)]
    return [*rows[:at], *moved, *rows[at:]]


def _lost_members(old: tuple[Node, Syntax], new: tuple[Node, Syntax], request: str, indent: str) -> list[str]:
    """The methods of a class in Python that its new form lacks, but those with a special name."""
    if new[1].shape.module != "tree_sitter_python":
        return []
    there = {name_of(one, new[1]) for one in walk(new[0]) if one.type in new[1].shape.functions}
    words = set(_WORD.findall(request))
    rows: list[str] = []
    for one in named(old[0].child_by_field_name("body") or old[0]):
        inner = inner_of(one, old[1], old[1].shape.functions)
        name = name_of(inner, old[1]) if inner is not None else ""
        if not name or name in there or name in words or name.startswith("__"):
            continue
        said = lined.dedent([bare(line) for line in old[1].lines[old[1].first(one) : old[1].last(one) + 1]])
        rows += ["", *(f"{indent}    {row}" if row else "" for row in said)]
    return rows


def _helpers(new: tuple[Node, Syntax], file: Syntax, made: str) -> list[str]:
    """What else the answer defines at its top level that the new form uses and the file does not have."""
    used = set(_WORD.findall(made))
    rows: list[str] = []
    for one in _others(new, file):
        if _names(one, new[1]) & used:
            rows += [*([""] if rows else []), *new[1].text(one).split("\n")]
    return rows


def _others(new: tuple[Node, Syntax], file: Syntax) -> list[Node]:
    """What else the answer defines at its top level, and the file does not."""
    node, answer = new
    known = {name for one in named(file.root) for name in _names(one, file)}
    beside = [one for one in named(answer.root) if not one.start_byte <= node.start_byte < one.end_byte]
    beside = [one for one in beside if not is_beside(one, answer) and one.type not in answer.shape.comments]
    return [one for one in beside if (names := _names(one, answer)) and not names & known]


def _names(node: Node, syntax: Syntax) -> set[str]:
    return {name for name in names_at_top(node, syntax) if name}
