"""The `cookbook` corpus: recipes of our own, each a question, a plan, the code and a doctest.

One TOML file a topic. It reads and checks the files; it does not run the code, the tests do.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from planfirst.core.errors import BadSetting
from planfirst.core.types import MAX_STEPS, Pair

LICENCE = "Apache-2.0"
_ENTRY = "#"  # stands in the ids of a recipe's further entries in a store, after its own id
_TEXTS = ("id", "question", "code", "doctest")
_LISTS = ("other_wordings", "queries", "steps")


@dataclass(frozen=True, slots=True)
class Recipe:
    """One entry of the cookbook.

    Attributes:
        id: unique over the whole cookbook, for example ``slugify``.
        question: what a person would ask for, one line.
        other_wordings: the same request in other words.
        queries: what else people type who need it; the search finds it by these, and nothing else uses them.
        steps: the plan, one to six lines.
        code: the answer, with the imports it needs.
        doctest: examples that hold for any right answer of the same name and signature.
        topic: name of its file, without the ending.
    """

    id: str
    question: str
    other_wordings: tuple[str, ...]
    queries: tuple[str, ...]
    steps: tuple[str, ...]
    code: str
    doctest: str
    topic: str


def load(folder: Path | None = None) -> list[Recipe]:
    """All recipes of a cookbook, sorted by topic and then in the order of the file.

    Args:
        folder: where the TOML files are; None means the cookbook that ships with Planfirst.

    Raises:
        BadSetting: a file or a recipe is not as it has to be.
    """
    cookbook: Traversable = folder or files("planfirst.corpora") / "cookbook"
    recipes: list[Recipe] = []
    owners: dict[str, str] = {}
    for file in sorted(_toml_files(cookbook), key=lambda file: file.name):
        for recipe in _recipes(file):
            if recipe.id in owners:
                raise _refusal(file.name, recipe.id, f"has an id that {owners[recipe.id]} uses already")
            owners[recipe.id] = file.name
            recipes.append(recipe)
    return recipes


def pairs(recipes: Iterable[Recipe]) -> Iterator[Pair]:
    """The recipes as pairs of question and code."""
    for recipe in recipes:
        place, steps = f"cookbook/{recipe.topic}.toml#{recipe.id}", "\n".join(recipe.steps)
        name = f"{recipe.topic}/{recipe.id}"
        yield Pair(name, recipe.question, recipe.code, "cookbook", LICENCE, place, steps=steps)


def entries(recipes: Sequence[Recipe]) -> Iterator[Pair]:
    """What a store holds of the recipes: each is found by its code, by its steps, and by each of its queries."""
    for recipe, pair in zip(recipes, pairs(recipes), strict=True):
        yield pair
        for n, text in enumerate((pair.steps, *recipe.queries)):
            yield replace(pair, id=f"{pair.id}{_ENTRY}{n}", about=f"{pair.question}\n{text}")


def own_id(entry: str) -> str:
    """The id of the recipe's pair, from the id of any of its entries."""
    return entry.partition(_ENTRY)[0]


def _toml_files(folder: Traversable) -> list[Traversable]:
    try:
        return [file for file in folder.iterdir() if file.name.endswith(".toml")]
    except OSError as error:
        raise BadSetting("cookbook-missing", folder=folder, reason=error) from error


def _recipes(file: Traversable) -> Iterator[Recipe]:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadSetting("cookbook-unreadable", file=file.name, reason=error) from error
    entries = content.get("recipe")
    if set(content) != {"recipe"} or not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise BadSetting("cookbook-foreign", file=file.name)
    for number, entry in enumerate(entries, start=1):
        yield _recipe(entry, file.name, number)


def _recipe(entry: dict[str, Any], file: str, number: int) -> Recipe:
    name = str(entry.get("id", f"number {number}"))
    missing = [key for key in (*_TEXTS, *_LISTS) if key not in entry]
    if missing:
        raise _refusal(file, name, f"lacks {', '.join(missing)}")
    unknown = sorted(set(entry) - {*_TEXTS, *_LISTS})
    if unknown:
        raise _refusal(file, name, f"has a key that is not known: {', '.join(unknown)}")
    for key in _TEXTS:
        if not isinstance(entry[key], str) or not entry[key].strip():
            raise _refusal(file, name, f"has a {key} that is not a text, or is empty")
    for key in _LISTS:
        if not isinstance(entry[key], list) or not all(isinstance(t, str) and _is_line(t) for t in entry[key]):
            raise _refusal(file, name, f"has {key} that are not a list of single lines of text")
    if not _is_line(entry["question"]):
        raise _refusal(file, name, "has a question of more than one line")
    if not 1 <= len(entry["steps"]) <= MAX_STEPS:
        raise _refusal(file, name, f"has {len(entry['steps'])} steps, not 1 to {MAX_STEPS}")
    return Recipe(
        id=entry["id"],
        question=entry["question"],
        other_wordings=tuple(entry["other_wordings"]),
        queries=tuple(entry["queries"]),
        steps=tuple(entry["steps"]),
        code=entry["code"].strip("\n"),
        doctest=entry["doctest"].strip("\n"),
        topic=file.removesuffix(".toml"),
    )


def _is_line(text: str) -> bool:
    return bool(text.strip()) and len(text.splitlines()) == 1


def _refusal(file: str, name: str, fault: str) -> BadSetting:
    return BadSetting("recipe-broken", file=file, name=name, fault=fault)
