"""The messages between the server and its child processes: JSON, each behind its length in four bytes.

Parent to child: ``{"id", "method", "params"}`` and ``{"cancel": id}``.
Child to parent: ``{"id", "item"}`` any number of times, then ``{"id", "result"}`` or ``{"id", "error"}``.
"""

from __future__ import annotations

import asyncio
import json
import struct
from typing import Any, BinaryIO

from planfirst import words
from planfirst.core import errors
from planfirst.words.wire import from_wire, to_wire

_LENGTH = struct.Struct(">I")
LONGEST = 64 * 1024 * 1024
Message = dict[str, Any]


def encode(message: Message) -> bytes:
    """A message as it travels.

    Raises:
        ValueError: it is longer than `LONGEST`.
    """
    # Lone surrogates come from editors with broken text; escaped, they travel as they are.
    body = json.dumps(message, ensure_ascii=True).encode("ascii")
    if len(body) > LONGEST:
        raise ValueError(f"a message of {len(body)} bytes is too long")
    return _LENGTH.pack(len(body)) + body


def read(stream: BinaryIO) -> Message | None:
    """The next message; None at the end of the stream."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    body = stream.read(_checked(head))
    return _message(body) if body else None


async def receive(stream: asyncio.StreamReader) -> Message | None:
    """The next message; None at the end of the stream."""
    try:
        head = await stream.readexactly(_LENGTH.size)
        return _message(await stream.readexactly(_checked(head)))
    except asyncio.IncompleteReadError:
        return None


def _checked(head: bytes) -> int:
    (length,) = _LENGTH.unpack(head)
    if length > LONGEST:
        raise ValueError(f"a message of {length} bytes is too long")
    return int(length)


def _message(body: bytes) -> Message:
    message = json.loads(body)
    if not isinstance(message, dict):
        raise ValueError("a message is an object")
    return message


def error_to_wire(error: errors.PlanfirstError) -> Message:
    """An error as data."""
    return {"type": type(error).__name__, "message": to_wire(error.message)}


def error_from_wire(data: Message) -> errors.PlanfirstError:
    """The error that `error_to_wire` was given; one of an unknown type is a WorkerError."""
    kind = getattr(errors, str(data.get("type")), None)
    if not (isinstance(kind, type) and issubclass(kind, errors.PlanfirstError)):
        kind = errors.WorkerError
    said = from_wire(data.get("message"))
    return kind(said.code, **said.args) if isinstance(said, words.Message) else kind("text", text=said)
