"""A request is no example for itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from planfirst.core.types import Example, Pair
from planfirst.workers.excluding_request import ExcludingRequest

FILE = Path("/home/me/shop/src/cart.py")


class Found:
    """A retriever that always finds the same."""

    def __init__(self, *pairs: Pair) -> None:
        self.pairs = pairs
        self.asked = 0

    async def search(self, query: str, count: int) -> list[Example]:
        self.asked = count
        return [Example(pair, 0.9) for pair in self.pairs][:count]


def pair(question: str, place: str, source: str = "workspace") -> Pair:
    return Pair("i", question, "code()", source, "own", place)


@pytest.mark.parametrize(
    ("question", "place", "source", "kept"),
    [
        ("Add up the cart's prices", "src/cart.py:7", "workspace", False),
        ("add up the cart's prices", "src/cart.py:99", "workspace", False),  # lines move while one writes
        ("Add up the cart's prices, then round", "src/cart.py:7", "workspace", False),
        ("Add up", "src/cart.py:7", "workspace", False),  # the first sentence only
        ("Empty the cart", "src/cart.py:7", "workspace", True),
        ("Add up the cart's prices", "src/other.py:7", "workspace", True),
        ("Add up the cart's prices", "rc/cart.py:7", "workspace", True),
        ("Add up the cart's prices", "src/cart.py:7", "cookbook", True),
    ],
)
async def test_what_is_left_out(question: str, place: str, source: str, kept: bool) -> None:
    other = pair("something else", "a.py:1")
    found = await ExcludingRequest(Found(pair(question, place, source), other), FILE).search(
        "Add up the cart's  prices:", 5
    )
    assert [hit.pair.question for hit in found] == ([question] if kept else []) + ["something else"]


async def test_as_many_as_were_asked_for() -> None:
    pairs = [pair("add up", "src/cart.py:1"), *(pair(f"other {n}", "a.py:1") for n in range(5))]
    retriever = Found(*pairs)
    found = await ExcludingRequest(retriever, FILE).search("add up", 2)
    assert [hit.pair.question for hit in found] == ["other 0", "other 1"]
    assert retriever.asked == 3
