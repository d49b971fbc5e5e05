"""A request that stands in no file, as it comes from the command line, a conversation or an agent."""

from __future__ import annotations

from planfirst.core.types import Task
from planfirst.source.announced import announced
from planfirst.source.languages import language_of
from planfirst.source.locate import locate
from planfirst.source.script import asks_for_statements

_PYTHON = language_of("python")


def alone(request: str) -> Task:
    """What is asked for, in Python; where a script is, as if it were the comment that a new file begins with.

    Args:
        request: without white space around it.
    """
    header = announced(request, _PYTHON)
    if not header and asks_for_statements(request, "", _PYTHON):
        comment = [f"{_PYTHON.line} {row}".rstrip() for row in request.splitlines()]
        site = locate("\n".join(comment) + "\n", 0, len(comment) - 1, _PYTHON)
        if site is not None and site.task.statements:
            return site.task
    return Task(request, announced=header)
