"""Definitions elsewhere in the file that a request names and the answer has otherwise: ``area() must know them, too``.

What a model rewrites unasked is left out; what you named is changed where it stands, and you see it in the diff.
"""

from __future__ import annotations

from planfirst.source import lines as lined
from planfirst.source.breaks import breaks
from planfirst.source.change_requests import to_change
from planfirst.source.changed_code import in_place
from planfirst.source.edits import between
from planfirst.source.forms import Form, forms_in
from planfirst.source.languages import Language
from planfirst.source.part import listed
from planfirst.source.placement import Placement
from planfirst.source.rewritten import is_much_of
from planfirst.source.site import Site
from planfirst.source.syntax import syntax_of
from planfirst.words import Message

_ALIKE = 0.6  # of the words and signs of the old form that the new one has: with fewer, it is other code


def changed_elsewhere(text: str, placed: Placement, site: Site, code: str, language: Language) -> Placement:
    """The placement with those definitions changed, too; the same where there are none.

    Args:
        code: the answer, flush left.
    """
    wanted = to_change(site.task.request)
    answer = syntax_of(code, language.id) if wanted else None
    if answer is None or answer.root.has_error:
        return placed
    result = text if placed.refused else placed.result
    changed: list[str] = []
    for new in forms_in(answer):
        file = syntax_of(result, language.id)
        olds = [one for one in forms_in(file) if one.name == new.name] if file is not None else []
        if new.name not in wanted or len(olds) != 1 or not _is_changed(olds[0], new):
            continue
        made = _with(result, olds[0], new, site.task.request, language)
        if not breaks(text, made, language.id):
            result = made
            changed.append(new.name)
    if not changed:
        return placed
    told = filter(None, (_without(said, changed) for said in placed.notices))
    said = Message("answer-changes-code", name=listed(changed))
    return Placement(between(text, result), result, placed.warning, (*told, said))


def has_named(site: Site, code: str, language: Language) -> bool:
    """Whether an answer has definitions that the request names as changing."""
    wanted = to_change(site.task.request)
    answer = syntax_of(code, language.id) if wanted else None
    return answer is not None and any(form.name in wanted for form in forms_in(answer))


def _is_changed(old: Form, new: Form) -> bool:
    """Whether it is another form of that definition, and not the same one or other code."""
    same = old.text.split() == new.text.split()
    return not same and old.is_type == new.is_type and is_much_of(new.text, old.text, _ALIKE)


def _with(text: str, old: Form, new: Form, request: str, language: Language) -> str:
    lines = lined.split(text)
    last = old.first + len(old.rows) - 1
    end = lines[last][len(lined.bare(lines[last])) :]
    made = in_place(old, new, old.rows, request, range(0), language)
    return "".join([*lines[: old.first], lined.newline_of(text).join(made) + end, *lines[last + 1 :]])


def _without(said: Message, changed: list[str]) -> Message | None:
    """A message that your version of some definitions was kept, without those that changed; None if none is left."""
    if said.code != "answer-rewrote":
        return said
    kept = [name for name in str(said.args["names"]).split(", ") if name.split()[0] not in changed]
    return Message(said.code, names=", ".join(kept)) if kept else None
