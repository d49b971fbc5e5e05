"""Puts an answer where the product would put it: at the request in a file."""

from __future__ import annotations

from dataclasses import replace

from planfirst.core.types import Task
from planfirst.source import lines as lined
from planfirst.source.languages import Language, language_of
from planfirst.source.locate import locate
from planfirst.source.place import place_code
from planfirst.source.site import Site


def task_of(file: str, line: int | None = None) -> Task:
    """The task that a line of a Python file asks for, or else its last lines, read as the language server reads it.

    Raises:
        ValueError: as `site_of`.
    """
    site = site_of(file, line)
    return site.task if site.task.stub or site.kind != "stub" else replace(site.task, stub=_stub_of(file, site))


def _stub_of(file: str, site: Site) -> str:
    rows = [lined.bare(line) for line in lined.split(file)[site.first : site.request_last + 1]]
    return "\n".join(lined.dedent(rows))


def placed(file: str, code: str, line: int | None = None) -> str:
    """The file with the code in its place, and the code's imports at the top.

    Args:
        line: of the request, counted from zero; None for the last function.

    Raises:
        ValueError: no request stands there, or the last function is not one that has a docstring and no body.
    """
    return place_code(file, site_of(file, line), code, _python()).result


def stub(signature: str, request: str) -> str:
    """A file that holds one function to be written: its ``def`` line, and the request as its docstring."""
    quoted = request.replace("\\", "\\\\").replace('"', '\\"')
    return f'{signature}\n    """{quoted}"""\n'


def site_of(file: str, line: int | None = None) -> Site:
    """Where the request of a file stands: at a line counted from zero, or else in its last function.

    Raises:
        ValueError: there is none at that line, or the last function is not one that has a docstring and no body.
    """
    if line is not None:
        found = locate(file, line, line, _python())
        if found is None:
            raise ValueError(f"there is no request in line {line + 1}")
        return found
    last = max((n for n, line in enumerate(lined.split(file)) if line.strip()), default=0)
    site = locate(file, last, last, _python())
    if site is None or site.kind != "stub":
        raise ValueError("the last function has no docstring, or has a body")
    return site


def _python() -> Language:
    return language_of("python", "answer.py")
