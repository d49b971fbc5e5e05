"""Reads JSON that a client sent; what has another shape is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planfirst.lsp.ask import malformed

_LONGEST_NAME = 500


def object_in(value: object, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise malformed(f"{what} must be an object")
    return value


def list_in(value: object, what: str, most: int) -> list[object]:
    if not isinstance(value, list) or len(value) > most:
        raise malformed(f"{what} must be a list of at most {most}")
    return value


def text_in(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise malformed(f"{what} must be a text")
    return value.encode("utf-8", "replace").decode("utf-8")  # a lone surrogate cannot be sent on


def name_in(value: object, what: str) -> str:
    text = text_in(value, what)
    if len(text) > _LONGEST_NAME or not text.isprintable() or "`" in text:
        raise malformed(f"{what} must be one line of at most {_LONGEST_NAME} characters, without a backtick")
    return text
