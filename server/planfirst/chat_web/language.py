"""The language in which a browser reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from planfirst.words import LANGUAGES, Words


def words_of(scope: Mapping[str, Any]) -> Words:
    """The words for a request: as ``?lang=`` says, else ``Accept-Language``."""
    asked = dict(parse_qsl(scope["query_string"].decode("latin-1"))).get("lang", "")
    accepted = b",".join(value for name, value in scope["headers"] if name.lower() == b"accept-language")
    return Words(asked or preferred(accepted.decode("latin-1")))


def preferred(accepted: str) -> str:
    """The language of ours that a browser likes best; English where it names none."""
    liked: dict[str, float] = {}
    for part in accepted.split(",")[:50]:
        name, _, weight = part.partition(";")
        language = name.strip().lower().split("-")[0]
        try:
            value = float(weight.partition("=")[2]) if weight else 1.0
        except ValueError:
            value = 0.0
        if language in LANGUAGES and value > liked.get(language, 0.0):
            liked[language] = value
    return max(liked, key=lambda one: liked[one]) if liked else LANGUAGES[0]
