"""What is to be done to a file, and what a plan does to it. Where code goes takes much more: `place`."""

from __future__ import annotations

from dataclasses import dataclass

from planfirst.core.types import Plan
from planfirst.source import lines as lined
from planfirst.source.edits import Insertion, apply, finish
from planfirst.source.languages import Language
from planfirst.source.plans import plan_draft
from planfirst.source.reach import dead_statements
from planfirst.source.site import Site
from planfirst.words import Message


@dataclass(frozen=True, slots=True)
class Placement:
    """What is to be done to a file.

    Attributes:
        edits: from its top to its bottom; they do not overlap.
        result: the whole text after them.
        warning: for the user, when some of the code could never run there.
        notices: what of the code was left out.
        refused: why there is no edit, though there is code: with it the file would be broken, or no better.
    """

    edits: tuple[Insertion, ...]
    result: str
    warning: Message | None = None
    notices: tuple[Message, ...] = ()
    refused: Message | None = None


def place_plan(text: str, site: Site, plan: Plan, language: Language) -> Placement:
    """Puts a plan as comments below the request, in the place of the plan that may stand there."""
    return placement_of(text, finish(text, [plan_draft(text, site, plan, language)]), language)


def placement_of(text: str, edits: tuple[Insertion, ...], language: Language) -> Placement:
    """What these edits do, and whether some of the code could never run after them."""
    result = apply(text, edits)
    if not edits:
        return Placement(edits, result)
    first, last = edits[0].line, edits[-1].end_line
    longer = len(lined.split(result)) - len(lined.split(text))
    dead = dead_statements(result, first, last + longer, language) > dead_statements(text, first, last, language)
    return Placement(edits, result, Message("answer-never-runs") if dead else None)
