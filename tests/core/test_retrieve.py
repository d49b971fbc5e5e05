from __future__ import annotations

from dataclasses import replace

from planfirst.core.retrieve import FITS, OWN, PREFERENCE, WORDS, gate, worth
from planfirst.core.types import Example, Pair
from planfirst.words import Message

RECIPE = Pair("r", "sort rows", "sorted(rows)", "cookbook", "Apache-2.0", "sorting.toml#rows")
FUNCTION = replace(RECIPE, id="f", source="python-3.11")


def test_a_recipe_is_preferred_to_a_function_that_is_a_little_nearer() -> None:
    hits = [Example(FUNCTION, 0.62), Example(RECIPE, 0.55), Example(replace(RECIPE, id="s"), 0.54)]
    assert gate(hits, 0.6) == (hits[1], None)
    assert gate([Example(FUNCTION, 0.66), hits[1]], 0.6)[0] == Example(FUNCTION, 0.66)


def test_the_preference_counts_at_the_gate_too() -> None:
    assert PREFERENCE["cookbook"] == 0.1
    assert gate([Example(RECIPE, 0.51)], 0.6)[0] is not None
    assert gate([Example(FUNCTION, 0.59)], 0.6)[0] is None
    example, said = gate([Example(RECIPE, 0.42)], 0.6)
    assert example is None
    assert said == Message("example-not-close", best="0.42", needed="0.50")


def test_an_empty_store_is_told() -> None:
    assert gate([], 0.6) == (None, Message("example-none-in-store"))


def test_shared_words_count_at_the_gate_and_the_message_names_the_cosine_that_was_needed() -> None:
    assert worth(Example(FUNCTION, 0.5, 1.0)) == 0.5 + WORDS
    assert gate([Example(FUNCTION, 0.46, 1.0)], 0.6)[0] is not None
    example, said = gate([Example(FUNCTION, 0.41, 0.6)], 0.6)
    assert example is None
    assert said == Message("example-not-close", best="0.41", needed="0.51")


def test_ones_own_code_outranks_a_recipe_if_it_fits() -> None:
    own = replace(RECIPE, id="o", source="shop", licence="own")
    recipe = Example(RECIPE, FITS + 0.05)
    fitting, far = Example(own, FITS), Example(own, FITS - 0.01)
    assert PREFERENCE["cookbook"] < OWN
    assert gate([recipe, fitting], 0.6)[0] == fitting
    assert gate([recipe, far], 0.6)[0] == recipe
    assert worth(far) == far.score


def test_for_a_declared_function_an_example_must_be_nearer_unless_it_is_the_users_own() -> None:
    near, own = Example(RECIPE, 0.8), Example(replace(RECIPE, licence="own", source="code"), 0.6)
    assert gate([near], 0.75)[0] is near
    chosen, said = gate([near], 0.75, 0.95)
    assert chosen is None
    assert said == Message("example-not-close", best="0.80", needed="0.85")  # as a cosine: 0.1 is added to recipes
    assert gate([own], 0.75, 0.95)[0] is own
