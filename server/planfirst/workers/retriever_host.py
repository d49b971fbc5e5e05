"""What runs inside the child process that searches and changes the store; heavy packages wait for the first use."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planfirst.core.types import Declaration, Example
from planfirst.workers.host import Emit, Method, Stop
from planfirst.workers.opening import open_embedder

if TYPE_CHECKING:
    from planfirst.adapters.faiss_store import FaissStore
    from planfirst.adapters.stores import Searchable, Store
    from planfirst.store.build import TextEmbedder
    from planfirst.workers.declared import FolderNames
    from planfirst.workers.indexing import Indexing

log = logging.getLogger(__name__)
STORE = "store"


class RetrieverHost:
    """The embedding model and the store."""

    busy = False  # every answer is there when it is asked for

    def step(self) -> None:
        """Nothing is promised for later."""

    def __init__(self) -> None:
        self._opening: Mapping[str, Any] = {}
        self._embedder: TextEmbedder | None = None
        self._store: Searchable | None = None
        self._beside: dict[Path, FaissStore] = {}
        self._names: dict[Path, FolderNames] = {}
        self.methods: Mapping[str, Method] = {
            "open": self._open,
            "warm": lambda params, emit, stop: self._ready().search("warm up", 1) and None,
            "search": self._search,
            "declared": self._declared,
            "build": lambda params, emit, stop: self._indexing(emit, stop).build(params["corpora"]),
            "add": lambda params, emit, stop: self._indexing(emit, stop).add(params["name"], params["origin"]),
            "verify": lambda params, emit, stop: self._indexing(emit, stop).verify(params["sample"]),
        }

    def _open(self, params: dict[str, Any], emit: Emit, stop: Stop) -> None:
        self._opening = params

    def _search(self, params: dict[str, Any], emit: Emit, stop: Stop) -> list[dict[str, Any]]:
        from planfirst.adapters.fusion import CANDIDATES, fused
        from planfirst.adapters.query_text import bare
        from planfirst.workers.folder_indexes import merged

        query, count = bare(params["query"]), max(params["count"], CANDIDATES)
        beside = [
            lambda at=at: self._in_folder_index(Path(at["path"]), Path(at["folder"]), query, count)
            for at in params["folder_indexes"]
        ]
        found = merged(lambda: self._ready().search(query, count), beside, count)
        return [asdict(example) for example in fused(query, found)[: params["count"]]]

    def _declared(self, params: dict[str, Any], emit: Emit, stop: Stop) -> list[dict[str, Any]]:
        from planfirst.adapters.fusion import CANDIDATES, fused
        from planfirst.adapters.query_text import bare
        from planfirst.core.errors import StoreError
        from planfirst.core.example_language import in_language
        from planfirst.workers.declared import FolderNames, declared

        query, language, file = bare(params["query"]), params["language"], f"/{params['file']}"
        found: list[dict[str, Any]] = []
        for at in params["folder_indexes"]:
            path, folder = Path(at["path"]), Path(at["folder"])
            names = self._names.setdefault(path, FolderNames(folder))
            try:
                near = self._in_folder_index(path, folder, query, CANDIDATES)
                names.refresh(self._beside[path / STORE])
            except StoreError as error:
                log.info("a folder's declarations are passed over: %s", error)
                continue
            near = fused(query, near)

            def shows(one: Declaration) -> bool:
                return in_language(one.file, language) and not file.endswith(f"/{one.file}")

            found += map(asdict, declared(params["names"], near, names, shows))
        return found

    def _in_folder_index(self, path: Path, folder: Path, query: str, count: int) -> list[Example]:
        from planfirst.workers.folder_indexes import is_there

        root = path / STORE
        if root in self._beside:
            self._beside[root].refresh()
        else:
            self._beside[root] = self._open_store(root)
        return [found for found in self._beside[root].search(query, count) if is_there(found.pair, folder)]

    def _indexing(self, emit: Emit, stop: Stop) -> Indexing:
        from planfirst.workers.indexing import Indexing

        return Indexing(self._named_store(), self._embedding, emit, stop)

    def _embedding(self) -> TextEmbedder:
        if self._embedder is None:
            self._embedder = open_embedder(self._opening)
        return self._embedder

    def _named_store(self) -> Store:
        from planfirst.adapters.stores import store_at

        opening = self._opening
        return store_at(opening["store"], Path(opening["root"]), opening["index"])

    def _ready(self) -> Searchable:
        if self._store is None:
            named = self._named_store()
            named.status()  # whether there is one, before the embedding model takes its seconds to load
            self._store = named.open(self._embedding())
        else:
            self._store.refresh()
        return self._store

    def _open_store(self, root: Path) -> FaissStore:
        from planfirst.store.read import current

        current(root)  # whether there is one, before the embedding model takes its seconds to load
        from planfirst.adapters.faiss_store import FaissStore

        return FaissStore.open(root, self._embedding())
