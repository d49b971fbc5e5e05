"""What a change of the store keeps, and what it adds.

A row stays if its line is unchanged, wherever it stands. So reading a corpus again only costs what is new in it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np

from planfirst.core.types import Pair
from planfirst.store.manifest import CorpusEntry
from planfirst.store.pairs import text_key, texts, to_line
from planfirst.store.read import Opened
from planfirst.store.segment import line_check


@dataclass(frozen=True, slots=True)
class Given:
    """A corpus for the store; ``origin`` says where it came from."""

    pairs: Iterable[Pair]
    origin: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Present:
    """What the store holds before it is changed.

    Attributes:
        corpora: by name.
        whole: whether their pairs can be read; if the store is damaged, only the names and origins are known.
    """

    corpora: Mapping[str, CorpusEntry]
    whole: bool


# What the store shall hold, by name; None stands for the pairs that it holds of that corpus already.
Choose = Callable[[Present], Mapping[str, Given | None]]
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Compared(Generic[Row]):
    """A corpus as it is given, beside the rows that a store has of it.

    Attributes:
        same: the rows whose line is given again.
        gone: the rows whose line is not.
        new: the pairs that no row has, each once.
        entry: as the corpus will stand in the manifest.
    """

    same: list[Row]
    gone: list[Row]
    new: list[Pair]
    entry: CorpusEntry


def compare(given: Given, there: Iterable[tuple[bytes, Row]]) -> Compared[Row]:
    """Reads a corpus once, to its end.

    Args:
        there: the rows that the store has of it, each with the check of its line.
    """
    rows: dict[bytes, list[Row]] = {}
    for check, row in there:
        rows.setdefault(check, []).append(row)
    same: list[Row] = []
    new: list[Pair] = []
    seen: set[tuple[str, str, str]] = set()
    digest = hashlib.sha256()
    for pair in given.pairs:
        line = to_line(pair)
        digest.update(line)
        if texts(pair) in seen:
            continue
        seen.add(texts(pair))
        known = rows.get(line_check(line))
        if known:
            same.append(known.pop())
        else:
            new.append(pair)
    gone = [row for left in rows.values() for row in left]
    return Compared(same, gone, new, CorpusEntry(len(seen), digest.hexdigest(), dict(given.origin)))


class Change:
    """What stays, what goes and what is new.

    Attributes:
        base: the generation whose rows can stay; None if there is none, or another model made it.
        live: for each of its segments, which rows stay.
        new: the pairs that it has not, by corpus, in the order of the corpora.
        added: a pair for each new text.
        corpora: as they will stand in the manifest.
    """

    def __init__(self, now: Opened | None, chosen: Mapping[str, Given | None], embedding: str) -> None:
        self.base = now if now and now.status.embedding == embedding else None
        self.live = [np.zeros(len(alive), dtype=np.bool_) for alive in self.base.live] if self.base else []
        self.new: dict[str, list[Pair]] = {}
        self.added: dict[bytes, Pair] = {}
        self.corpora: dict[str, CorpusEntry] = {}
        for name, given in chosen.items():
            if given is not None:
                self._take(name, given)
            elif now is not None:
                self._keep(name, now)

    @property
    def kept(self) -> int:
        """How many rows stay."""
        return sum(int(alive.sum()) for alive in self.live)

    def _keep(self, name: str, now: Opened) -> None:
        if self.base is None:
            self._take(name, Given(now.pairs_of(name), now.status.corpora[name].origin))
            self.corpora[name] = now.status.corpora[name]  # as it was given, which only this knows
            return
        for segment, rows in now.rows_of(name):
            self.live[segment][rows] = True
        self.new[name] = []
        self.corpora[name] = now.status.corpora[name]

    def _take(self, name: str, given: Given) -> None:
        compared = compare(given, self._lines(name))
        for segment, row in compared.same:
            self.live[segment][row] = True
        self.new[name] = compared.new
        self.added |= {text_key(pair): pair for pair in compared.new}
        self.corpora[name] = compared.entry

    def _lines(self, name: str) -> Iterator[tuple[bytes, tuple[int, int]]]:
        """Where the lines of a corpus are, with their checks."""
        if self.base is not None and name in self.base.status.corpora:
            for segment, rows in self.base.rows_of(name):
                checks = self.base.segments[segment].table["line"]
                for row in rows:
                    yield checks[row].tobytes(), (segment, int(row))
