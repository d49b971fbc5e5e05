"""A run: one request on its way to an answer, and what each step made of it."""

from __future__ import annotations

from dataclasses import dataclass

from lsprotocol import types as lsp

from planfirst.core.pipeline import Pipeline
from planfirst.core.types import Goal, Outcome, Task
from planfirst.lsp.ask import Ask
from planfirst.lsp.messages import WireVerdict
from planfirst.lsp.snapshot import Snapshot
from planfirst.source.site import Site
from planfirst.verify.attempt import Attempt, best
from planfirst.verify.verification import Verification
from planfirst.words import Message


@dataclass(frozen=True, slots=True)
class Run:
    """One request and what is known of it so far. Each step of a `Runner` returns a fuller one.

    Attributes:
        planner: who wrote the plan that the task brings along: a model's name, or empty for the user.
        outcome: what you are offered in the end.
        verification: what generated code is checked with; None where no code is asked for.
        attempts: at code that is checked, in their order.
        rate: tokens/s.
        edit: None if there is nothing to write or nowhere to.
        notices: for the user, besides the outcome's.
        verdict: of generated code.
    """

    ask: Ask
    goal: Goal
    before: Snapshot
    site: Site
    task: Task
    planner: str
    pipeline: Pipeline
    outcome: Outcome
    verification: Verification | None = None
    attempts: tuple[Attempt, ...] = ()
    rate: float = 0.0
    edit: lsp.WorkspaceEdit | None = None
    notices: tuple[Message, ...] = ()
    verdict: WireVerdict | None = None

    @property
    def chosen(self) -> Attempt | None:
        """The best attempt."""
        return best(self.attempts) if self.attempts else None
