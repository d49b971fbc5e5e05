"""Where a request stands: by itself, or at a line of a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from planfirst.core.errors import BadRequest
from planfirst.core.types import Task
from planfirst.source.alone import alone
from planfirst.source.announced import announced
from planfirst.source.languages import language_of
from planfirst.source.lines import split
from planfirst.source.locate import locate
from planfirst.source.site import Site
from planfirst.verify.destination import Destination
from planfirst.verify.project import project_of

_MARK = "\ufeff"
_PYTHON = language_of("python")


@dataclass(frozen=True, slots=True)
class Located:
    """A task, and where its code would stand.

    Attributes:
        file: absolute; None for a request by itself.
        mark: the byte order mark that the file begins with and the destination's text does not; mostly empty.
    """

    task: Task
    destination: Destination
    file: Path | None = None
    mark: str = ""


def by_itself(request: str) -> Located:
    """A request that stands in no file.

    Raises:
        BadRequest: it is empty.
    """
    request = request.strip()
    if not request:
        raise BadRequest("request-empty")
    return Located(alone(request), Destination())


def at_line(file: Path, line: int, folder: Path, shown: str, request: str = "") -> Located:
    """The request at a line of a file.

    Args:
        file: absolute.
        line: counted from 1.
        folder: the one you work in, absolute.
        shown: the file as you named it, for messages.
        request: takes the place of the words that stand there; empty to keep them.

    Raises:
        BadRequest: the file cannot be read, or nothing is asked for there.
    """
    whole = _read(file, shown)
    text = whole.removeprefix(_MARK)
    count = len(split(text))
    if not 1 <= line <= count:
        raise BadRequest("ask-line-missing", file=shown, line=line, count=count)
    language = language_of("", str(file))
    site = locate(text, line - 1, line - 1, language)
    if site is None:
        raise BadRequest("ask-nothing-there", file=shown, line=line)
    if request.strip():
        site = _asking(site, request.strip(), text)
    destination = Destination(text, site, project_of(file, [folder]), language, file)
    return Located(site.task, destination, file, _MARK if whole != text else "")


def _asking(site: Site, request: str, text: str) -> Site:
    """The same site, with another request."""
    task = replace(site.task, request=request, plan=None, comment="")
    if site.kind == "comment":
        in_class = task.signature.rpartition("\n")[2].startswith("class ")
        task = replace(task, announced=announced(request, language_of(task.language), text, in_class))
    return replace(site, task=task)


def _read(file: Path, shown: str) -> str:
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest("file-not-utf8", file=shown) from error
    except OSError as error:
        raise BadRequest("file-unreadable", file=shown, reason=error.strerror or error) from error
