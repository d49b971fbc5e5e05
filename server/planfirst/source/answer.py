"""Decides what part of an answer's code goes into a file."""

from __future__ import annotations

from dataclasses import replace

from planfirst.source import lines as lined
from planfirst.source.alternatives import without_others
from planfirst.source.arrows import with_braces
from planfirst.source.attributes import attributes_for
from planfirst.source.echo import new_code
from planfirst.source.echo_nodes import new_nodes
from planfirst.source.echoed import echoed
from planfirst.source.foreign import NAMES, foreign, reads
from planfirst.source.languages import Language
from planfirst.source.lookalikes import lookalike
from planfirst.source.members import method_for
from planfirst.source.out_of_class import within_class
from planfirst.source.own_parameter import with_self
from planfirst.source.part import Part, listed
from planfirst.source.python import parses
from planfirst.source.rewritten import function_again
from planfirst.source.shapes import ECMA, SHAPES
from planfirst.source.site import Site
from planfirst.source.unfinished import ended
from planfirst.source.untyped import without_types
from planfirst.source.written import written_for
from planfirst.source.written_nodes import renamed_for
from planfirst.words import Message


def part_for(text: str, site: Site, code: str, language: Language) -> Part:
    """What of generated code goes into a file.

    Args:
        text: the file that the site was found in.
        code: flush left, with ``\\n`` line ends.
    """
    ending = ended(code, language)
    if not ending.is_whole:
        return Part("", refused=ending.said)
    part = _read_as(language, text, site, ending.code)
    if part.refused:
        return part
    said = (ending.said, lookalike(part.code))
    return replace(part, notices=(*part.notices, *filter(None, said)))


def _read_as(language: Language, text: str, site: Site, code: str) -> Part:
    """The same; TypeScript for a file of JavaScript is read without its types."""
    if language.id in ECMA and not reads(code, language.id):
        plain = without_types(code, language.id)
        if plain is not None:
            part = _part_for(text, site, plain, language)
            return replace(part, notices=(*part.notices, Message("answer-types-left-out")))
    return _part_for(text, site, code, language)


def _part_for(text: str, site: Site, code: str, language: Language) -> Part:
    if other := foreign(code, language.id):
        wanted = NAMES.get(language.id, language.id)
        return Part("", refused=Message("answer-other-language", written=other, wanted=wanted))
    if (attributes := attributes_for(text, site, code, language.id)) is not None:
        return attributes
    anew = site.body is not None and (site.body[0] <= site.last or language.id != "python")
    if site.kind != "stub" and site.body is not None and anew:
        text = _without(text, *site.body)  # it is to be written anew, or takes the place of a declaration
    if language.id == "cpp":
        code = within_class(text, site, code)
    echo = echoed(text, site, code, language.id) if language.id in SHAPES else None
    if echo is None:
        code, left_out = without_others(code, text, site, language)
        part = _part(text, site, code, language)
        return replace(part, notices=(*part.notices, *left_out))
    if echo.needs:
        return Part("", refused=Message("answer-needs-elsewhere", names=listed(list(echo.needs))))
    if echo.changed:
        return Part("", refused=Message("answer-elsewhere", name=echo.changed))
    if not echo.code.strip():
        return Part("", refused=Message("answer-repeats"))
    return _part(text, site, echo.code, language) if site.stub is not None or echo.whole else Part(echo.code)


def _part(text: str, site: Site, code: str, language: Language) -> Part:
    if language.id == "python":
        is_function = site.task.signature.split("\n")[-1].lstrip().startswith(("def ", "async def "))
        if site.kind == "stub" and is_function:
            return written_for(text, site, code)
        unread = site.kind == "comment" and (parses(code) is None or parses(text) is None)  # a block of comments alone
        if unread and (name := function_again(text, site, code, language.id)):
            return Part("", refused=Message("answer-again", names=name))
        part = new_code(text, site, code)
        return replace(part, code=with_self(text, site, part.code))
    if language.id not in SHAPES:
        return Part(code)
    if site.stub is not None:
        code = with_braces(code, site.stub, language.id)
    if site.stub is not None and (method := method_for(text, site.stub, code, language.id)) is not None:
        return method
    part = new_nodes(text, site, code, language.id)
    if part.refused or site.stub is None:
        return part
    fitted = renamed_for(part.code, site.stub, language.id)
    return Part(fitted.code, part.notices, fitted.refused)


def _without(text: str, first: int, last: int) -> str:
    """A text with blank lines in the place of some of its lines."""
    lines = lined.split(text)
    return "".join([*lines[:first], *("\n" for _ in lines[first : last + 1]), *lines[last + 1 :]])
