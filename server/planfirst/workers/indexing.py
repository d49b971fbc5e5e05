"""Changes the store, inside the retriever's process: reads corpora, and gives their pairs to the store.

Reading happens here and not in the parent, since Parquet and source code are parsed by native code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planfirst.adapters.stores import Store
from planfirst.core.errors import BadRequest, CorpusError, HubError
from planfirst.core.types import OWN, Pair
from planfirst.corpora import CORPORA, load
from planfirst.corpora.origins import Origin
from planfirst.corpora.report import Report
from planfirst.store.build import Given, Present, TextEmbedder
from planfirst.store.manifest import is_name

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Emit = Callable[[Any], None]
Stop = Callable[[], bool]


class Indexing:
    """The verbs. What they emit is ``{"done", "total"}`` in texts, or ``{"note"}``, a line for the user.

    Args:
        store: what is changed.
        embedder: makes the embedding model, which is loaded only when it is needed.
    """

    def __init__(self, store: Store, embedder: Callable[[], TextEmbedder], emit: Emit, stop: Stop) -> None:
        self._store = store
        self._embedder = LateEmbedder(embedder)
        self._emit = emit
        self._stop = stop

    def build(self, names: Sequence[str]) -> dict[str, Any]:
        """Reads everything again: these corpora that come with Planfirst, and all that were added.

        What can no longer be read keeps the pairs that it has in the store.
        """
        shipped: dict[str, Given | None] = {name: Given(load(name)) for name in names}

        def choose(present: Present) -> Mapping[str, Given | None]:
            added = {name: entry.origin for name, entry in present.corpora.items() if entry.origin}
            chosen = dict(shipped)
            for name, record in added.items():
                try:
                    chosen[name] = self._read(name, Origin.from_record(record), again=True)
                except (CorpusError, HubError) as error:
                    if present.whole:
                        chosen[name] = None
                    self._note(_not_read(name, error, kept=present.whole))
            return chosen

        return self._update(choose, forget=True)

    def add(self, name: str, record: Mapping[str, str]) -> dict[str, Any]:
        """Adds a corpus, or reads it again under the same name; the others stay as they are."""
        origin = Origin.from_record(record)
        if not is_name(name):
            raise BadRequest("corpus-name-refused", name=name[:80])
        if name in CORPORA:
            raise BadRequest("corpus-name-taken", name=name)

        def choose(present: Present) -> Mapping[str, Given | None]:
            if not present.whole and present.corpora:
                raise CorpusError("store-unreadable")
            there = present.corpora.get(name)
            if there and there.origin.get("place") != origin.address:
                shown = Origin.from_record(there.origin).shown
                raise BadRequest("corpus-exists", name=name, place=shown)
            return {**dict.fromkeys(present.corpora), name: self._read(name, origin, again=False)}

        return self._update(choose)

    def verify(self, sample: int) -> dict[str, Any]:
        """Checks the whole store, and embeds some of its pairs again."""
        return asdict(
            self._store.verify(
                self._embedder,
                sample,
                progress=lambda done, total: self._emit({"done": done, "total": total}),
                stop=self._stop,
            )
        )

    def _update(self, choose: Callable[[Present], Mapping[str, Given | None]], forget: bool = False) -> dict[str, Any]:
        return asdict(
            self._store.update(
                choose,
                self._embedder,
                forget=forget,
                progress=lambda done, total: self._emit({"done": done, "total": total}),
                stop=self._stop,
            )
        )

    def _read(self, name: str, origin: Origin, *, again: bool) -> Given:
        report = Report()
        pairs = list(self._pairs(name, origin, report, again))
        if self._stop():
            raise CancelledError
        for line in report.lines():
            self._note(f"{name}: {line}" if not line.startswith(" ") else line)
        if not pairs:
            raise CorpusError("corpus-empty", place=origin.shown)
        return Given(pairs, origin.to_record())

    def _pairs(self, name: str, origin: Origin, report: Report, again: bool) -> Iterator[Pair]:
        if origin.kind == "hub":
            return self._hub_pairs(name, origin, report, again)
        if origin.kind == "code":
            from planfirst.corpora.code import pairs

            return pairs.pairs_in(Path(origin.address), name, report, origin.options.licence or OWN, self._stop)
        if origin.kind == "packages":
            from planfirst.corpora import installed

            return installed.pairs_in(Path(origin.address), origin.only, report, self._stop)
        from planfirst.corpora import tables

        return tables.pairs_in(Path(origin.address), name, origin.options, report)

    def _hub_pairs(self, name: str, origin: Origin, report: Report, again: bool) -> Iterator[Pair]:
        from planfirst.adapters import datasets
        from planfirst.corpora import tables
        from planfirst.corpora.known_sets import KNOWN_SETS

        repository, subset = datasets.split_name(origin.address)
        # A build never fetches anything: that is done when the user adds the data set, by its name.
        fetched = datasets.local(repository, subset) if again else datasets.fetch(repository, subset, self._note)
        known = KNOWN_SETS.get(repository)
        options = origin.options
        if known and not options.licence:
            options = replace(options, licence=known.licence)
        where = known.where if known else None
        return tables.pairs_of(fetched.files, fetched.folder, name, options, report, where)

    def _note(self, text: str) -> None:
        self._emit({"note": text})


class LateEmbedder:
    """An embedding model that is loaded on first use, so that you hear of an unreadable table before that."""

    def __init__(self, make: Callable[[], TextEmbedder]) -> None:
        self._make = cache(make)

    @property
    def identity(self) -> str:
        """As `TextEmbedder.identity`."""
        return self._make().identity

    @property
    def dimension(self) -> int:
        """As `TextEmbedder.dimension`."""
        return self._make().dimension

    def embed(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None, stop: Stop | None = None
    ) -> NDArray[np.float32]:
        """As `TextEmbedder.embed`."""
        return self._make().embed(texts, progress=progress, stop=stop)


def _not_read(name: str, error: CorpusError | HubError, *, kept: bool) -> str:
    if kept:
        return f"{name}: not read again; its pairs stay as they were. {error}"
    return f"{name}: lost, since the store was damaged and it cannot be read again. {error}"
