"""Messages as they cross a pipe."""

from __future__ import annotations

from typing import Any

from planfirst.words import Message, Value


def to_wire(value: Value) -> Any:
    """A value as JSON."""
    if isinstance(value, Message):
        return {"code": value.code, "args": {name: to_wire(given) for name, given in value.args.items()}}
    return [to_wire(one) for one in value] if isinstance(value, tuple) else value


def from_wire(data: Any) -> Value:
    """The value that `to_wire` was given; anything else is a text."""
    if isinstance(data, dict):
        args = data.get("args")
        given = {str(name): from_wire(value) for name, value in args.items()} if isinstance(args, dict) else {}
        return Message(str(data.get("code")), **given)
    if isinstance(data, list):
        return tuple(one if isinstance(one, Message) else Message("text", text=one) for one in map(from_wire, data))
    return data if isinstance(data, str | int | float) else str(data)
