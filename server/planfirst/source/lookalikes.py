"""Names in which a letter of another script stands for a Latin one, so that two names look alike and are not."""

from __future__ import annotations

import re
import unicodedata

from planfirst.words import Message

# Those that are drawn like a Latin letter in common fonts; from the confusables of Unicode TR 39.
_CYRILLIC = "асеорхуіјѕһԁԛԝѵАВЕКМНОРСТХУІЈЅ"
_GREEK = "οΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
_WORD = re.compile(r"[^\W\d]\w*")
_LATIN = re.compile(r"[A-Za-z]")


def lookalike(code: str) -> Message | None:
    """What the user should know of the first such name; None where there is none."""
    if code.isascii():
        return None
    for word in _WORD.finditer(code):
        found = next(filter(_is_one, word[0]), None)
        if found is not None and (_LATIN.search(word[0]) or _is_folded(found)):
            line = code.count("\n", 0, word.start()) + 1
            character = f"U+{ord(found):04X} ({unicodedata.name(found, '').lower()})"
            return Message("answer-lookalike", line=line, name=word[0][:40], character=character)
    return None


def _is_one(letter: str) -> bool:
    return letter in _CYRILLIC or letter in _GREEK or _is_folded(letter)


def _is_folded(letter: str) -> bool:
    """Python reads it as a Latin letter, though another one stands there."""
    return not letter.isascii() and unicodedata.normalize("NFKC", letter).isascii() and letter.isalpha()
