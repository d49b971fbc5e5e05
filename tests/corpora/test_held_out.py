from __future__ import annotations

from planfirst.corpora import recipes
from planfirst.corpora.held_out import held_out, requests


def test_each_held_out_recipe_is_in_the_cookbook_and_named_once() -> None:
    kept = held_out()
    assert len(kept.recipes) == len(kept.wordings) == 100
    assert not kept.recipes & kept.wordings
    assert kept.recipes | kept.wordings <= {recipe.id for recipe in recipes.load()}


def test_the_request_is_a_wording_that_the_store_does_not_have() -> None:
    cookbook = recipes.load()
    asked = requests(cookbook)
    assert len(asked) == 200
    assert sum(request.unseen for request in asked) == 100
    stored = {pair.question for pair in recipes.pairs(cookbook)}
    assert not {request.text for request in asked} & stored
