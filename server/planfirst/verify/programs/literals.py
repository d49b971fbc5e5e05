"""Writes a plain value as a literal of a language."""

from __future__ import annotations

import json

_NOTHING = {"go": "nil", "rust": "None", "c": "NULL", "cpp": "nullptr"}
_LISTS = {"java": ("java.util.Arrays.asList(", ")"), "go": ("[]any{", "}"), "cpp": ("{", "}")}
_CHARACTERS = ("c", "cpp", "go", "rust", "java")


def literal(value: object, language: str, written: str = "") -> str | None:
    """The literal; None where the language has none for it.

    Args:
        written: how it stands in the comment, which tells a character from a text.
    """
    if isinstance(value, bool):
        return str(int(value)) if language == "c" else str(value).lower()
    if value is None:
        return _NOTHING.get(language, "null")
    if isinstance(value, int):
        return f"{value}L" if language == "java" else str(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, str):
        is_character = written.startswith("'") and len(value) == 1 and language in _CHARACTERS
        return written if is_character else json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple) and language != "c":
        parts = [literal(part, language) for part in value]
        opening, closing = _LISTS.get(language, ("[", "]"))
        return None if None in parts else f"{opening}{', '.join(part for part in parts if part)}{closing}"
    if isinstance(value, dict) and language in ("javascript", "typescript"):
        return f"({json.dumps(value, ensure_ascii=False)})" if all(isinstance(key, str) for key in value) else None
    return None
