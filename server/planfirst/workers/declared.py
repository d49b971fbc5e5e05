"""What opened folders declare, inside the retriever's process: what is near to a request, and what it names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from planfirst.adapters.faiss_store import FaissStore
from planfirst.core.retrieve import WORDS
from planfirst.core.types import Declaration, Example
from planfirst.corpora.code.declarations import declaration_of
from planfirst.corpora.origins import WORKSPACE

MOST = 24
_NEAR = 0.4  # cosine with what the shared words add, from which a declaration may serve
_NEAREST = 8
_MEMBERS = 8  # of each type that is named
_MADE = "__init__"
_FEW_MEMBERS = 4  # of each type that these take or return
_TYPE = re.compile(r"\b[A-Z]\w+")


@dataclass
class FolderNames:
    """The declarations of one folder's store by their names, read again when the store has changed."""

    folder: Path
    _generation: object = None
    _types: dict[str, list[Declaration]] = field(default_factory=dict)
    _own: dict[str, list[Declaration]] = field(default_factory=dict)

    def refresh(self, store: FaissStore) -> None:
        """Reads the names, unless it has those of the generation that is loaded."""
        if self._generation == store.generation:
            return
        self._types, self._own = {}, {}
        for pair in store.pairs_of(WORKSPACE):
            if (found := declaration_of(pair, self.folder)) and _is_public(found):
                self._own.setdefault(found.name.rpartition(".")[2], []).append(found)
                if kind := found.name if found.is_type else found.owner:
                    self._types.setdefault(_plain(kind.rpartition(".")[2]), []).append(found)
        self._generation = store.generation

    def types(self, name: str) -> list[Declaration]:
        """A type of that name and its members, however the name is written."""
        return self._types.get(_plain(name), [])

    def functions(self, name: str) -> list[Declaration]:
        """What bears exactly this name and is called."""
        return [one for one in self._own.get(name, []) if not one.is_type]


def declared(
    names: Sequence[str], near: Sequence[Example], known: FolderNames, shows: Callable[[Declaration], bool]
) -> list[Declaration]:
    """What a request may need, the likeliest first.

    Args:
        names: those that the request and what stands around it name.
        near: what the search found in this folder, best first.
        shows: whether a declaration may be shown.
    """
    close = [
        found
        for one in near
        if one.pair.source == WORKSPACE and one.score + WORDS * one.shared >= _NEAR
        if (found := declaration_of(one.pair, known.folder)) and _is_public(found) and shows(found)
    ]
    ranks = {(one.file, one.line): n for n, one in enumerate(close)}
    named = [one for name in names for one in known.functions(name) if shows(one)]

    def types(wanted: Iterable[str], members: int) -> list[Declaration]:
        kinds: list[Declaration] = []
        for name in dict.fromkeys(wanted):
            found = [one for one in known.types(name) if shows(one)]
            found.sort(key=lambda one: (not one.is_type, ranks.get((one.file, one.line), len(ranks)), one.line))
            kinds += found[: members + 1]
        return kinds

    first = _distinct([*close[:3], *named[:3], *types(names, _MEMBERS)])
    given = (name for one in first for name in _TYPE.findall(one.code))  # what these take and return
    return _distinct([*first, *types(given, _FEW_MEMBERS), *close[3:_NEAREST]])[:MOST]


def _is_public(one: Declaration) -> bool:
    """Whether code elsewhere is meant to use it; a constructor only where it takes something."""
    own = one.name.rpartition(".")[2]
    return "," in one.code if own == _MADE else not own.startswith("_")


def _plain(name: str) -> str:
    return name.replace("_", "").lower().removesuffix("s")


def _distinct(found: Iterable[Declaration]) -> list[Declaration]:
    return list({(one.file, one.line, one.name): one for one in found}.values())
