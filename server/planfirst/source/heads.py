"""What stands at the very beginning of a file and nowhere else: an answer may write it again."""

from __future__ import annotations

import re

_SHEBANG = re.compile(r"\A#!(?!\[).*\n?")
_CODING = re.compile(r"\A#\s*(?:-\*-\s*)?(?:en)?coding\s*[:=]\s*[-\w.]+(?:\s*-\*-)?[ \t]*(?:\n|\Z)")
_OPENING = re.compile(r"\A(?:<\?(?:php|xml\b[^\n]*)|<!doctype\b[^\n]*)[ \t]*(?:\n|\Z)", re.IGNORECASE)
_CLOSING = re.compile(r"\n\?>\s*\Z")


def without_head(code: str, text: str) -> str:
    """Code without the shebang and the coding line, and without the opening tag that the file has already.

    Args:
        text: the file.
    """
    rest = _CODING.sub("", _SHEBANG.sub("", code))
    opening = _OPENING.match(rest)
    if opening and text.lstrip("\ufeff\r\n\t ").lower().startswith(opening[0][:5].lower()):
        rest = _CLOSING.sub("", rest[opening.end() :])
    return rest.strip("\n") if rest != code and rest.strip() else code
