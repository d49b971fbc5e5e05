"""The part of an answer that goes into a file."""

from __future__ import annotations

from dataclasses import dataclass

from planfirst.words import Message


@dataclass(frozen=True, slots=True)
class Part:
    """Code that is ready to be placed.

    Attributes:
        code: flush left, with ``\\n`` line ends.
        notices: what was left out or changed, for the user.
        refused: why none of it can be used, for the user; None when it can.
        above: rows of other definitions, flush left, that go to the top level of the file, above the function.
        beside: rows of other members, flush left, that go below the function that the code is for.
    """

    code: str
    notices: tuple[Message, ...] = ()
    refused: Message | None = None
    above: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


def listed(names: list[str]) -> str:
    """Names as they stand in a sentence: the first three, and how many more there are."""
    shown = ", ".join(dict.fromkeys(names[:3]))
    return f"{shown} (+{len(names) - 3})" if len(names) > 3 else shown
