from __future__ import annotations

from dataclasses import replace

import pytest

from planfirst.core.types import Example, Pair
from planfirst.likelihood import likelihood, match

RECIPE = Pair("r", "sort rows", "sorted(rows)", "cookbook", "Apache-2.0", "sorting.toml#rows")
KINDS = [RECIPE, replace(RECIPE, source="python-3.11"), replace(RECIPE, source="shop", licence="own")]


@pytest.mark.parametrize("pair", KINDS, ids=["recipe", "function", "own"])
def test_nearer_is_likelier_and_so_are_shared_words(pair: Pair) -> None:
    values = [likelihood(Example(pair, score)) for score in (-1.0, 0.2, 0.5, 0.8, 1.0)]
    assert values == sorted(values)
    assert 0.0 <= values[0] < 0.01
    assert 0.6 < values[-1] < 1.0
    assert likelihood(Example(pair, 0.5, 1.0)) > likelihood(Example(pair, 0.5, 0.0))


@pytest.mark.parametrize("pair", KINDS, ids=["recipe", "function", "own"])
def test_the_words_for_it(pair: Pair) -> None:
    assert match(Example(pair, 0.9, 1.0)) == "close match"
    assert match(Example(pair, 0.6, 0.5)) == "related"
    assert match(Example(pair, 0.3, 0.5)) == "none"
