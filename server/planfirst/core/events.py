"""What is told of a run while it lasts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planfirst.words import Message

StageName = Literal["retrieve", "plan", "prompt", "generate"]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage began (``seconds`` is None) or ended after ``seconds``."""

    name: StageName
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """Text that a model has just written in a stage."""

    stage: StageName
    text: str


@dataclass(frozen=True, slots=True)
class CodeSoFar:
    """The code of an answer that is being written, as far as its lines are whole; cut out as in `Generation`."""

    code: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know, though the work goes on."""

    message: Message
