"""What stands at the very beginning of a file and nowhere else: an answer may write it again."""

from __future__ import annotations

import re

_SHEBANG = re.compile(r"\A#!(?!\[).*\n?")
_CODING = re.compile(r"\A#\s*(?:-\*-\s*)?(?:en)?coding\s*[:=]\s*[-\w.]+(?:\s*-\*-)?[ \t]*(?:\n|\Z)")
_OPENING = re.compile(r"\A(?:<\?(?:php|xml\b[^\n]*)|<!doctype\b[^\n]*)[ \t]*(?:\n|\Z)", re.IGNORECASE)
_MOST = 60  # lines of a file that such rows are looked for in
_CLOSING = re.compile(r"\n\?>\s*\Z")


# What must stand above a file's package or first statement.
_ABOVE = re.compile(r"(?://go:build\b|// \+build\b|#pragma once\b|['\"]use (?:strict|client|server)['\"]).*")


def without_head(code: str, text: str) -> str:
    """Code without the shebang and the coding line, and without the opening tag and the rows that the file has already.

    Args:
        text: the file.
    """
    has = {line.strip() for line in text.split("\n", _MOST)[:_MOST]}
    rest = _CODING.sub("", _SHEBANG.sub("", code))
    while (row := rest.lstrip("\n").partition("\n")[0].strip()) in has and _ABOVE.fullmatch(row):
        rest = rest.lstrip("\n").partition("\n")[2]
    opening = _OPENING.match(rest)
    if opening and text.lstrip("\ufeff\r\n\t ").lower().startswith(opening[0][:5].lower()):
        rest = _CLOSING.sub("", rest[opening.end() :])
    return rest.strip("\n") if rest != code and rest.strip() else code
