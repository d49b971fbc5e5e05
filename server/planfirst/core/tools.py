"""Tools that a model may call, and the calls that it has made. JSON travels as text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool, as its owner describes it; ``schema`` is the JSON Schema of its arguments, an object."""

    name: str
    about: str
    schema: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool; ``arguments`` is a JSON object."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a model called before it answered, and what it was given.

    Attributes:
        turn: the index of the turn, the last message counting as one.
        said: what the model wrote before the calls.
        results: as many as there are calls.
    """

    turn: int
    said: str
    calls: tuple[ToolCall, ...]
    results: tuple[str, ...]
