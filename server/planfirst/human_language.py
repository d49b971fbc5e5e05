"""What the script of a request tells of its language, and whether the embedding model knows that.

A script names a language or a few; of those in Latin letters this knows nothing.
"""

from __future__ import annotations

import unicodedata
from collections import Counter

from planfirst.words import Message

MULTILINGUAL = "multilingual-e5-small"  # on no hub under this name alone; it is made from the weights in a package
_LAST_LATIN = "\u024f"
_LANGUAGES = {
    "HANGUL": "language-korean",
    "HIRAGANA": "language-japanese",
    "KATAKANA": "language-japanese",
    "CJK": "language-chinese-or-japanese",
    "CYRILLIC": "language-cyrillic",
    "GREEK": "language-greek",
    "ARABIC": "language-arabic",
    "HEBREW": "language-hebrew",
    "DEVANAGARI": "language-devanagari",
    "THAI": "language-thai",
}
# Models of sentence-transformers that were trained on English alone, by how their names begin.
_ENGLISH = ("all-", "multi-qa-", "msmarco-", "paraphrase-minilm", "paraphrase-albert", "paraphrase-mpnet", "gtr-t5")
_MANY = ("multilingual", "distiluse", "labse", "xlm", "-ko", "ko-", "bge-m3")
_SHARE = 0.2  # of the letters; a request often names things in Latin letters


def unread(request: str, model: str) -> Message | None:
    """What to tell the user if the embedding model does not know the request's language, else None.

    Args:
        model: as in the setting ``retriever.model``; empty for the bundled one, which reads English only. Of a model
            that is not known by its name, nothing is said.
    """
    language = _language(request)
    if not language or not _english_only(model):
        return None
    return Message(
        "request-unread", language=Message(language), model=model or Message("embedding-shipped"), other=MULTILINGUAL
    )


def in_another_script(request: str) -> bool:
    """Whether it is written in other letters than Latin ones, but for the names of things in it."""
    letters = [letter for letter in request if letter.isalpha()]
    others = sum(letter > _LAST_LATIN for letter in letters)
    return others > 0 and others >= _SHARE * len(letters)


def _language(text: str) -> str:
    """The code of the language's name; empty where it is in Latin letters."""
    letters = [unicodedata.name(letter, "").split(" ")[0].split("-")[0] for letter in text if letter.isalpha()]
    found = Counter(_LANGUAGES[script] for script in letters if script in _LANGUAGES)
    if not found or found.total() < _SHARE * len(letters):
        return ""
    return (
        "language-japanese" if found["language-japanese"] else found.most_common(1)[0][0]
    )  # Japanese is written with both


def _english_only(model: str) -> bool:
    name = model.rstrip("/\\").replace("\\", "/").rpartition("/")[2].lower()
    return not name or (name.startswith(_ENGLISH) and not any(part in name for part in _MANY))
