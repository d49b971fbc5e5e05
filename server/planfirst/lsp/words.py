"""Texts for the user in the language of their editor, which it names as ``locale`` when it connects.

Texts are worded in English where they arise, in any module and any process, and put into another language where they
leave the server: found again by their template, sentence by sentence. What is not in the catalogue stays English.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cached_property
from importlib import resources
from typing import Final, NamedTuple

LANGUAGES: Final = ("ko",)
_LONGEST = 1000  # characters; what is longer is mostly some program's output, and templates are slow on it
SENTENCES: Final = re.compile(r"(?<=[.!?]) (?=\S)")
_HOLE = re.compile(r"\{\d\}")


class _Template(NamedTuple):
    pattern: re.Pattern[str]
    holes: tuple[str, ...]
    translated: str


class Words:
    """Puts texts into a language.

    Args:
        locale: as LSP has it, for example ``ko`` or ``ko-KR``; any language that is not known means English.
    """

    def __init__(self, locale: str | None = None) -> None:
        language = re.split("[-_.]", (locale or "").lower())[0]
        self.language = language if language in LANGUAGES else "en"

    def __call__(self, text: str) -> str:
        """The text in the language."""
        if self.language == "en" or len(text) > _LONGEST:
            return text
        said = [(self._texts.said(sentence), sentence) for sentence in SENTENCES.split(text)]
        return " ".join(sentence if found is None else found for found, sentence in said)

    @cached_property
    def _texts(self) -> _Texts:
        found = catalogue(self.language)
        return _Texts(found["texts"], _Texts(found["values"]))


class _Texts:
    """Templates and their translations.

    Args:
        values: those of words that stand in the holes of others.
    """

    def __init__(self, texts: Mapping[str, str], values: _Texts | None = None) -> None:
        self._whole = {text: translated for text, translated in texts.items() if not _HOLE.search(text)}
        # What says most comes first: it is the likelier one where two templates fit.
        with_holes = sorted(texts.keys() - self._whole.keys(), key=lambda text: (-len(_HOLE.sub("", text)), text))
        self._templates = [_template(text, texts[text]) for text in with_holes]
        self._values = values

    def said(self, text: str) -> str | None:
        """The translation; None if no template fits."""
        if text in self._whole:
            return self._whole[text]
        for pattern, holes, translated in self._templates:
            if found := pattern.fullmatch(text):
                values = dict(zip(holes, map(self._value, found.groups()), strict=True))
                return _HOLE.sub(lambda hole, values=values: values[hole.group()], translated)  # type: ignore[misc]
        return None

    def _value(self, value: str) -> str:
        """What stands in a hole: a known word, or a list of such, or anything, which stays as it is."""
        if self._values is None:
            return value
        parts = [self._values.said(part) for part in value.split(", ")]
        return ", ".join(part for part in parts if part is not None) if None not in parts else value


def catalogue(language: str) -> dict[str, dict[str, str]]:
    """The texts of a language by their English templates: ``texts``, and ``values`` that stand in their holes."""
    text = resources.files("planfirst.lsp").joinpath(f"words.{language}.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = json.loads(text)
    return found


def _template(text: str, translated: str) -> _Template:
    parts = _HOLE.split(text)
    pattern = "(.*?)".join(map(re.escape, parts))
    return _Template(re.compile(pattern, re.DOTALL), tuple(_HOLE.findall(text)), translated)
