"""Turns pairs and recipes into training rows, with the prompts that the product itself renders."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from planfirst.core.prompt import Kind, PromptBook, assemble, values_of
from planfirst.core.types import Example, Pair, Plan, Task
from planfirst.corpora.recipes import LICENCE, Recipe
from planfirst.training import rename, wording
from planfirst.training.config import DataPlan
from planfirst.training.steps import steps_of
from planfirst.training.tokenizer import Row

PROFILE = "compact"
_MISLEADING_OF = 12  # how many strangers a misleading example is the likest of
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


def example_of(pair: Pair, request: str) -> Example:
    """The pair as a retrieved example of a request, with the stand-in score of `wording.likeness`."""
    score = wording.likeness(wording.words(request), wording.words(pair.question), wording.words(pair.code))
    return Example(pair, score)


@dataclass(frozen=True, slots=True)
class _Case:
    """A task with its example, its plan and the code that answers it."""

    task: Task
    example: Example | None
    steps: tuple[str, ...]
    code: str


class RowMaker:
    """Makes rows; the same seed makes the same rows.

    Args:
        book: the shipped prompt templates.
        pairs: functions to draw misleading examples from.
        plan: the shares of the kinds of example.
    """

    def __init__(self, book: PromptBook, pairs: Sequence[Pair], plan: DataPlan, seed: int) -> None:
        self.book = book
        self.plan = plan
        self.pairs = pairs
        self.random = random.Random(seed)  # noqa: S311 - repeatable, not secret
        self._words: dict[int, Counter[str]] = {}

    def of_function(self, pair: Pair) -> Iterator[Row]:
        """A plan row and a code row for one function, with one kind of example drawn by the plan's shares."""
        code = self._written(pair.code)
        request = wording.reword(pair.question, self.random)
        shown, context, draw = replace(pair, code=code), "", self.random.random()
        if self.random.random() < 0.15:
            context = rename.signature(code)
        plan = self.plan
        if draw < plan.same:
            shown = replace(shown, question=wording.reword(pair.question, self.random))
        elif draw < plan.same + plan.renamed and (other := rename.renamed(code, self.random)):
            context = rename.signature(code)
            shown = replace(shown, question=wording.reword(pair.question, self.random), code=other)
        elif draw < plan.same + plan.renamed + plan.misleading:
            shown = self._stranger(request, pair.code)
        with_example = draw < plan.same + plan.renamed + plan.misleading
        example = example_of(shown, request) if with_example else None
        steps = tuple(steps_of(code, self.random))
        if steps:
            yield from self._rows(_Case(self._task(request, context), example, steps, code))

    def of_recipe(self, recipe: Recipe, visits: int) -> Iterator[Row]:
        """Rows for one recipe: mostly with the recipe itself as the example, as in use.

        The last wording is never a request here: it is kept for measuring.
        """
        wordings = [recipe.question, *recipe.other_wordings[:-1]]
        for n in range(visits):
            request = wordings[n % len(wordings)]
            if n >= len(wordings):
                request = wording.reword(request, self.random)
            pair = Pair(recipe.id, recipe.question, recipe.code, "cookbook", LICENCE, recipe.id)
            draw = self.random.random()
            if draw < 0.25:
                pair = replace(pair, question=self.random.choice(wordings))
            elif draw > 0.92:
                pair = self._stranger(request, recipe.code)
            example = example_of(pair, request) if draw < 0.97 else None
            context = rename.signature(recipe.code) if self.random.random() < 0.12 else ""
            yield from self._rows(_Case(self._task(request, context), example, recipe.steps, recipe.code))

    def _rows(self, case: _Case) -> Iterator[Row]:
        plan = Plan(case.steps)
        yield Row(*prompt(self.book, "plan", case.task, case.example, None), plan.numbered())
        shown = plan if self.random.random() < 0.7 else None
        yield Row(*prompt(self.book, "code", case.task, case.example, shown), case.code)

    def _task(self, request: str, signature: str) -> Task:
        """The request where it stands: sometimes below a few imports that have nothing to do with it."""
        imports: tuple[str, ...] = ()
        if self.random.random() < 0.15:
            imports = tuple(self.random.sample(_IMPORTS, self.random.randint(1, 5)))
        return Task(request, signature=signature, imports=imports)

    def _written(self, code: str) -> str:
        """The code as it stands, or (more often) without hints, comments and its own layout."""
        return code if self.random.random() < 0.4 else rename.plain(code) or code

    def _stranger(self, request: str, own: str) -> Pair:
        """The likest of a few functions drawn blindly, other than the one with the code ``own``."""
        wanted = wording.words(request)
        drawn = [self.random.randrange(len(self.pairs)) for _ in range(_MISLEADING_OF)]
        best = max(drawn, key=lambda n: (self.pairs[n].code != own, sum((self._question(n) & wanted).values()), n))
        pair = self.pairs[best]
        return replace(pair, code=self._written(pair.code))

    def _question(self, n: int) -> Counter[str]:
        if n not in self._words:
            self._words[n] = wording.words(self.pairs[n].question)
        return self._words[n]
