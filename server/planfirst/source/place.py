"""Puts generated code into the text of a file. What stands there goes only for another form of it, or a placeholder."""

from __future__ import annotations

import re
from dataclasses import replace

from planfirst.source import lines as lined
from planfirst.source.answer import part_for
from planfirst.source.begun_blocks import readable
from planfirst.source.body import body_of
from planfirst.source.breaks import breaks
from planfirst.source.cases import among_cases
from planfirst.source.changed_below import changed_below, taken_in, undone_below
from planfirst.source.changed_code import changed_code, changed_form
from planfirst.source.changed_elsewhere import changed_elsewhere, has_named
from planfirst.source.declared_members import in_its_place
from planfirst.source.edits import Draft, apply, finish
from planfirst.source.embedded import own_part
from planfirst.source.filling import Body, body_in
from planfirst.source.gap import gap_below
from planfirst.source.guards import without_guard
from planfirst.source.heads import without_head
from planfirst.source.import_nodes import without_imports
from planfirst.source.imports import hoist
from planfirst.source.indent import moved_to, tidy
from planfirst.source.initialisers import initialised
from planfirst.source.languages import Language
from planfirst.source.legible import legible
from planfirst.source.lost_attributes import lost_attributes
from planfirst.source.no_nesting import hoisted
from planfirst.source.part import Part
from planfirst.source.placement import Placement, placement_of
from planfirst.source.plain_echo import plain_drafts
from planfirst.source.repeated import said_by, without_gaps, without_said, words_of
from planfirst.source.rewritten import merged, rewritten
from planfirst.source.set_below import behind_it, set_below
from planfirst.source.shapes import SHAPES
from planfirst.source.site import Site
from planfirst.source.standing import top_of
from planfirst.source.stubs import Stub
from planfirst.source.unimported import unimported
from planfirst.source.unimported_nodes import unimported_nodes
from planfirst.source.unsafe import leads_out, unseen
from planfirst.words import Message


def place_code(text: str, site: Site, code: str, language: Language, depth: int | None = None) -> Placement:
    """Puts code below a request, or into a stub's body; in Python, its imports go to the top of the file.

    Args:
        text: the file that the site was found in.
        code: flush left; its line ends do not matter. Blank code makes no edit.
        depth: how many folders the file is below its project's; None where that is not known.
    """
    script, own, first = own_part(text, site.first, language)
    if own.id != language.id and own.id in SHAPES:
        return _moved(place_code(script, site, code, own, depth), text, first)
    code = _read(text, code, language)
    if not code:
        return Placement((), text)
    if why := unseen(code) or leads_out(code, depth):
        return Placement((), text, refused=why)
    return changed_elsewhere(text, _placed(text, site, code, language), site, code, language)


def _placed(text: str, site: Site, code: str, language: Language) -> Placement:
    """Where the code itself goes."""
    written = code
    made, site = changed_code(text, site, code, language)
    if made is not None:
        return made
    for instead in (changed_below, set_below):
        if (taken := instead(text, site, code, language)) is not None:
            return taken
    site, code = behind_it(text, site, code, language)
    site, code = in_its_place(text, site, code, language.id)
    site, code = among_cases(text, site, code, language)
    part = part_for(readable(text, site, language.id), site, code, language)
    if part.refused:
        if (again := rewritten(text, site, code, language, part.refused)) is not None:
            return again
        return Placement((), text, notices=part.notices, refused=_told_where(part.refused, site))
    code = part.code
    plain = plain_drafts(text, site, code, language)
    if plain is not None:
        return _told(placement_of(text, finish(text, plain), language), text, written, part, language)
    drafts: list[Draft] = []
    if language.id == "python":
        first, last = _rows_of(site)
        code = without_guard(text, code, last, site.indent)
        is_function = site.stub is not None and site.stub.kind == "function"
        inner = body_of(code, site.task.signature.split("\n")[-1]) if is_function else code  # not its header
        code = "\n".join([*unimported(text, "\n".join([inner, *part.beside])), code])
        code, drafts = hoist(text, code, first, last, site.indent)
    else:
        code = "\n".join([*unimported_nodes(text, code, language.id), code])
        code, drafts = without_imports(text, code, language.id)
    if site.stub is not None:
        head = (
            initialised(text, code, site.stub) or initialised(text, written, site.stub)
            if language.id == "cpp"
            else None
        )
        body = _stub_drafts(text, site, site.stub, code, part, language, head)
        if not body:
            name = site.stub.definition.name or site.task.request
            return Placement((), text, notices=part.notices, refused=Message("answer-no-body", name=name))
        drafts += body
    else:
        code, above = hoisted(text, site, code, language)
        drafts += [*above, *_drafts(text, site, code, language)]
    placed = placement_of(text, finish(text, drafts), language)
    taking = undone_below if placed.warning is None else taken_in
    if (taken := taking(text, site, written, language)) is not None:
        return taken
    if placed.result != text and breaks(readable(text, site, language.id), placed.result, language.id):
        return Placement((), text, notices=part.notices, refused=Message("answer-breaks-file"))
    if placed.result == text and site.stub is None:
        return Placement((), text, notices=part.notices, refused=Message("answer-repeats"))
    told = _told(placed, text, written, part, language)
    changed = (Message("answer-changed-below"),) if site.task.changed and site.body is not None else ()
    return replace(told, notices=(*told.notices, *changed))


def new_part(text: str, site: Site, code: str, language: Language) -> str:
    """What of a code is not in the file yet, for saying what it does; all of it where nothing of it can be placed."""
    text, language, _ = own_part(text, site.first, language)
    read = _read(text, code, language)
    drafts = plain_drafts(text, site, read, language)
    if drafts is not None:
        return "\n".join(lined.dedent([row for draft in drafts for row in draft.rows])) or code
    if has_named(site, read, language):
        return code
    if form := changed_form(text, site, read, language):
        said = said_by(site, text)  # the request is no step
        return "\n".join(row for row in form.split("\n") if words_of(row) not in said)
    _, site = changed_code(text, site, read, language)
    part = part_for(readable(text, site, language.id), site, read, language)
    return code if part.refused or not part.code.strip() else part.code


def _told_where(refused: Message, site: Site) -> Message:
    """With the other thing that you can choose above code."""
    return (
        Message("answer-again-below", **refused.args) if refused.code == "answer-again" and site.described else refused
    )


def _moved(placed: Placement, text: str, first: int) -> Placement:
    """The same edits in the whole of a file, none above the part that they are for."""
    edits = tuple(
        replace(edit, line=max(edit.line, first), end_line=max(edit.end_line, first)) for edit in placed.edits
    )
    return replace(placed, edits=edits, result=apply(text, edits))


def _read(text: str, code: str, language: Language) -> str:
    return without_gaps(legible(without_head(tidy(code), text), language))


def _told(placed: Placement, text: str, code: str, part: Part, language: Language) -> Placement:
    """With what you should know of the answer."""
    lost = lost_attributes(text, code, "\n".join(edit.text for edit in placed.edits), language)
    return replace(placed, notices=(*part.notices, lost) if lost else part.notices)


def _rows_of(site: Site) -> tuple[int, int]:
    """The first line of the request, and the line that the code goes below."""
    if site.stub is not None:
        hole = site.stub.hole
        return site.stub.header_first, max(hole.first - (not hole.before), site.stub.doc_last)
    return (site.first, site.last) if site.at is None else (site.at, site.at - 1)


def _drafts(text: str, site: Site, code: str, language: Language) -> list[Draft]:
    """The code on lines of its own, or in the place of those that are to be written anew."""
    if not code:
        return []
    rows = moved_to(code, site.indent, text, language)
    if site.body is not None and site.task.changed:
        was = [lined.bare(line) for line in lined.split(text)[site.body[0] : site.body[1] + 1]]
        rows = merged(was, rows, range(0), language)
    if site.body is not None:
        return [Draft(site.body[0], site.body[1] + 1, tuple(rows))]
    at = min(site.last + 1, len(lined.split(text))) if site.at is None else site.at
    return [Draft(at, at, (*rows, *gap_below(text, at, rows, site, language)))]


def _calls(rows: tuple[str, ...], stub: Stub) -> bool:
    """Whether other definitions of an answer use the one that was asked for."""
    return re.search(rf"\b{re.escape(stub.definition.name)}\b", "\n".join(rows)) is not None


def _stub_drafts(
    text: str, site: Site, stub: Stub, code: str, part: Part, language: Language, head: list[str] | None
) -> list[Draft]:
    """The body of a function or type, in the place of what stands for it, and what is to stand below it.

    Args:
        head: the last row of its header, where that changes.
    """
    hole = stub.hole
    body = body_in(code, stub, text, language)
    if body is None:
        if language.id == "python" and stub.kind == "function":
            code = body_of(code, site.task.signature.split("\n")[-1])
        body = Body(tuple(moved_to(code, site.indent, text, language)) if code else ())
    body = replace(body, rows=without_said(body.rows, site, text))
    if not any(row.strip() for row in body.rows) and head is None:
        return []
    if head is not None and hole.before:
        hole = replace(hole, before="\n".join(head))
    end = min(hole.end, len(lined.split(text)))
    rows: tuple[str, ...]
    if body.one_line is not None and hole.on_one_line:
        rows = (hole.before + body.one_line + hole.after.lstrip() + hole.behind,)
    else:
        rows = (*filter(None, (hole.top,)), *hole.kept, *body.rows, *filter(None, (hole.after,)))
    drafts = [Draft(min(hole.first, end), end, rows)]
    if head is not None and not hole.before:
        drafts.insert(0, Draft(stub.header_last, stub.header_last + 1, tuple(head)))
    top = top_of(text, stub.first, language) if language.id != "java" else None
    above, beside = (*part.above, *body.above), body.beside
    if top is None:
        above, beside = (), (*above, *beside)
    elif top[1] or (language.id in ("c", "cpp") and not _calls(beside, stub)):  # which know nothing that stands below
        above, beside = (*above, *beside), ()
    if top is not None and above:
        rows = tuple(moved_to("\n".join(above[1:]), "", text, language))
        drafts.insert(0, Draft(top[0], top[0], (*rows, "")))
    if below := "\n".join([*beside, *part.beside]):
        at = max(stub.last + 1, end)
        outer = lined.leading(lined.split(text)[stub.header_first])
        drafts.append(Draft(at, at, tuple(moved_to(below, outer, text, language))))
    return drafts
