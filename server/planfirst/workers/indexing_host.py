"""What runs inside the child process that reads opened folders; heavy packages wait for the first use."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planfirst.workers.host import Emit, Method, Stop
from planfirst.workers.opening import open_embedder
from planfirst.workers.priority import yield_to_others

if TYPE_CHECKING:
    from planfirst.workers.folder_indexes import FolderIndexes


class IndexingHost:
    """Keeps the stores of opened folders up to date."""

    busy = False  # every answer is there when it is asked for

    def step(self) -> None:
        """Nothing is promised for later."""

    def __init__(self) -> None:
        self._opening: Mapping[str, Any] = {}
        self._folder_indexes: FolderIndexes | None = None
        self.methods: Mapping[str, Method] = {"open": self._open, "refresh": self._refresh}

    def _open(self, params: dict[str, Any], emit: Emit, stop: Stop) -> None:
        self._opening = params
        if params["background"]:
            yield_to_others()

    def _refresh(self, params: dict[str, Any], emit: Emit, stop: Stop) -> dict[str, Any]:
        if self._folder_indexes is None:
            from planfirst.workers.folder_indexes import FolderIndexes

            self._folder_indexes = FolderIndexes(self._opening["model"], cache(partial(open_embedder, self._opening)))
        path, folder = Path(params["path"]), Path(params["folder"])
        return self._folder_indexes.refresh(path, folder, params["changed"], params["python"], emit, stop)
