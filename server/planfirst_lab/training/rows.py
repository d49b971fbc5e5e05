"""Turns pairs and recipes into training rows, with the prompts that the product itself renders."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from planfirst.core.prompt import Kind, PromptBook, assemble, values_of
from planfirst.core.types import Example, Pair, Plan, Task
from planfirst.corpora.recipes import Recipe, pairs
from planfirst.store.pairs import embedded_text
from planfirst_lab.training import rename, wording
from planfirst_lab.training.config import DataPlan
from planfirst_lab.training.likeness import Likeness
from planfirst_lab.training.steps import steps_of
from planfirst_lab.training.tokenizer import Row

PROFILE = "compact"
_RECIPE_SHARES = 0.78, 0.12, 0.06  # the recipe as its own example, renamed, another one; the rest has none
_WITH_STEPS = 0.6  # share of the functions' examples that have steps; those in a store have none as yet
Entries = Mapping[str, Sequence[str]]
_IMPORTS = (  # what the top of a file may hold
    "import os",
    "import sys",
    "import re",
    "import json",
    "import logging",
    "import numpy as np",
    "from pathlib import Path",
    "from typing import Any",
    "from collections import Counter, defaultdict",
    "from dataclasses import dataclass, field",
    "from datetime import datetime, timedelta",
    "from . import settings",
)


def prompt(book: PromptBook, kind: Kind, task: Task, example: Example | None, plan: Plan | None) -> tuple[str, str]:
    """The system and user message for a task, as the product renders them when nothing has to be trimmed."""
    return assemble(book, PROFILE, kind, task.language, values_of(task, example, plan), example)


@dataclass(frozen=True, slots=True)
class Case:
    """A task with what the model is shown and what it is to write.

    Attributes:
        indexed: the pair as the store has it, from which the score is computed; None if there is no example.
        shown: the code that the example shows.
        guide: the steps of the example, where it has any.
        with_plan: whether the plan stands in the prompt for the code.
    """

    task: Task
    indexed: Pair | None
    shown: str
    guide: tuple[str, ...]
    steps: tuple[str, ...]
    code: str
    with_plan: bool


class CaseMaker:
    """Draws cases; the same seed draws the same ones.

    Args:
        pairs: what examples come from, as the store would have it.
        neighbours: for each pair the numbers of others like it, from which misleading examples are taken.
        plan: the shares of the kinds of example.
    """

    def __init__(self, pairs: Sequence[Pair], neighbours: Sequence[Sequence[int]], plan: DataPlan, seed: int) -> None:
        self.plan = plan
        self.pairs = pairs
        self.neighbours = neighbours
        self.random = random.Random(seed)  # noqa: S311 - repeatable, not secret

    def of_function(self, n: int) -> Iterator[Case]:
        """A case for pair number ``n``, with one kind of example drawn by the plan's shares."""
        pair, plan = self.pairs[n], self.plan
        code = self._written(pair.code)
        request = wording.reword(pair.question, self.random)
        words = self.random.getrandbits(32)
        if steps := _steps(code, words):
            yield self._case(n, request, code, steps, words, plan.same, plan.renamed, plan.misleading)

    def of_recipe(self, n: int, recipe: Recipe, wordings: Sequence[str]) -> Iterator[Case]:
        """Cases for one recipe, pair number ``n``: mostly with the recipe itself as the example, as in use.

        In a part of them the recipe has other names, so that it cannot be remembered and has to be copied.

        Args:
            wordings: the requests that may be learned from.
        """
        for visit in range(self.plan.cookbook_visits):
            request = wordings[visit % len(wordings)]
            if visit >= len(wordings):
                request = wording.reword(request, self.random)
            code = recipe.code
            if self.random.random() < self.plan.disguised:
                code = rename.disguised(code, self.random) or code
            yield self._case(n, request, code, recipe.steps, 0, *_RECIPE_SHARES)

    def _case(self, n: int, request: str, code: str, steps: tuple[str, ...], words: int, *shares: float) -> Case:
        """Draws what the example is, and writes the case.

        Args:
            words: seed of the words that steps are written in, so that like codes get like steps.
            shares: of the pair itself, a renamed copy and another pair as the example.
        """
        same, renamed, misleading = shares
        indexed: Pair | None = self.pairs[n]
        shown = code
        signature = rename.signature(code) if self.random.random() < self.plan.signature else ""
        draw = self.random.random() - same
        if 0 <= draw < renamed and (other := rename.renamed(code, self.random)):
            shown, signature = other, rename.signature(code)
        elif renamed <= draw < renamed + misleading and self.neighbours[n]:
            indexed = self.pairs[self.random.choice(self.neighbours[n])]
            shown = self._written(indexed.code)
        elif draw >= renamed + misleading:
            indexed = None
        guide = self._guide(indexed, shown, words) if indexed else ()
        return Case(self._task(request, signature), indexed, shown, guide, steps, code, self.random.random() < 0.7)

    def _guide(self, indexed: Pair, shown: str, words: int) -> tuple[str, ...]:
        """The steps that the store has with a pair, or might have."""
        if indexed.plan:
            return indexed.plan.steps
        return _steps(shown, words) if self.random.random() < _WITH_STEPS else ()

    def _task(self, request: str, signature: str) -> Task:
        """The request where it stands: sometimes below a few imports that have nothing to do with it."""
        imports: tuple[str, ...] = ()
        if self.random.random() < 0.15:
            imports = tuple(self.random.sample(_IMPORTS, self.random.randint(1, 5)))
        return Task(request, signature=signature, imports=imports)

    def _written(self, code: str) -> str:
        """The code as it stands, or (as often) without hints, comments and its own layout."""
        return code if self.random.random() < 0.5 else rename.plain(code) or code


def rows_of(cases: Sequence[Case], entries: Entries, book: PromptBook, likeness: Likeness) -> Iterator[Row]:
    """A plan row and a code row for each case, in the product's own prompts and with the store's scores.

    Args:
        entries: by a pair's place, the texts by which a store finds it; its question and code where there are none.
    """
    likeness.learn(case.task.request for case in cases)
    for case in cases:
        example = None
        if case.indexed is not None:
            texts = entries.get(case.indexed.place, [embedded_text(case.indexed)])
            score = likeness.score(case.task.request, texts)
            example = Example(replace(case.indexed, code=case.shown), score)
        plan, guide = Plan(case.steps), Plan(case.guide) if case.guide else None
        yield Row(*prompt(book, "plan", case.task, example, guide), plan.numbered())
        yield Row(*prompt(book, "code", case.task, example, plan if case.with_plan else None), case.code)


def _steps(code: str, words: int) -> tuple[str, ...]:
    return tuple(steps_of(code, random.Random(words)))  # noqa: S311 - repeatable, not secret


def as_pairs(recipes: Sequence[Recipe]) -> list[Pair]:
    """The recipes as the store has them, in their order."""
    return list(pairs(recipes))
