"""The store in PostgreSQL, as `adapters.stores.Store`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from planfirst.adapters.postgres import change, check, search
from planfirst.adapters.postgres.connect import Address
from planfirst.store import partial
from planfirst.store.build import Choose, Progress, Stop, TextEmbedder
from planfirst.store.read import StoreStatus
from planfirst.store.verify import Verified


@dataclass(frozen=True, slots=True)
class DatabaseStore:
    """A store in PostgreSQL."""

    address: Address
    kept: Path
    index: str = "auto"

    @property
    def shown(self) -> str:
        return str(self.address)

    def status(self) -> StoreStatus:
        return search.status(self.address)

    def check(self) -> None:
        self.status()

    def open(self, embedder: TextEmbedder) -> search.PostgresSearch:
        return search.PostgresSearch(self.address, embedder)

    def update(
        self,
        choose: Choose,
        embedder: TextEmbedder,
        *,
        forget: bool = False,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> StoreStatus:
        return change.update(
            self.address,
            choose,
            embedder,
            kept=self.kept,
            choice=self.index,
            forget=forget,
            progress=progress,
            stop=stop,
        )

    def remove(self, name: str) -> StoreStatus:
        return change.remove(self.address, name)

    def verify(
        self,
        embedder: TextEmbedder,
        sample: int,
        *,
        progress: Callable[[int, int], None] | None = None,
        stop: Stop | None = None,
    ) -> Verified:
        return check.verify(self.address, embedder, sample, progress=progress, stop=stop)

    def export(self, target: Path, corpora: Sequence[str]) -> int:
        return check.export(self.address, target, corpora)

    def waiting(self) -> int:
        return partial.waiting(self.kept)
