"""The store in a folder, as `adapters.stores.Store`; FAISS is imported when it is opened or changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from planfirst.store import build, export, partial, read, verify
from planfirst.store.build import Choose, Progress, Stop, TextEmbedder
from planfirst.store.read import StoreStatus
from planfirst.store.verify import Verified

if TYPE_CHECKING:
    from planfirst.adapters.faiss_store import FaissStore


@dataclass(frozen=True, slots=True)
class FolderStore:
    """A store in a folder."""

    folder: Path
    index: str = "auto"

    @property
    def shown(self) -> str:
        return str(self.folder)

    def status(self) -> StoreStatus:
        return read.status(self.folder)

    def check(self) -> None:
        read.opened(self.folder, whole=True)

    def open(self, embedder: TextEmbedder) -> FaissStore:
        from planfirst.adapters.faiss_store import FaissStore

        return FaissStore.open(self.folder, embedder)

    def update(
        self,
        choose: Choose,
        embedder: TextEmbedder,
        *,
        forget: bool = False,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> StoreStatus:
        from planfirst.adapters.ann import AnnIndexer

        return build.update(
            self.folder,
            choose,
            embedder,
            indexer=AnnIndexer(self.index),
            forget=forget,
            progress=progress,
            stop=stop,
        )

    def remove(self, name: str) -> StoreStatus:
        return build.remove(self.folder, name)

    def verify(
        self,
        embedder: TextEmbedder,
        sample: int,
        *,
        progress: Callable[[int, int], None] | None = None,
        stop: Stop | None = None,
    ) -> Verified:
        return verify.verify(self.folder, embedder, sample, progress=progress, stop=stop)

    def export(self, target: Path, corpora: Sequence[str]) -> int:
        return export.export(self.folder, target, corpora)

    def waiting(self) -> int:
        return partial.waiting(self.folder)
