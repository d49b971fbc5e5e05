"""The limits of one run of the pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from planfirst.core.profile import Profile
from planfirst.core.prompt import Budget
from planfirst.core.retrieve import gate
from planfirst.core.types import Example, Task
from planfirst.words import Message


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one run.

    Attributes:
        min_score: what `core.retrieve.worth` of an example must reach to be used.
        stub_score: what it must reach besides, for the body of a function that is declared already, and
            for statements.
        examples: how many hits to fetch; the best one can become the example.
        plan_tokens, code_tokens: the longest answers, in tokens.
        temperature: of the generator; the planner is always greedy.
        rules: whether the project's rules stand in prompts; None for what the model's profile says.
        begun: the code's answer is begun for the model, where its profile says so; else the model answers freely.
    """

    min_score: float
    stub_score: float = -1.0
    examples: int = 3
    plan_tokens: int = 256
    code_tokens: int = 512
    temperature: float = 0.0
    seed: int = 0
    rules: bool | None = None
    begun: bool = True
    budget: Budget = field(default_factory=Budget)

    def shows_rules(self, profile: Profile) -> bool:
        """Whether a model that is asked by ``profile`` is shown the project's rules."""
        return profile.rules if self.rules is None else self.rules

    def gate(self, task: Task, found: Sequence[Example]) -> tuple[Example | None, Message | None]:
        """The example to use for a task, or None, and what to tell the user."""
        return gate(found, self.min_score, self.stub_score if task.stub or task.statements else -1.0)
