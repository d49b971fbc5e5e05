"""Who answers: a model, which is told the error after a wrong answer, or the cookbook, which mends its own slips."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol

from planfirst.core.pipeline import Limits, Pipeline
from planfirst.core.ports import Retriever, Writer
from planfirst.core.prompt import PromptBook
from planfirst.core.types import Example, Outcome, SectionName, Task
from planfirst_lab.training.instruct.mutants import broken
from planfirst_lab.training.instruct.problems import Problem


@dataclass(frozen=True, slots=True)
class Turn:
    """An answer and what the interpreter said of it; an empty error means that the tests pass."""

    code: str
    error: str


class Programmer(Protocol):
    """Answers problems."""

    name: str

    async def answer(self, problem: Problem, before: Sequence[Turn]) -> str:
        """Code for a problem after the turns that failed.

        Raises:
            PlanfirstError: it cannot answer.
        """
        ...


class CookbookProgrammer:
    """Answers with the reference; a share of the first answers has one thing wrong, so that there is an error to mend.

    Which ones is drawn from the seed, and the record of the dialogue says so.
    """

    name = "offline"

    def __init__(self, slips: float, seed: int) -> None:
        self._slips, self._seed = slips, seed

    async def answer(self, problem: Problem, before: Sequence[Turn]) -> str:
        """As the protocol says."""
        random_ = random.Random(f"{self._seed}/{problem.id}/slip")  # noqa: S311 - repeatable, not secret
        if not before and random_.random() < self._slips:
            wrong = broken(problem.reference, 1, random_.getrandbits(31))
            return wrong[0] if wrong else problem.reference
        return problem.reference


class WritingProgrammer:
    """Asks a model by the product's own pipeline, with an example from the store if there is one, and without a plan.

    After an error the request holds the answer and the error, as a person would paste them.

    Args:
        limits: the product's; they say how long an answer may be.
        temperature: of the answers after an error, since a greedy one would often be the same again.
    """

    def __init__(
        self, writer: Writer, retriever: Retriever | None, limits: Limits, temperature: float, seed: int
    ) -> None:
        self.name = writer.name
        self._writer, self._retriever = writer, retriever
        self._limits, self._temperature, self._seed = limits, temperature, seed

    async def answer(self, problem: Problem, before: Sequence[Turn]) -> str:
        """As the protocol says."""
        limits = replace(self._limits, temperature=self._temperature if before else 0.0, seed=self._seed + len(before))
        without: set[SectionName] = {"plan"} if self._retriever else {"plan", "example"}
        retriever = _Once(self._retriever, problem.question) if self._retriever else _Nothing()
        pipeline = Pipeline(retriever, self._writer, self._writer, PromptBook(), limits)
        task = Task(request_of(problem, before), signature=problem.signature)
        outcome: Outcome | None = None
        async with aclosing(pipeline.run(task, "generate", frozenset(without))) as events:
            async for event in events:
                if isinstance(event, Outcome):
                    outcome = event
        return outcome.generation.code if outcome and outcome.generation else ""


def request_of(problem: Problem, before: Sequence[Turn]) -> str:
    """What is asked for: the question, and after an error the last answer with its error."""
    if not before:
        return problem.question
    last = before[-1]
    return f"{problem.question}\n\nThis was wrong:\n{last.code}\n\nThe tests say: {last.error}\nWrite it again, mended."


class _Once:
    """Searches by the question alone, since an error says nothing of what is wanted."""

    def __init__(self, retriever: Retriever, question: str) -> None:
        self._retriever, self._question = retriever, question

    async def search(self, query: str, count: int) -> list[Example]:
        return await self._retriever.search(self._question, count)


class _Nothing:
    """In the place of a store."""

    async def search(self, query: str, count: int) -> list[Example]:
        return []
