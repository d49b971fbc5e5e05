"""Checks the files that a program is given, before anything is laid out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

PROGRAM = "program.py"
_LONGEST_NAME, _LONGEST_PATH = 255, 1024  # bytes, what common file systems take


def laid_out(program: str, files: Mapping[str, bytes], most: int) -> dict[str, bytes]:
    """All files by relative path, the program as ``program.py``.

    Raises:
        ValueError: a path is absolute, leads out, is none, or clashes with another; or the files exceed ``most`` bytes.
    """
    laid = {PROGRAM: program.encode("utf-8", "surrogatepass")}
    for path, content in files.items():
        if _normal(path) in laid:
            raise ValueError(f"the path {path!r} is used twice")
        laid[_normal(path)] = bytes(content)
    folders = {str(folder) for path in laid for folder in PurePosixPath(path).parents}
    if clash := folders & laid.keys():
        raise ValueError(f"{min(clash)!r} cannot be both a file and a folder")
    if (size := sum(map(len, laid.values()))) > most:
        raise ValueError(f"the files have {size} bytes, and only {most} are allowed")
    return laid


def _normal(path: str) -> str:
    parts = path.split("/")
    if (
        not path
        or any(part in ("", ".", "..") for part in parts)
        or any(char in path for char in "\0\\")
        or (len(path) > 1 and path[1] == ":")
    ):
        raise ValueError(f"{path!r} is no relative path within the folder")
    try:
        sizes = [len(part.encode()) for part in parts]
    except UnicodeEncodeError as error:
        raise ValueError(f"{path!r} cannot be written as UTF-8") from error
    if max(sizes) > _LONGEST_NAME or sum(sizes) + len(sizes) > _LONGEST_PATH:
        raise ValueError(f"the path {path[:40]!r}... is too long")
    return path
