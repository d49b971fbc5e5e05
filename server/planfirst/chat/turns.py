"""What was said in a conversation."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

_TITLE = 60  # characters


def now() -> str:
    """The time in UTC, to the second, as ISO 8601."""
    return datetime.now(UTC).replace(microsecond=0).isoformat()


def new_id() -> str:
    """Eight hexadecimal digits."""
    return secrets.token_hex(4)


@dataclass(frozen=True, slots=True)
class Turn:
    """A message and its answer.

    Attributes:
        user: as it was sent to the model.
        assistant: as the model wrote it; empty while it does not write yet, and where it wrote nothing.
        model: who answered.
        number: its place in the conversation, from 1; 0 before it has one.
        stopped: whether the answer was cut off, by the user or by an end of the program.
        made: when, as `now` has it.
    """

    user: str
    assistant: str = ""
    model: str = ""
    number: int = 0
    stopped: bool = False
    made: str = field(default_factory=now)


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation, oldest turn first.

    Attributes:
        system: what the model is told before it; empty for what the settings say.
        changed: when the last turn was made; empty while there is none.
    """

    id: str = field(default_factory=new_id)
    turns: tuple[Turn, ...] = ()
    system: str = ""
    made: str = field(default_factory=now)
    changed: str = ""

    @property
    def title(self) -> str:
        """The first line that was said, shortened."""
        return title_of(self.turns[0].user) if self.turns else ""


def title_of(text: str) -> str:
    """The first line of a text with something in it, shortened."""
    line = " ".join(next((line for line in text.splitlines() if line.strip()), "").split())
    return line if len(line) <= _TITLE else line[: _TITLE - 1].rstrip() + "…"
