"""Puts an answer in the place of the code that a comment asks to have otherwise.

Only the rows that differ change. Your comments stay, as do a docstring, decorators, ``export`` and the methods of a
class that the answer leaves out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from planfirst.source import lines as lined
from planfirst.source.breaks import breaks
from planfirst.source.change_requests import asks_for_change
from planfirst.source.comments import scan
from planfirst.source.edits import between
from planfirst.source.forms import Form, form_at, forms_in
from planfirst.source.import_nodes import is_beside
from planfirst.source.indent import moved_to
from planfirst.source.languages import Language
from planfirst.source.locate import locate
from planfirst.source.nodes import inner_of, names_at_top
from planfirst.source.placement import Placement
from planfirst.source.rewritten import docstring_of, is_much_of, merged, row_start, with_imports
from planfirst.source.shapes import SHAPES
from planfirst.source.site import Site
from planfirst.source.standing import top_of
from planfirst.source.syntax import Syntax, named, syntax_of
from planfirst.source.unfinished import ended
from planfirst.words import Message

if TYPE_CHECKING:
    from tree_sitter import Node

_RENAMES = re.compile(r"\b(?:re)?nam(?:e|ed|es|ing)\b|\bcall(?:ed)? it\b|이름", re.IGNORECASE)
_REMOVES = re.compile(r"\b(?:remove|drop|without|no longer|delete|get rid)\b|제거|삭제", re.IGNORECASE)
_ALIKE = 0.5  # of the words and signs of code in a language that is not read: with fewer, it is other code
_SHORT = 8  # rows of a definition, of which there is little to keep
_TRIAL = re.compile(r"main$|test|example|demo|usage", re.IGNORECASE)  # what a model adds unasked
_WORD = re.compile(r"\w+")


def changed_code(text: str, site: Site, code: str, language: Language) -> tuple[Placement | None, Site]:
    """The file with the code changed; None where the answer is not another form of it, and the site to place it at.

    Args:
        code: the answer, flush left.
    """
    old = _old(text, site, language)
    if old is None:
        other = language.id not in SHAPES and site.task.changed and not is_much_of(code, site.task.changed, _ALIKE)
        return None, _below(text, site, language) if other else site
    site_below = _below(text, site, language)
    new = _new(old, code, site.task.request, language)
    if new is not None:
        return _placed(text, site, code, language, old, new), site_below
    answer = syntax_of(code, language.id)
    if asks_for_change(site.task.request) and answer is not None and not forms_in(answer):
        return Placement((), text, refused=Message("answer-not-changed", name=old.name)), site_below
    return None, site_below


def changed_form(text: str, site: Site, code: str, language: Language) -> str:
    """The part of an answer that is another form of the code which is to be changed; empty for none."""
    old = _old(text, site, language)
    new = _new(old, code, site.task.request, language) if old is not None else None
    return "\n".join(new.rows) if new is not None else ""


def _below(text: str, site: Site, language: Language) -> Site:
    """The site for an answer that is something else; where it was said that the code is to change, the same."""
    if site.described is None:
        return site
    return locate(text, site.first, site.first, language, excerpts=False, change=False) or site


def _old(text: str, site: Site, language: Language) -> Form | None:
    """The function or type that is to be changed; None where that is something else."""
    file = syntax_of(text, language.id)
    if not site.task.changed or site.body is None or file is None:
        return None
    return form_at(file, site.body[0])


def _new(old: Form, code: str, request: str, language: Language) -> Form | None:
    """The answer's form of it: that of its name, or the only one where the request gives it another."""
    answer = syntax_of(code, language.id)
    if answer is None or answer.root.has_error or not ended(code, language).is_whole:
        return None
    found = [one for one in forms_in(answer) if one.is_type == old.is_type and one.definition.body is not None]
    same = [one for one in found if one.name == old.name]
    if not same and _RENAMES.search(request):
        tops = [one for one in found if one.whole.parent == answer.root]
        same = tops if len(tops) == 1 and tops[0].name in _WORD.findall(request) else []
    if not same or _is_beside_the_point(old, same[0]) or _loses_methods(old, same[0], request):
        return None
    return same[0] if asks_for_change(request) or _is_like(old, same[0]) else None


def _is_beside_the_point(old: Form, new: Form) -> bool:
    """Whether the answer only repeats the definition, or has another one that it does not use: that is asked for."""
    if old.text.split() == new.text.split():
        return True
    used = set(_WORD.findall(new.text))
    others = (name for one in _others(new, old.syntax) for name in _names(one, new.syntax))
    return any(name not in used and not _TRIAL.match(name) for name in others)


def _loses_methods(old: Form, new: Form, request: str) -> bool:
    """Whether a type lacks methods that it had; of a class in Python, those that are left out stay."""
    if not old.is_type or old.is_python or _REMOVES.search(request):
        return False
    return not old.methods <= new.methods


def _is_like(old: Form, new: Form) -> bool:
    """Whether a form keeps the parameters, and much of a definition that is not short."""
    if old.definition.parameters != new.definition.parameters:
        return False
    return len(old.rows) <= _SHORT or is_much_of(new.text, old.text)


def _placed(text: str, site: Site, code: str, language: Language, old: Form, new: Form) -> Placement:
    first, last = site.body or (0, 0)
    lines = lined.split(text)
    was = [lined.bare(line) for line in lines[first : last + 1]]
    inside = site.first >= first and not any(one.trailing and one.first == site.first for one in scan(text, language))
    asked = range(site.first - first, site.request_last + 1 - first) if inside else range(0)
    made = in_place(old, new, was, site.task.request, asked, language)
    beside = _helpers(new, old.syntax, "\n".join(made))
    top = top_of(text, first, language) if beside else None
    at = min(top[0], site.first) if top is not None else first
    newline = lined.newline_of(text)
    end = lines[last][len(lined.bare(lines[last])) :]
    above = [*(f"{row}{newline}" for row in beside), *([newline] if beside else []), *lines[at:first]]
    changed = "".join([*lines[:at], *above, newline.join(made), end, *lines[last + 1 :]])
    result = with_imports(text, changed, code, at, "\n".join(lined.dedent([*beside, *made])), language)
    if result is None or breaks(text, result, language.id):
        return Placement((), text, refused=Message("answer-breaks-file"))
    said = Message("answer-changes-code", name=old.name)
    return Placement(between(text, result), result, notices=(said,))


def in_place(old: Form, new: Form, was: list[str], request: str, asked: range, language: Language) -> list[str]:
    """The rows of a definition in its new form, with what the answer leaves out of the old one unasked.

    Args:
        was: its rows in the file.
        asked: which of them are the request.
    """
    rows = lined.dedent(_kept(old, new, request))
    written = moved_to("\n".join(rows), lined.leading(was[0]), "".join(old.syntax.lines), language)
    return merged(was, written, asked, language)


def _kept(old: Form, new: Form, request: str) -> list[str]:
    """The rows of the new form with what it leaves out of the old one, though nobody asked to have that away."""
    removes = _REMOVES.search(request) is not None
    rows = _documented(old, new, _exported(old, new))
    if old.is_type and not removes:
        rows = [*rows, *_lost_methods(old, new, request)]
    words = set(_WORD.findall(request.lower()))
    marks = [] if removes or new.marks else old.marks  # with marks of its own, it has those that are wanted
    lost = [mark for mark in marks if not words & set(_WORD.findall(mark.lower()))]
    return [*(f"{lined.leading(rows[0])}{row}" for mark in lost for row in mark.split("\n")), *rows]


def _exported(old: Form, new: Form) -> list[str]:
    """The rows of the new form, with the ``export`` of the old one."""
    before, rows = row_start(old.node, old.syntax), new.rows
    if not before.startswith("export") or rows[0].lstrip().startswith("export"):
        return rows
    return [f"{lined.leading(rows[0])}{before} {rows[0].lstrip()}", *rows[1:]]


def _documented(old: Form, new: Form, rows: list[str]) -> list[str]:
    """The rows with the docstring of the old form, if the new one has none."""
    there, body = docstring_of(old.node, old.syntax) if old.is_python else range(0), new.definition.body
    if not there or body is None or docstring_of(new.node, new.syntax):
        return rows
    said = lined.dedent([lined.bare(line) for line in old.syntax.lines[there.start : there.stop]])
    inner = lined.leading(new.syntax.lines[new.syntax.first(body)])
    at = new.syntax.first(body) - new.first
    return [*rows[:at], *(f"{inner}{row}" if row else "" for row in said), *rows[at:]]


def _lost_methods(old: Form, new: Form, request: str) -> list[str]:
    """The rows of a class's methods in Python that its new form lacks, but of none with a special name."""
    body = old.definition.body
    if not old.is_python or body is None:
        return []
    gone = old.methods - new.methods - set(_WORD.findall(request))
    indent, rows = f"{lined.leading(new.rows[0])}    ", list[str]()
    for one in named(body):
        inner = inner_of(one, old.syntax, old.syntax.shape.functions)
        name = Form(inner, old.syntax).name if inner is not None else ""
        if name in gone and not name.startswith("__"):
            said = old.syntax.lines[old.syntax.first(one) : old.syntax.last(one) + 1]
            rows += ["", *(f"{indent}{row}" if row else "" for row in lined.dedent([*map(lined.bare, said)]))]
    return rows


def _helpers(new: Form, file: Syntax, made: str) -> list[str]:
    """What else the answer defines at its top level that the new form uses and the file does not have."""
    used = set(_WORD.findall(made))
    rows: list[str] = []
    for one in _others(new, file):
        if _names(one, new.syntax) & used:
            rows += [*([""] if rows else []), *new.syntax.text(one).split("\n")]
    return rows


def _others(new: Form, file: Syntax) -> list[Node]:
    """What else the answer defines at its top level, and the file does not."""
    answer, start = new.syntax, new.node.start_byte
    known = {name for one in named(file.root) for name in _names(one, file)}
    beside = [one for one in named(answer.root) if not one.start_byte <= start < one.end_byte]
    beside = [one for one in beside if not is_beside(one, answer) and one.type not in answer.shape.comments]
    return [one for one in beside if (names := _names(one, answer)) and not names & known]


def _names(node: Node, syntax: Syntax) -> set[str]:
    return {name for name in names_at_top(node, syntax) if name}
