"""The store that the setting ``retriever.store`` names: a folder, or a database in PostgreSQL, with the same verbs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # with NumPy, which most commands do without
    from planfirst.core.types import Example
    from planfirst.store.build import Choose, Progress, Stop, TextEmbedder
    from planfirst.store.read import StoreStatus
    from planfirst.store.verify import Verified

_POSTGRES = ("postgresql://", "postgres://")


class Searchable(Protocol):
    """A store that is open for searching."""

    def search(self, query: str, count: int) -> list[Example]:
        """The ``count`` nearest pairs, best first, each once; fewer if the store has fewer.

        Raises:
            StoreError: it cannot be searched.
        """
        ...

    def refresh(self) -> bool:
        """Sees what was changed since; says whether something had to be loaded."""
        ...


class Store(Protocol):
    """The verbs. Their errors are those of `planfirst.store`."""

    @property
    def shown(self) -> str:
        """Where it is, for a person; without a password."""
        ...

    def status(self) -> StoreStatus:
        """What is in it."""
        ...

    def check(self) -> None:
        """Raises what is wrong with it, as far as that can be told without an embedding model."""
        ...

    def open(self, embedder: TextEmbedder) -> Searchable:
        """Opens it for searching."""
        ...

    def update(
        self,
        choose: Choose,
        embedder: TextEmbedder,
        *,
        forget: bool = False,
        progress: Progress | None = None,
        stop: Stop | None = None,
    ) -> StoreStatus:
        """As `planfirst.store.build.update`."""
        ...

    def remove(self, name: str) -> StoreStatus:
        """Takes a corpus out of it."""
        ...

    def verify(
        self,
        embedder: TextEmbedder,
        sample: int,
        *,
        progress: Callable[[int, int], None] | None = None,
        stop: Stop | None = None,
    ) -> Verified:
        """Checks all of it, and embeds a sample again."""
        ...

    def export(self, target: Path, corpora: Sequence[str]) -> int:
        """Writes its pairs as JSON lines; returns how many."""
        ...

    def waiting(self) -> int:
        """How many vectors a build that was stopped has left on this machine."""
        ...


def is_address(configured: str) -> bool:
    """Whether a setting names a database and not a folder."""
    return configured.startswith(_POSTGRES)


def store_at(configured: str, folder: Path, index: str = "auto") -> Store:
    """The store that a setting names.

    Args:
        configured: the setting ``retriever.store``.
        folder: of this machine; for a database, where the vectors of a build that is stopped are kept.
        index: the setting ``retriever.index``.

    Raises:
        BadSetting: it is an address that cannot be read, or the package for PostgreSQL is not installed.
    """
    if not is_address(configured):
        from planfirst.adapters.folder_store import FolderStore

        return FolderStore(folder, index)
    from planfirst.adapters.postgres.connect import parse
    from planfirst.adapters.postgres.store import DatabaseStore

    return DatabaseStore(parse(configured), folder, index)
