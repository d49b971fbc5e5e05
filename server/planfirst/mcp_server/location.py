"""Where an agent's request stands: by itself, or at a line of a file below the folder that is served."""

from __future__ import annotations

from pathlib import Path

from planfirst.core.errors import BadRequest
from planfirst.verify.located import Located, at_line, by_itself

_LARGEST = 4 << 20  # bytes of a file


def located(request: str, file: str, line: int | None, folder: Path | None) -> Located:
    """The site of a request.

    Args:
        request: with a file, it takes the place of the words that stand there; it may then be empty.
        line: counted from 1.
        folder: absolute, without links; files outside it are not read. None for no file at all.

    Raises:
        BadRequest: there is no such site, or nothing is asked for.
    """
    if bool(file) != (line is not None):
        raise BadRequest("agent-file-without-line")
    if line is None:
        return by_itself(request)
    if folder is None:
        raise BadRequest("agent-no-folder")
    return at_line(_path(file, folder), line, folder, file, request)


def _path(file: str, folder: Path) -> Path:
    """A file that may be read."""
    try:
        path = (folder / Path(file).expanduser()).resolve()
        inside, is_file, is_folder = path.is_relative_to(folder), path.is_file(), path.is_dir()
        size = path.stat().st_size if inside and is_file else 0
    except (OSError, ValueError, RuntimeError) as error:
        raise BadRequest("agent-path-strange", file=ascii(file), folder=folder) from error
    if not inside:
        raise BadRequest("agent-file-outside", file=file, folder=folder)
    if is_folder:
        raise BadRequest("agent-file-is-folder", file=file)
    if not is_file:
        raise BadRequest("agent-file-missing", file=file, folder=folder)
    if size > _LARGEST:
        raise BadRequest("agent-file-large", file=path.name, most=_LARGEST >> 20)
    return path
