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
from planfirst.folders import folder_index, folder_indexes
from planfirst.lsp import read_permission


@dataclass(frozen=True, slots=True)
class _Index:
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
    found = sorted(_indexes(), key=lambda index: index.folder)
    if as_json:
        sys.stdout.write(json.dumps([asdict(index) for index in found], ensure_ascii=False, indent=2) + "\n")
        return
    for index in found:
        sys.stdout.write(f"{index.folder}  {index.count} examples, {index.size / 1e6:.1f} MB\n")
    if not found:
        sys.stdout.write("No opened folder has been read.\n")


def _forget(folder: Path) -> None:
    index = folder_index(folder)
    if not index.is_dir():
        raise BadRequest("workspace-unknown", folder=folder)
    shutil.rmtree(index)


def _indexes() -> Iterator[_Index]:
    from planfirst.store.read import status
    from planfirst.workers.folder_indexes import STORE

    root = folder_indexes()
    for path in sorted(root.iterdir()) if root.is_dir() else []:
        folder = read_permission.folder_of(path)
        if not folder:
            continue
        try:
            count = status(path / STORE).count
        except StoreError:
            count = 0
        size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
        yield _Index(folder, count, size, str(path))
