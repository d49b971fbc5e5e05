"""The store of a repository's own code, as `planfirst index add` makes it, and searching it.

Tests are not indexed: their asserted calls are asked for.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from planfirst.adapters.faiss_store import FaissStore
from planfirst.core.types import OWN, Example, Pair
from planfirst.corpora.code.pairs import pairs_in
from planfirst.corpora.report import Report
from planfirst.store.build import Given, TextEmbedder, update
from planfirst_lab.training.rag.questions import Question
from planfirst_lab.training.rag.snapshot import Snapshot, is_test

_SPARE = 8  # further hits that are asked for, since some are left out


def build(
    folder: Path, snapshots: Sequence[Snapshot], embedder: TextEmbedder, progress: Callable[[int, int], None]
) -> None:
    """Indexes the repositories as they are now; only what is new is embedded."""
    pairs = {snapshot.name: list(_pairs(snapshot)) for snapshot in snapshots}
    update(folder, lambda _: {name: Given(given) for name, given in pairs.items()}, embedder, progress=progress)


def beside(folder: Path, target: Path) -> None:
    """A copy of a store, to be brought up to date without embedding everything again."""
    if not target.is_dir():
        partial = target.with_name(f".{target.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(folder, partial)
        partial.replace(target)


class Search:
    """Searches a store.

    Args:
        hidden: files, by repository, whose code is not to be found.
        min_score: cosine below which a hit is left out.
    """

    def __init__(
        self,
        folder: Path,
        embedder: TextEmbedder,
        min_score: float,
        hidden: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self._store = FaissStore.open(folder, embedder)
        self._min_score = min_score
        self._hidden = hidden or {}

    def hits(self, question: Question, request: str, count: int, without_own: bool = False) -> list[Example]:
        """The nearest code of the question's repository, best first.

        Args:
            without_own: whether the code that is asked for is left out, so that only what does not fit is left.
        """
        found: list[Example] = []
        for example in self._store.search(request, 4 * (count + _SPARE)):
            pair = example.pair
            file, name = place_of(pair)
            if pair.source != question.repository or example.score < self._min_score:
                continue
            if file in self._hidden.get(pair.source, ()) or f"{file}:{name}" == question.apart:
                continue
            if without_own and is_own(pair, question):
                continue
            found.append(example)
        return found[:count]


def place_of(pair: Pair) -> tuple[str, str]:
    """The file and the name of what a pair of a code corpus shows; a method's name is without its class."""
    file, name, _ = pair.id.rsplit(":", 2)
    return file, name.rpartition(".")[2]


def is_own(pair: Pair, question: Question) -> bool:
    """Whether a pair is the function that is asked for."""
    return pair.source == question.repository and place_of(pair) == (question.function.file, question.function.name)


def _pairs(snapshot: Snapshot) -> Iterable[Pair]:
    for pair in pairs_in(snapshot.folder, snapshot.name, Report(), snapshot.licence or OWN):
        if not is_test(place_of(pair)[0]):
            yield pair
