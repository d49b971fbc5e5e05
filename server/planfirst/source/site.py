"""A site: where a request stands in a file, and where its code goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planfirst.core.types import Task
from planfirst.source.stubs import Stub

Kind = Literal["comment", "stub", "selection"]


@dataclass(frozen=True, slots=True)
class Site:
    """Where a request stands, and where its code goes. Lines are counted from zero.

    Attributes:
        kind: ``stub`` where the body of a function or type is to be written, however the request is written; else what
            the request is written as.
        task: the request with its surroundings, and the plan that stands with it.
        first, last: its lines, inclusive; a plan below it is part of them.
        request_last: the last line of the request proper, before the plan; of a stub, of its docstring. It is
            ``first - 1`` in a comment that is nothing but a plan.
        indent: the white space that code at this site begins with.
        body: the lines that code takes the place of; None when it only goes between lines. Where the request asks for
            a change of code, as ``task.changed`` has it, they are that code's, and may begin above the request.
        stub: of a stub, what is to be written.
        at: the line that code goes above, where it cannot stand below the request.
        described: the lines of code that a comment stands directly above, inclusive; it may ask for these. None, too,
            where it was said that it does.
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
