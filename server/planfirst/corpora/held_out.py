"""Which requests of the cookbook are kept for measuring: `held_out.toml`, drawn once and never changed for a model.

A recipe named under ``recipes`` is in no training row, neither its code nor any wording. Of one named under
``wordings`` the last wording alone is kept. In both cases the last wording is the request that is measured, and the
store knows the recipe by its question only.

`fresh.toml` has one more request for each, written later and chosen by nothing; training has never seen it, either.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from planfirst.corpora.recipes import Recipe


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Ids of recipes that are kept out of training: wholly, or but for their last wording."""

    recipes: frozenset[str]
    wordings: frozenset[str]


@dataclass(frozen=True, slots=True)
class Request:
    """A request to measure with, and the recipe that answers it. ``unseen`` is true if training had no part of it."""

    text: str
    recipe: Recipe
    unseen: bool


@cache
def held_out() -> HeldOut:
    """The list that ships."""
    text = (files("planfirst.corpora") / "held_out.toml").read_text(encoding="utf-8")
    raw = tomllib.loads(text)
    return HeldOut(frozenset(raw["recipes"]), frozenset(raw["wordings"]))


def requests(recipes: Sequence[Recipe], fresh: bool = False) -> list[Request]:
    """The requests to measure with, in the order of the recipes; with ``fresh`` those that were written later."""
    kept = held_out()
    texts = _fresh() if fresh else {}
    return [
        Request(texts[recipe.id] if fresh else recipe.other_wordings[-1], recipe, recipe.id in kept.recipes)
        for recipe in recipes
        if recipe.id in kept.recipes | kept.wordings
    ]


@cache
def _fresh() -> dict[str, str]:
    """The later requests by their recipe's id."""
    text = (files("planfirst.corpora") / "fresh.toml").read_text(encoding="utf-8")
    return dict(tomllib.loads(text)["requests"])
