"""What asks for an answer and is no request: the SDK passes over it, and whoever asked would wait for good."""

from __future__ import annotations

import json


def refused(line: str) -> str | int | None:
    """The id of a request that is none: its envelope is broken, or its parameters are no object."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(message, dict) or "method" not in message:
        return None
    number = message.get("id")
    if not isinstance(number, str | int) or isinstance(number, bool):
        return None
    is_whole = message.get("jsonrpc") == "2.0" and isinstance(message["method"], str)
    return None if is_whole and isinstance(message.get("params"), dict | None) else number
