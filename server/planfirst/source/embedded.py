"""The parts of a file that are in another language than its markup: scripts and styles, as in a component of Vue."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from planfirst.source import lines as lined
from planfirst.source.languages import Language, language_of

_MARKUP = ("vue", "svelte", "astro", "html")
_TAG = re.compile(r"<(?P<end>/?)(?P<name>script|style)\b(?P<rest>[^>]*)>", re.IGNORECASE)
_LANG = re.compile(r"""\blang\s*=\s*["']?(\w+)""")
_FENCE = re.compile(r"---\s*")
_SCRIPTS = {"ts": "typescript", "tsx": "typescriptreact", "jsx": "javascriptreact"}


@dataclass(frozen=True, slots=True)
class Embedded:
    """Whole rows in a language of their own, from zero and inclusive."""

    first: int
    last: int
    language: Language


@lru_cache(maxsize=8)
def embedded(text: str, language: Language) -> tuple[Embedded, ...]:
    """The parts of a file in order; none of a file in one language."""
    if language.id not in _MARKUP:
        return ()
    rows = lined.split(text)
    found: list[Embedded] = []
    if language.id == "astro" and rows and _FENCE.fullmatch(rows[0]):
        end = next((n for n, row in enumerate(rows[1:], 1) if _FENCE.fullmatch(row)), len(rows))
        found.append(Embedded(1, end - 1, language_of("typescript")))
    opened: tuple[int, str] | None = None
    for n, row in enumerate(rows):
        for tag in _TAG.finditer(row):
            if tag["end"] and opened is not None:
                found.append(Embedded(opened[0], n - 1, language_of(opened[1])))
                opened = None
            elif not tag["end"] and opened is None:
                opened = n + 1, _named(tag)
    if opened is not None:
        found.append(Embedded(opened[0], len(rows) - 1, language_of(opened[1])))
    return tuple(part for part in found if part.first <= part.last)


def language_at(text: str, row: int, language: Language) -> Language:
    """The language of a row's code."""
    parts = (part.language for part in embedded(text, language) if part.first <= row <= part.last)
    return next(parts, language)


def own_part(text: str, row: int, language: Language) -> tuple[str, Language, int]:
    """The part that a row is in, as a text with blank lines in the place of all others.

    Returns:
        The text, its language, and the first line of the part; the whole file outside of any part.
    """
    found = next((part for part in embedded(text, language) if part.first <= row <= part.last), None)
    if found is None:
        return text, language, 0
    rows = lined.split(text)
    kept = range(found.first, found.last + 1)
    alone = [row if n in kept else row[len(lined.bare(row)) :] for n, row in enumerate(rows)]
    return "".join(alone), found.language, found.first


def _named(tag: re.Match[str]) -> str:
    found = _LANG.search(tag["rest"])
    said = found[1].lower() if found is not None else ""
    if tag["name"].lower() == "script":
        return _SCRIPTS.get(said, "javascript")
    return said or "css"
