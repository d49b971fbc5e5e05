"""A retriever that does not give a request its own code back.

Once a folder is indexed, its store holds the comment that you ask from, with the code below it.
"""

from __future__ import annotations

from pathlib import Path

from planfirst.core.ports import Retriever
from planfirst.core.types import Example, Pair
from planfirst.corpora.origins import WORKSPACE


class ExcludingRequest:
    """Leaves out what stands in one file and asks for the same; a `core.ports.Retriever`.

    It compares words and not lines, since the file in the editor can be newer than the one that was indexed.
    """

    def __init__(self, retriever: Retriever, file: Path) -> None:
        self._retriever = retriever
        self._file = f"/{file.as_posix()}"

    async def search(self, query: str, count: int) -> list[Example]:
        found = await self._retriever.search(query, count + 1)
        return [example for example in found if not self._is_itself(example.pair, query)][:count]

    def _is_itself(self, pair: Pair, query: str) -> bool:
        if pair.source != WORKSPACE or not self._file.endswith(f"/{pair.place.rpartition(':')[0]}"):
            return False
        asked, found = _words(query), _words(pair.question)
        return asked.startswith(found) or found.startswith(asked)


def _words(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())
