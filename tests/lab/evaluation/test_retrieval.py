from __future__ import annotations

from dataclasses import replace

import pytest

from planfirst.core.errors import StoreRefused
from planfirst.core.types import Example
from planfirst_lab.evaluation.retrieval import Hits, find, require, same, summary
from tests.lab.evaluation.small_world import NAMES, Store, item, pair


async def test_left_out_is_the_same_search_without_the_own_pair() -> None:
    found = await find(Store(), item("negate"), 2)
    assert [hit.pair.id for hit in found.store] == ["numbers/negate", "numbers/double"]
    assert [hit.pair.id for hit in found.left_out] == ["numbers/double", "numbers/square"]
    assert found.of("none") == ()


def test_a_pair_is_known_by_id_place_or_code() -> None:
    own, other = pair("double"), pair("square")
    assert not same(other, own)
    assert same(replace(other, id=own.id), own)
    assert same(replace(other, place=own.place), own)
    assert same(replace(other, code=own.code), own)


def test_a_store_without_the_recipes_is_refused() -> None:
    items = [item(name) for name in NAMES]
    require(items, [pair(name) for name in NAMES])
    with pytest.raises(StoreRefused, match=r"lacks 1 of the 3 recipes.*numbers/square.*index build"):
        require(items, [pair("double"), pair("negate"), replace(pair("square"), code="older")])


async def test_summary_counts_what_the_gate_lets_through() -> None:
    items = [item(name) for name in NAMES]
    found = [await find(Store(), each, 2) for each in items[:2]]
    found.append(Hits((Example(pair("double"), 0.45),), ()))
    said = summary(items, found, 0.5)
    assert (said["own_recipe"], said["another_pair"], said["none"]) == (2, 1, 0)
    assert said["own_recipe_among_hits"] == 2
    assert said["left_out_with_example"] == 2
    assert summary(items, found, 0.85)["none"] == 1
    assert said["by_gate"]["0.60"] == {"own_recipe": 2, "another_pair": 0, "none": 1}  # type: ignore[index]
