"""A site: where a request stands in a file, and where its code goes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from planfirst.core.types import Task
from planfirst.source import lines as lined
from planfirst.source.blocks import clean
from planfirst.source.stubs import Stub

Kind = Literal["comment", "stub", "selection"]


@dataclass(frozen=True, slots=True)
class Site:
    """A request and its site. Lines are counted from zero.

    Attributes:
        kind: ``stub`` where the body of a function or type is to be written, however the request is written; else what
            the request is written as.
        task: the request with its surroundings, and the plan that stands with it.
        first, last: its lines, inclusive; a plan below it is part of them.
        request_last: the last line of the request proper, before the plan; of a stub, of its docstring. It is
            ``first - 1`` in a comment that is nothing but a plan.
        indent: the white space that code at this site begins with.
        body: the lines that code takes the place of; None when it only goes between lines.
        stub: of a stub, what is to be written.
        at: the line that code goes above, where it cannot stand below the request.
        described: the lines of code that a comment stands directly above, inclusive; it may ask for these.
    """

    kind: Kind
    task: Task
    first: int
    last: int
    request_last: int
    indent: str
    body: tuple[int, int] | None = None
    stub: Stub | None = None
    at: int | None = None
    described: tuple[int, int] | None = None


def rewriting(text: str, site: Site) -> Site | None:
    """The site that asks for the code below a comment to be written anew; None where there is none."""
    if site.described is None:
        return None
    first, last = site.described
    rows = [lined.bare(line) for line in lined.split(text)[first : last + 1]]
    request = f"{site.task.request}\n\nRewrite this code:\n{clean(rows)}"
    task = replace(site.task, request=request, plan=None)
    return replace(site, task=task, last=last, request_last=last, body=(first, last), described=None)
