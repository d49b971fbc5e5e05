"""Where a request stands: by itself, or at a line of a file below the folder that is served."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from planfirst.core.errors import BadRequest
from planfirst.core.types import Task
from planfirst.source.announced import announced
from planfirst.source.languages import language_of
from planfirst.source.lines import split
from planfirst.source.locate import Spot, locate
from planfirst.verify.scene import Scene
from planfirst.verify.workspace import workspace_of

_LARGEST = 4 << 20  # bytes of a file
_MARK = "\ufeff"
_PYTHON = language_of("python")


@dataclass(frozen=True, slots=True)
class Place:
    """A task, and where its code would stand.

    Attributes:
        file: absolute; None for a request by itself.
        mark: the byte order mark that the file begins with and the scene's text does not; mostly empty.
    """

    task: Task
    scene: Scene
    file: Path | None = None
    mark: str = ""


def place_of(request: str, file: str, line: int | None, folder: Path | None) -> Place:
    """The place of a request.

    Args:
        request: with a file, it takes the place of the words that stand there; it may then be empty.
        line: counted from 1.
        folder: absolute, without links; files outside it are not read. None for no file at all.

    Raises:
        BadRequest: there is no such place, or nothing is asked for.
    """
    request = request.strip()
    if bool(file) != (line is not None):
        raise BadRequest("agent-file-without-line")
    if line is None:
        if not request:
            raise BadRequest("request-empty")
        return Place(Task(request, announced=announced(request, _PYTHON)), Scene())
    path = _path(file, folder)
    whole = _read(path)
    text = whole.removeprefix(_MARK)
    count = len(split(text))
    if not 1 <= line <= count:
        raise BadRequest("ask-line-missing", file=file, line=line, count=count)
    language = language_of("", str(path))
    spot = locate(text, line - 1, line - 1, language)
    if spot is None:
        raise BadRequest("ask-nothing-there", line=line, file=file)
    if request:
        spot = _asking(spot, request, text)
    assert folder is not None  # or there would be no path
    scene = Scene(text, spot, workspace_of(path, [folder]), language)
    return Place(spot.task, scene, path, _MARK if whole != text else "")


def _asking(spot: Spot, request: str, text: str) -> Spot:
    """The same place, asked for something else than what stands there."""
    task = replace(spot.task, request=request, plan=None, comment="")
    if spot.kind == "comment":
        in_class = task.signature.rpartition("\n")[2].startswith("class ")
        task = replace(task, announced=announced(request, language_of(task.language), text, in_class))
    return replace(spot, task=task)


def _path(file: str, folder: Path | None) -> Path:
    if folder is None:
        raise BadRequest("agent-no-folder")
    try:
        path = (folder / Path(file).expanduser()).resolve()
        inside, is_file, is_folder = path.is_relative_to(folder), path.is_file(), path.is_dir()
    except (OSError, ValueError, RuntimeError) as error:
        raise BadRequest("agent-path-strange", file=ascii(file), folder=folder) from error
    if not inside:
        raise BadRequest("agent-file-outside", file=file, folder=folder)
    if is_folder:
        raise BadRequest("agent-file-is-folder", file=file)
    if not is_file:
        raise BadRequest("agent-file-missing", file=file, folder=folder)
    return path


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise BadRequest("agent-file-large", file=path.name, most=_LARGEST >> 20)
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest("file-not-utf8", file=path.name) from error
    except OSError as error:
        raise BadRequest("file-unreadable", file=path.name, reason=error.strerror or error) from error
