"""Puts generated code, or a plan, into the text of a file. Nothing in it is lost but a stub's placeholder."""

from __future__ import annotations

from dataclasses import dataclass

from planfirst.core.types import Plan
from planfirst.source import lines as lined
from planfirst.source.body import body_of
from planfirst.source.comments import scan
from planfirst.source.edits import Draft, Insertion, apply, finish
from planfirst.source.imports import hoist
from planfirst.source.indent import indented, tidy, uses_tabs
from planfirst.source.languages import Language
from planfirst.source.locate import Spot
from planfirst.source.plans import plan_draft
from planfirst.source.python import parses
from planfirst.source.unimported import unimported

__all__ = ["Insertion", "Placement", "apply", "place_code", "place_plan"]

_BROKEN = "With this code the file would no longer parse, so read it through before you keep it."


@dataclass(frozen=True, slots=True)
class Placement:
    """What is to be done to a file.

    Attributes:
        edits: from its top to its bottom; they do not overlap.
        result: the whole text after them.
        warning: a sentence for the user when the file parsed before and would not parse after; else empty.
    """

    edits: tuple[Insertion, ...]
    result: str
    warning: str


def place_code(text: str, spot: Spot, code: str, language: Language) -> Placement:
    """Puts code below a request, or into a stub's body; in Python, its imports go to the top of the file.

    Args:
        text: the file that the spot was found in.
        code: flush left; its line ends do not matter. Blank code makes no edit.
    """
    code = tidy(code)
    if not code:
        return Placement((), text, "")
    drafts: list[Draft] = []
    if language.id == "python":
        code = "\n".join([*unimported(text, code), code])
        code, drafts = hoist(text, code, spot.first, spot.last, spot.indent)
        if spot.kind == "stub" and spot.task.signature:
            code = body_of(code, spot.task.signature.split("\n")[-1])
    if code:
        rows = indented(code, spot.indent, uses_tabs(text, spot.indent, language), language)
        drafts.append(_code_draft(text, spot, rows, language))
    return _placement(text, finish(text, drafts), language)


def place_plan(text: str, spot: Spot, plan: Plan, language: Language) -> Placement:
    """Puts a plan as comments below the request, in the place of the plan that may stand there."""
    return _placement(text, finish(text, [plan_draft(text, spot, plan, language)]), language)


def _code_draft(text: str, spot: Spot, rows: list[str], language: Language) -> Draft:
    if spot.body is None:
        below = min(spot.last + 1, len(lined.split(text)))
        return Draft(below, below, tuple(rows))
    first, last = spot.body
    return Draft(first, last + 1, (*_kept_comments(text, spot, language), *rows))


def _kept_comments(text: str, spot: Spot, language: Language) -> list[str]:
    """The comments that stand behind a placeholder: they stay, on lines of their own."""
    lines, (first, last) = lined.split(text), spot.body or (0, -1)
    found = [comment for comment in scan(text, language) if first <= comment.first <= last]
    return [spot.indent + lined.bare(lines[one.first])[one.column :].rstrip() for one in found]


def _placement(text: str, edits: tuple[Insertion, ...], language: Language) -> Placement:
    result = apply(text, edits)
    broken = language.id == "python" and bool(edits) and parses(text) is not None and parses(result) is None
    return Placement(edits, result, _BROKEN if broken else "")
