"""Puts an answer where the product would put it: into the function whose docstring is the request."""

from __future__ import annotations

from dataclasses import replace

from planfirst.core.types import Task
from planfirst.source import lines as lined
from planfirst.source.languages import Language, language_of
from planfirst.source.locate import Spot, locate
from planfirst.source.place import place_code


def task_of(file: str) -> Task:
    """The task that the last lines of a Python file ask for, read as the language server reads it.

    Raises:
        ValueError: they are not a function that has a docstring and no body.
    """
    spot = spot_of(file)
    return spot.task if spot.task.stub else replace(spot.task, stub=_stub_of(file, spot))


def _stub_of(file: str, spot: Spot) -> str:
    rows = [lined.bare(line) for line in lined.split(file)[spot.first : spot.request_last + 1]]
    return "\n".join(lined.dedent(rows))


def placed(file: str, code: str) -> str:
    """The file with the code in the body of its last function, its imports at the top.

    Raises:
        ValueError: the last function is not one that has a docstring and no body.
    """
    return place_code(file, spot_of(file), code, _python()).result


def stub(signature: str, request: str) -> str:
    """A file that holds one function to be written: its ``def`` line, and the request as its docstring."""
    quoted = request.replace("\\", "\\\\").replace('"', '\\"')
    return f'{signature}\n    """{quoted}"""\n'


def spot_of(file: str) -> Spot:
    """Where the request of a file stands: its last function.

    Raises:
        ValueError: that is not one which has a docstring and no body.
    """
    last = max((n for n, line in enumerate(lined.split(file)) if line.strip()), default=0)
    spot = locate(file, last, last, _python())
    if spot is None or spot.kind != "stub":
        raise ValueError("the last function has no docstring, or has a body")
    return spot


def _python() -> Language:
    return language_of("python", "answer.py")
