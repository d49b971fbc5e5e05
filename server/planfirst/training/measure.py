"""Measures a finished GGUF on held-out wordings of recipes: planned and answered greedily, checked by doctests."""

from __future__ import annotations

import ast
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from llama_cpp import Llama as Gguf
from tokenizers import Tokenizer

from planfirst.core import plan as plans
from planfirst.core.generate import extract_code
from planfirst.core.prompt import Kind, PromptBook
from planfirst.core.types import Example, Pair, Plan, Task
from planfirst.corpora.recipes import LICENCE, Recipe
from planfirst.training import rows
from planfirst.training.check import greedy, opened
from planfirst.training.doctests import passes
from planfirst.training.tokenizer import encode_prompts

_PLAN_TOKENS, _CODE_TOKENS = 200, 360


@dataclass(frozen=True, slots=True)
class Sample:
    """One answered request. ``score`` is None when there was no example."""

    request: str
    question: str
    score: float | None
    plan: str
    code: str
    passed: bool
    parses: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted over requests, each a number of requests out of ``asked``."""

    asked: int
    plans: int
    parses: int
    passed: int
    without: int

    def share(self, count: int) -> str:
        """A count as a percentage."""
        return f"{count / max(1, self.asked):.0%}"


class Answerer:
    """Plans and answers requests with one loaded model, as the product does: greedily, with the product's prompts."""

    def __init__(self, gguf: Gguf, bpe: Tokenizer) -> None:
        self.gguf, self.bpe, self.book = gguf, bpe, PromptBook()

    def answer(self, request: str, example: Example | None, doctest: str) -> Sample:
        """The plan and the code for one request, and whether the code passes the doctest."""
        started = time.perf_counter()
        task = Task(request)
        plan = plans.parse(self._text("plan", task, example, None, _PLAN_TOKENS))
        code = extract_code(self._text("code", task, example, plan, _CODE_TOKENS))
        seconds = time.perf_counter() - started
        return Sample(
            request,
            example.pair.question if example else "",
            example.score if example else None,
            plan.numbered() if plan else "",
            code,
            bool(doctest) and passes(code, doctest),
            _parses(code),
            seconds,
        )

    def _text(self, kind: Kind, task: Task, example: Example | None, plan: Plan | None, count: int) -> str:
        (prompt,) = encode_prompts(self.bpe, [rows.prompt(self.book, kind, task, example, plan)])
        room = min(count, self.gguf.n_ctx() - len(prompt) - 1)
        if room <= 0:
            return ""
        return str(self.bpe.decode(greedy(self.gguf, prompt, room)))


def held_out(recipes: Sequence[Recipe], count: int, seed: int) -> list[Recipe]:
    """Recipes drawn for measuring; their last wording was never trained on."""
    random_ = random.Random(seed)  # noqa: S311 - repeatable, not secret
    return random_.sample(list(recipes), min(count, len(recipes)))


def measure(
    path: Path, bpe: Tokenizer, recipes: Sequence[Recipe], context: int, threads: int
) -> tuple[Figures, list[Sample]]:
    """Answers the last wording of each recipe, with the recipe as the example and then without any example.

    Returns:
        The counts, and the samples that had an example, in the order of the recipes.
    """
    with opened(path, context, threads=threads) as gguf:
        answerer = Answerer(gguf, bpe)
        samples: list[Sample] = []
        without = 0
        for recipe in recipes:
            request = recipe.other_wordings[-1]
            pair = Pair(recipe.id, recipe.question, recipe.code, "cookbook", LICENCE, recipe.id)
            samples.append(answerer.answer(request, rows.example_of(pair, request), recipe.doctest))
            without += answerer.answer(request, None, recipe.doctest).passed
    return (
        Figures(
            len(samples),
            sum(bool(sample.plan) for sample in samples),
            sum(sample.parses for sample in samples),
            sum(sample.passed for sample in samples),
            without,
        ),
        samples,
    )


def ask(path: Path, bpe: Tokenizer, requests: Sequence[str], context: int, threads: int) -> list[Sample]:
    """Answers requests without an example."""
    with opened(path, context, threads=threads) as gguf:
        answerer = Answerer(gguf, bpe)
        return [answerer.answer(request, None, "") for request in requests]


def _parses(code: str) -> bool:
    try:
        return bool(ast.parse(code).body)
    except (SyntaxError, ValueError, RecursionError):
        return False
