"""``planfirst index workspaces``: the stores of folders that were opened in an editor."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer

from planfirst.core.errors import BadRequest, StoreError
from planfirst.folders import workspace_place, workspaces_folder
from planfirst.lsp import read_permission


@dataclass(frozen=True, slots=True)
class _Place:
    folder: str
    count: int
    size: int
    place: str


def workspaces(
    forget: Annotated[
        str, typer.Option("--forget", metavar="FOLDER", help="Remove what is kept of this folder, and the answer.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """What is kept of opened folders."""
    if forget:
        _forget(Path(os.path.abspath(Path(forget).expanduser())))  # noqa: PTH100 (an editor's folder keeps its links)
    found = sorted(_places(), key=lambda place: place.folder)
    if as_json:
        sys.stdout.write(json.dumps([asdict(place) for place in found], ensure_ascii=False, indent=2) + "\n")
        return
    for place in found:
        sys.stdout.write(f"{place.folder}  {place.count} examples, {place.size / 1e6:.1f} MB\n")
    if not found:
        sys.stdout.write("No opened folder has been read.\n")


def _forget(folder: Path) -> None:
    place = workspace_place(folder)
    if not place.is_dir():
        raise BadRequest("workspace-unknown", folder=folder)
    shutil.rmtree(place)


def _places() -> Iterator[_Place]:
    from planfirst.store.read import status
    from planfirst.workers.workspaces import STORE

    root = workspaces_folder()
    for place in sorted(root.iterdir()) if root.is_dir() else []:
        folder = read_permission.folder_of(place)
        if not folder:
            continue
        try:
            count = status(place / STORE).count
        except StoreError:
            count = 0
        size = sum(path.stat().st_size for path in place.rglob("*") if path.is_file())
        yield _Place(folder, count, size, str(place))
