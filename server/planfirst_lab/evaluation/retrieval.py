"""The examples for each request: from the store as it is, and from the store without the request's own recipe."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from planfirst.core.errors import StoreRefused
from planfirst.core.ports import Retriever
from planfirst.core.retrieve import gate
from planfirst.core.types import Declaration, Example, Pair
from planfirst_lab.evaluation.items import Item

_GATES = (0.0, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65)


@dataclass(frozen=True, slots=True)
class Hits:
    """What the search gave for one item, best first.

    Attributes:
        store: of all; ``left_out``: without the item's own pair.
        prose: for the request without the examples in it, as verified generation searches when its first answer fails;
            None where that is the same.
        declared: what the task's own code base declares.
    """

    store: tuple[Example, ...]
    left_out: tuple[Example, ...]
    prose: tuple[Example, ...] | None = None
    declared: tuple[Declaration, ...] = ()

    def declared_in(self, source: str) -> tuple[Declaration, ...]:
        """The declarations for an arm's kind of example."""
        return self.declared if source == "store" else ()

    def of(self, source: str) -> tuple[Example, ...]:
        """The hits for an arm's kind of example."""
        return {"store": self.store, "left_out": self.left_out, "none": ()}[source]


async def find(search: Retriever, item: Item, count: int) -> Hits:
    """The ``count`` best hits, with and without the item's own pair."""
    hits = await search.search(item.task.request, count + 1)
    others = [hit for hit in hits if not _own(item, hit)]
    return Hits(tuple(hits[:count]), tuple(others[:count]))


def same(pair: Pair, own: Pair) -> bool:
    """Whether a stored pair is an item's own: by its corpus and id, its place, or its code."""
    return (pair.source, pair.id) == (own.source, own.id) or pair.place == own.place or pair.code == own.code


def require(items: Iterable[Item], stored: Collection[Pair]) -> None:
    """Makes sure that the store holds the recipes that are measured, as they are now.

    Raises:
        StoreRefused: it does not.
    """
    known = {(pair.source, pair.id, pair.question, pair.code) for pair in stored}
    owns = [item.own for item in items if item.own is not None]
    missing = [own.id for own in owns if (own.source, own.id, own.question, own.code) not in known]
    if missing:
        raise StoreRefused(
            "plain",
            what=f"The store lacks {len(missing)} of the {len(owns)} recipes that are measured, or has older "
            "versions of "
            f"them ({missing[0]}, for one).",
            next="Build it again with `planfirst index build`.",
        )


def summary(items: Sequence[Item], found: Sequence[Hits], min_score: float) -> dict[str, object]:
    """How often the recipe itself became the example, another pair did, and the gate left none.

    ``by_gate`` tells the same for other gates, so that a low figure can be laid to the search or to the gate.
    """
    both = list(zip(items, found, strict=True))
    return {
        "n": len(items),
        "min_score": min_score,
        **_counts(both, min_score),
        "own_recipe_among_hits": sum(any(_own(item, hit) for hit in hits.store) for item, hits in both),
        "left_out_with_example": sum(gate(hits.left_out, min_score)[0] is not None for hits in found),
        "by_gate": {f"{score:.2f}": _counts(both, score) for score in _GATES},
    }


def _counts(both: Sequence[tuple[Item, Hits]], min_score: float) -> dict[str, int]:
    counts = {"own_recipe": 0, "another_pair": 0, "none": 0}
    for item, hits in both:
        example, _ = gate(hits.store, min_score)
        kind = "none" if example is None else "own_recipe" if _own(item, example) else "another_pair"
        counts[kind] += 1
    return counts


def _own(item: Item, example: Example) -> bool:
    return item.own is not None and same(example.pair, item.own)
