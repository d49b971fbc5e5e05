"""The scripts of a text. Now and then a model falls into the language that it knows best, and you may not read it."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_LAST_LATIN = "\u024f"
_FEWEST = 2  # letters: a single one is a symbol, such as µ or Δ


@lru_cache(maxsize=256)
def scripts_of(text: str) -> frozenset[str]:
    """The scripts that it has two letters of at least, such as ``HANGUL`` and ``CJK``; Latin ones do not count."""
    found: dict[str, int] = {}
    for letter in text:
        if letter > _LAST_LATIN and letter.isalpha():
            script = unicodedata.name(letter, "").partition(" ")[0]
            found[script] = found.get(script, 0) + 1
    return frozenset(script for script, count in found.items() if count >= _FEWEST)


def is_korean(request: str) -> bool:
    """Whether a request is answered in Korean, with whatever Latin names are in it."""
    return "HANGUL" in scripts_of(request)


def is_foreign(said: str, *known: str) -> bool:
    """Whether a text has letters of a script that none of the known ones has."""
    return bool(scripts_of(said) - frozenset().union(*map(scripts_of, known)))


def without_foreign_comments(code: str, mark: str, *known: str) -> str:
    """The code without the lines that are nothing but a comment in a script that none of the known texts has."""
    rows = code.split("\n")
    kept = [row for row in rows if not (row.lstrip().startswith(mark) and is_foreign(row, *known))]
    return code if len(kept) == len(rows) or not any(row.strip() for row in kept) else "\n".join(kept)
