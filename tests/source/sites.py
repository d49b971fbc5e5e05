"""A request marked with ``¤`` in a text, for tests."""

from __future__ import annotations

from planfirst.core.generate import extract_code, stub_name
from planfirst.source import lines
from planfirst.source.edits import apply
from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.source.place import place_code
from planfirst.source.placement import Placement
from planfirst.source.site import Site

MARK = "¤"


def site_in(marked: str, language: str = "python") -> tuple[str, Site | None]:
    """The text without the mark, and the site at the marked line."""
    line = len(lines.split(marked[: marked.index(MARK)] + MARK)) - 1
    text = marked.replace(MARK, "")
    return text, locate(text, line, line, language_of(language))


def found(marked: str, language: str = "python") -> Site:
    """The site at the marked line, which must be there."""
    site = site_in(marked, language)[1]
    assert site is not None
    return site


def placed(marked: str, language: str, code: str) -> Placement:
    """What becomes of the text when the code comes back; ``code`` goes on from the stub where it begins with ``…``."""
    text, site = site_in(marked, language)
    assert site is not None
    code = site.task.stub + code.removeprefix("…") if code.startswith("…") else code
    placement = place_code(text, site, code, language_of(language))
    assert apply(text, placement.edits) == placement.result
    return placement


def answered(marked: str, language: str, answer: str) -> Placement:
    """What becomes of the text when a model answers so; code without a fence gets one, with words around it."""
    text, site = site_in(marked, language)
    assert site is not None
    whole = answer if "```" in answer else f"Here is the code:\n```{language}\n{answer}\n```\n"
    code = extract_code(whole, language, stub_name(site.task.header))
    return place_code(text, site, code, language_of(language))
