"""Requests on code that no model can know: packages that were made up, each with requests that need its functions.

There are two sets. The first was read while it was decided how declarations are chosen and shown; the second was
written afterwards, without a look at how that is done, or at any answer. The packages are indexed as a folder is that a
user opens, and searched beside the store, as in the product. The same requests are answered without that index as well.
"""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from planfirst.core.declaration import asked_for
from planfirst.core.ports import Retriever
from planfirst.core.types import Example
from planfirst.settings import Settings
from planfirst.workers.excluding_request import ExcludingRequest
from planfirst.workers.proxies import FolderIndex, IndexWorker, RetrieverWorker
from planfirst_lab.evaluation.development import item_of
from planfirst_lab.evaluation.items import Item, shuffled
from planfirst_lab.evaluation.retrieval import Hits

NAME, FRESH = "unknown-code", "unknown-code-fresh"
SETS = {NAME: "unknown", FRESH: "unknown_fresh"}  # the folder of each in tasks/
CALLER = "caller.py"  # where a request stands, beside the package


@dataclass(frozen=True, slots=True)
class Package:
    """A package that was made up: its files, by path, and the requests that need it."""

    name: str
    files: tuple[tuple[str, str], ...]
    items: tuple[Item, ...]


def load() -> list[Item]:
    """The requests of the first set, shuffled once and for all."""
    return _shuffled(NAME)


def load_fresh() -> list[Item]:
    """The requests of the second set, likewise. Nothing may be chosen by them."""
    return _shuffled(FRESH)


def _shuffled(name: str) -> list[Item]:
    return shuffled([item for package in packages(name) for item in package.items])


@cache
def packages(name: str) -> tuple[Package, ...]:
    """The packages of a set, by name."""
    return tuple(_packages(SETS[name]))


def _packages(folder: str) -> Iterator[Package]:
    for file in sorted((files("planfirst_lab.evaluation") / "tasks" / folder).iterdir(), key=lambda file: file.name):
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
        name = file.name.removesuffix(".toml")
        code = tuple((path, text.lstrip("\n")) for path, text in raw["files"].items())
        yield Package(name, code, tuple(item_of(f"{name}/{row['id']}", row, code) for row in raw["tasks"]))


async def search(retriever: RetrieverWorker, settings: Settings, items: Sequence[Item]) -> dict[str, Hits]:
    """The examples of requests with their package's index (``store``) and without it (``left_out``), by their ids.

    The index is made anew in a folder that is deleted afterwards.

    Args:
        retriever: over the store that is searched in both cases.

    Raises:
        StoreError: the store is missing or refused.
    """
    wanted, count, found = {item.id for item in items}, settings.retriever.examples, dict[str, Hits]()
    with tempfile.TemporaryDirectory(prefix="planfirst-unknown-", ignore_cleanup_errors=True) as name:
        indexer = IndexWorker(settings.retriever.model, settings.retriever.engine, background=False)
        try:
            for package in (package for name in SETS for package in packages(name)):
                asked = [item for item in package.items if item.id in wanted]
                at = FolderIndex(Path(name) / package.name, Path(name) / f"{package.name}-index")
                if asked:
                    await _index(indexer, at, package)
                for item in asked:
                    retriever.folder_indexes = ()
                    without = await _hits(retriever, item, at, count)
                    retriever.folder_indexes = (at,)
                    hits = await _hits(retriever, item, at, count)
                    file = (at.folder / CALLER).as_posix()
                    declared = await retriever.declared(*asked_for(item.task), item.task.language, file)
                    found[item.id] = Hits(hits, without, declared=tuple(declared))
        finally:
            retriever.folder_indexes = ()
            await indexer.worker.close()
    return found


async def _index(indexer: IndexWorker, at: FolderIndex, package: Package) -> None:
    for path, text in package.files:
        file = at.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    async with aclosing(indexer.refresh(at, None, "")) as steps:
        async for _ in steps:
            pass


async def _hits(retriever: Retriever, item: Item, at: FolderIndex, count: int) -> tuple[Example, ...]:
    here = ExcludingRequest(retriever, at.folder / CALLER)
    return tuple(await here.search(item.task.request, count))
