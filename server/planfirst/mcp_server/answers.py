"""What the tools answer. The SDK makes JSON and its schema of these, docstrings included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planfirst.core.types import Example, Outcome
from planfirst.likelihood import Match, match
from planfirst.source.diff import unified
from planfirst.verify.verdict import Status, Verdict
from planfirst.verify.verification import Needs
from planfirst.words import ENGLISH, Message

# No slots in what a tool returns: of them the SDK makes no schema.


@dataclass(frozen=True)
class FoundExample:
    """A question that was found, and the code that answers it.

    Attributes:
        score: cosine similarity to the request, -1 to 1.
        match: what the score and the shared words mean for you.
        source: the corpus, for example cookbook.
        licence: of the code, as an SPDX identifier; "own" is the user's.
        place: where a person finds it.
    """

    question: str
    code: str
    score: float
    match: Match
    source: str
    licence: str
    place: str


@dataclass(frozen=True)
class Examples:
    """What was found, best first. Notices are for the user."""

    examples: list[FoundExample]
    notices: list[str]


@dataclass(frozen=True)
class WrittenPlan:
    """A plan of one to six steps; none where the model wrote none, which a notice then says.

    Attributes:
        model: which model wrote it.
        example: the found question that it goes by; null when none was close enough.
        notices: for the user.
    """

    steps: list[str]
    model: str
    example: FoundExample | None
    notices: list[str]


@dataclass(frozen=True)
class PromptSection:
    """A part of the enhanced prompt: its length in tokens, and how many were cut away to keep its budget."""

    name: str
    tokens: int
    trimmed: int


@dataclass(frozen=True)
class Turn:
    """What was asked and answered before the user message."""

    user: str
    assistant: str


@dataclass(frozen=True)
class EnhancedPrompt:
    """The messages that the model would be sent, ready for another model.

    Attributes:
        turns: to be put between system and user, in order; often none.
        begun: how the answer begins, for a model that can go on from there; else leave it out.
        sections: what the user message is made of, with tokens as `model` counts them.
        model: which model it was made for.
        notices: for the user.
    """

    system: str
    turns: list[Turn]
    user: str
    begun: str
    sections: list[PromptSection]
    plan: list[str]
    example: FoundExample | None
    model: str
    notices: list[str]


@dataclass(frozen=True)
class Checked:
    """Whether code does what it should, as far as that could be found out.

    Attributes:
        status: "passed" was run and held; "read" shows no fault when it is read, nor, if ``ran``, when a script is
            run once without files and input; "failed" has a fault; "not checked" could not be looked at.
        check: what was checked; of failed code, the check that failed.
        output: what the failing check gave; of code that was not run, why not.
        held: how many examples and tests held.
        of: how many there are.
        ran: whether code was run.
        needs: what it would take to run the checks: "permission", "sandbox", or nothing.
    """

    status: Status
    check: str
    output: str
    held: int
    of: int
    ran: bool
    needs: Needs


@dataclass(frozen=True)
class Verified:
    """The verdict on code that you gave. Notices are for the user."""

    verdict: Checked
    notices: list[str]


@dataclass(frozen=True)
class Edit:
    """How the code goes into the file, which was not written to: a unified diff, its paths below the folder served."""

    file: str
    diff: str


@dataclass(frozen=True)
class Generated:
    """Code for a request.

    Attributes:
        code: flush left, not yet at its place.
        language: the editor's id, for example python.
        plan: what the code does, in steps.
        edit: null without a file, and where the code cannot be put into it, which the verdict then says.
        notices: for the user.
    """

    code: str
    language: str
    plan: list[str]
    model: str
    example: FoundExample | None
    verdict: Checked
    edit: Edit | None
    notices: list[str]


def found(example: Example) -> FoundExample:
    """An example as data."""
    pair = example.pair
    return FoundExample(
        pair.question, pair.code, round(example.score, 4), match(example), pair.source, pair.licence, pair.place
    )


def plan_of(outcome: Outcome) -> WrittenPlan:
    """The plan that a run made."""
    return WrittenPlan(_steps(outcome), outcome.planner, _used(outcome), _said(outcome.notices))


def prompt_of(outcome: Outcome, model: str) -> EnhancedPrompt:
    """The enhanced prompt that a run made for ``model``."""
    prompt = outcome.prompt
    assert prompt is not None  # the stage that makes it has run
    return EnhancedPrompt(
        prompt.system,
        [Turn(*turn) for turn in prompt.turns],
        prompt.user,
        prompt.begun,
        [PromptSection(section.name, section.tokens, section.trimmed) for section in prompt.sections],
        _steps(outcome),
        _used(outcome),
        model,
        _said(outcome.notices),
    )


def checked(verdict: Verdict, needs: Needs) -> Checked:
    """A verdict as data."""
    return Checked(
        verdict.status, ENGLISH(verdict.check), ENGLISH(verdict.output), verdict.held, verdict.of, verdict.ran, needs
    )


def code_of(outcome: Outcome, verdict: Checked, edit: Edit | None, notices: Sequence[Message]) -> Generated:
    """The code that a run made, with what is known of it."""
    made = outcome.generation
    return Generated(
        made.code if made else "",
        outcome.task.language,
        _steps(outcome),
        made.model if made else "",
        _used(outcome),
        verdict,
        edit,
        _said([*outcome.notices, *notices]),
    )


def edit_of(before: str, after: str, file: Path, folder: Path) -> Edit:
    """The edit that makes one text of a file the other."""
    name = file.relative_to(folder).as_posix()
    return Edit(name, unified(before, after, name))


def _steps(outcome: Outcome) -> list[str]:
    return list(outcome.plan.steps) if outcome.plan else []


def _used(outcome: Outcome) -> FoundExample | None:
    return found(outcome.example) if outcome.example else None


def _said(notices: Sequence[Message]) -> list[str]:
    return [str(notice) for notice in notices]
