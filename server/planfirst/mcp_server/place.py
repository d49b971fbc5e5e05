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
        raise BadRequest(
            "A file and a line go together, and only one of them was given.",
            "Give both, or leave both out for a request by itself.",
        )
    if line is None:
        if not request:
            raise BadRequest("The request is empty.", "Write what the code should do.")
        return Place(Task(request, announced=announced(request, _PYTHON)), Scene())
    path = _path(file, folder)
    whole = _read(path)
    text = whole.removeprefix(_MARK)
    count = len(split(text))
    if not 1 <= line <= count:
        raise BadRequest(f"{file} has no line {line}.", f"It has {count} line{'s' * (count != 1)}, counted from 1.")
    language = language_of("", str(path))
    spot = locate(text, line - 1, line - 1, language)
    if spot is None:
        raise BadRequest(
            f"There is no comment or empty function at line {line} of {file}.",
            "Name the line of a comment, or of a function that has nothing but a docstring; lines count from 1. "
            "Or leave file and line out, and place the code yourself.",
        )
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
        raise BadRequest(
            "Planfirst was started for no folder, so it reads no file.",
            "Leave file and line out, or ask the user to add --folder with the project's folder to the server's "
            "arguments.",
        )
    try:
        path = (folder / Path(file).expanduser()).resolve()
        inside, is_file, is_folder = path.is_relative_to(folder), path.is_file(), path.is_dir()
    except (OSError, ValueError, RuntimeError) as error:
        raise BadRequest(f"{file!r} is no path of a file.", f"Name a file below {folder}.") from error
    if not inside:
        raise BadRequest(
            f"{file} is not below {folder}, the folder that Planfirst was started for.",
            "Name a file below it, or leave file and line out.",
        )
    if is_folder:
        raise BadRequest(f"{file} is a folder.", "Name a file in it.")
    if not is_file:
        raise BadRequest(f"There is no file {file} in {folder}.", "Check the path.")
    return path


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST:
            raise BadRequest(
                f"{path.name} is larger than {_LARGEST >> 20} MB.", "Name a smaller file, or leave file and line out."
            )
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"{path.name} is not UTF-8 text.", "Save it as UTF-8, then try again.") from error
    except OSError as error:
        raise BadRequest(f"{path.name} cannot be read: {error.strerror}.", "Check its permissions.") from error
