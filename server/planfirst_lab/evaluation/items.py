"""What is measured with: a request, how its answer is checked, and the reference that answers it."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass

from planfirst.core.types import Pair, Plan, Task
from planfirst.corpora import held_out
from planfirst.corpora.recipes import Recipe, pairs
from planfirst_lab.evaluation.checks import Check
from planfirst_lab.evaluation.marked import appended, scripted
from planfirst_lab.evaluation.placing import placed
from planfirst_lab.parsing import parses


@dataclass(frozen=True, slots=True)
class Item:
    """One request to measure with.

    Attributes:
        id: unique over all items, for example ``text/slugify`` or ``mbpp/2``.
        task: what the pipeline is given.
        check: tells whether an answer is right.
        reference: code that is right.
        steps: the plan that stands with the reference, if there is one.
        own: the pair in the store that answers it; None when the store has none.
        unseen: whether training had no part of it (True), or only this wording was kept from it (False).
        file: a Python file in which the answer has its place. Empty: the answer is the file.
        line: where the request stands in it, counted from zero; None for its last function.
        answer: the reference as a model would give it, where ``reference`` is the whole file.
        guess: a likely answer of somebody who knows the file alone, which is wrong; empty where none was written.
        known: the plan that a user edited to ``steps``, with the draft that it describes; None where there is none.
    """

    id: str
    task: Task
    check: Check
    reference: str
    steps: tuple[str, ...] = ()
    own: Pair | None = None
    unseen: bool = True
    file: str = ""
    line: int | None = None
    answer: str = ""
    guess: str = ""
    known: Plan | None = None

    def program(self, answer: str) -> str:
        """The program that an answer makes: itself, or the file with it in its place."""
        return placed(self.file, answer, self.line) if self.file else answer

    def bare_program(self, answer: str) -> str:
        """The program that an answer to `bare_prompt` makes: itself, behind what stands above the stub in the file."""
        if self.line is not None:
            return (scripted if self.check.kind == "run" else appended)(self.file, self.line, answer)
        above = self.file[: self.file.rindex(self.task.stub)] if self.file and self.task.stub in self.file else ""
        return f"{above}\n{answer}\n"

    def parses(self, program: str) -> bool:
        """Whether a program that an answer makes has no fault of syntax."""
        return parses(program)

    @property
    def bare_prompt(self) -> str:
        """The task as the makers of a model put it to it, in one message.

        The words are those of Qwen2.5-Coder's evaluation of chat models on HumanEval. For a file they leave out "in a
        markdown code block": to that the 1.5B answers 14 of 36 requests with an empty block labelled "markdown".
        """
        if self.known is not None:
            return (
                f"Change the last function of this Python file so that it does what the plan says:\n"
                f"```python\n{self.program(self.guess).strip()}\n```\n\nPlan:\n{Plan(self.steps).numbered()}"
            )
        if self.line is not None:
            return (
                f"Write the code that line {self.line + 1} of this Python file asks for ({self.task.request}):\n"
                f"```python\n{self.file.strip()}\n```"
            )
        asked = self.file or self.task.stub
        if not asked:
            return f"Write Python code for this: {self.task.request}"
        return (
            "Write a self-contained Python script that solves the following problem in a markdown code block:\n"
            f"```python\n{asked.strip()}\n```"
        )

    @property
    def digest(self) -> str:
        """Changes with the request, the check or the file."""
        parts = [self.task.request, self.task.signature, self.check.kind, self.check.text, self.reference]
        parts += [self.file] if self.file else []
        parts += [*self.steps, *self.known.steps, self.known.draft] if self.known else []
        text = "\0".join([*parts, *(part for file in self.check.files for part in file)])
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def from_cookbook(recipes: Sequence[Recipe], fresh: bool = False) -> list[Item]:
    """The held-out requests of the cookbook, in a shuffled order that never changes, so that any first N mix all.

    Args:
        fresh: the requests that were written later, instead of the recipes' last wordings.
    """
    own = {recipe.id: pair for recipe, pair in zip(recipes, pairs(recipes), strict=True)}
    items = [
        Item(
            id=own[request.recipe.id].id,
            task=Task(request.text),
            check=Check("doctest", request.recipe.doctest),
            reference=request.recipe.code,
            steps=request.recipe.steps,
            own=own[request.recipe.id],
            unseen=request.unseen,
        )
        for request in held_out.requests(recipes, fresh)
    ]
    return shuffled(items)


def shuffled(items: Sequence[Item]) -> list[Item]:
    """The items in an order that depends on nothing but their ids."""
    ordered = sorted(items, key=lambda item: item.id)
    random.Random(2026).shuffle(ordered)  # noqa: S311 - repeatable, not secret
    return ordered
