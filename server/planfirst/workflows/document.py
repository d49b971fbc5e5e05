"""A document to be summarised: its passages, and which of them a model reads when it cannot read all."""

from __future__ import annotations

import re
from collections import Counter as Bag
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

from planfirst.adapters.lexical import all_words, words
from planfirst.core.errors import BadRequest
from planfirst.core.prompt import Counter, clip

LARGEST = 4 << 20  # characters
_LONGEST_PASSAGE = 1500  # characters
_MOST_PASSAGES = 4000
_HEADING = re.compile(r"#{1,6} |={3,}$|-{3,}$")


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of lines; they count from 1 and the last one belongs to it."""

    text: str
    first: int
    last: int


def passages_of(text: str, name: str) -> list[Passage]:
    """The paragraphs of a document, short neighbours together and long ones cut at a line.

    Args:
        name: what messages call it.

    Raises:
        BadRequest: there is nothing in it, or it is too large.
    """
    if not text.strip():
        raise BadRequest("workflow-nothing-to-read", name=name)
    if len(text) > LARGEST:
        raise BadRequest("workflow-file-large", name=name, most=LARGEST >> 20)
    found: list[Passage] = []
    rows: list[str] = []
    size = first = 0
    for number, row in enumerate([*text.splitlines(), "# "], start=1):
        begins = bool(_HEADING.match(row)) or (not row.strip() and size > _LONGEST_PASSAGE // 2)
        if rows and (begins or size + len(row) > _LONGEST_PASSAGE):
            if any(one.strip() for one in rows):
                found.append(Passage("\n".join(rows).strip("\n"), first, number - 1))
            rows, size = [], 0
        first = first if rows else number
        rows.append(row)
        size += len(row) + 1
    return found[:_MOST_PASSAGES]


def ranked(passages: Sequence[Passage], request: str) -> list[int]:
    """The numbers of the passages, from the one that says most of what is asked for to the one that says least.

    Without a request those come first whose words the whole document uses most: its centroid, as extractive summaries
    have it (Radev et al., 2004, "Centroid-based summarization of multiple documents").
    """
    bags = [Bag(all_words(one.text)) for one in passages]
    spread = Bag(word for bag in bags for word in bag)
    asked = words(request)
    if asked & spread.keys():
        weights = {word: log(1 + len(bags) / spread[word]) for word in asked if word in spread}
    else:
        whole = sum(bags, Bag())
        weights = {word: float(spread[word]) for word, _ in whole.most_common(200)}

    def worth(n: int) -> float:
        said = sum(weights.get(word, 0.0) * (1 + log(often)) for word, often in bags[n].items())
        return said / sqrt(1 + bags[n].total())

    return sorted(range(len(passages)), key=lambda n: (-worth(n), n))


async def fitting(passages: Sequence[Passage], request: str, room: int, count: Counter) -> list[Passage]:
    """The passages that fit into so many tokens, the best of them, in the order of the document; at least one."""
    lengths = await count([one.text for one in passages])
    if sum(lengths) <= room:
        return list(passages)
    chosen: list[int] = []
    order = ranked(passages, request)
    for n in order:
        if lengths[n] <= room:
            chosen.append(n)
            room -= lengths[n]
    if chosen:
        return [passages[n] for n in sorted(chosen)]
    first = passages[order[0]]
    text, _ = await clip(first.text, room, count)
    return [Passage(text, first.first, first.first + text.count("\n"))]


def spans(passages: Sequence[Passage]) -> str:
    """The lines of passages, neighbours together, for example ``1-12, 40-55``."""
    runs: list[list[int]] = []
    for one in passages:
        if runs and one.first <= runs[-1][1] + 1:
            runs[-1][1] = one.last
        else:
            runs.append([one.first, one.last])
    return ", ".join(f"{first}-{last}" if last > first else str(first) for first, last in runs)
