"""Messages as values, and their words in the language of whoever reads them.

A language is one file, ``en.toml`` or ``ko.toml``. An entry is a sentence; or two, of which the second says what to do
next; or, where a number decides, one for ``one`` and one for ``other``. An argument stands in braces, as in
`str.format`. Of a message within a message, ``{error.what}`` and ``{error.next}`` are the halves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

from planfirst.words.particles import with_particles

LANGUAGES: Final = ("en", "ko")
Entry = str | list[str] | dict[str, str]


Value: TypeAlias = "str | int | float | Message | tuple[Message, ...]"
"""What can stand in a sentence: a text, which is shown as it is, a number, another message, or several in a row."""


@dataclass(frozen=True, init=False, slots=True)
class Message:
    """A code of the catalogue, and the arguments that its sentence is filled with.

    It travels as it is, through processes too, and is worded where a person reads it; ``str`` words it in English.

    Args:
        code: names the sentence in ``words/*.toml``.
        args: by their names in the sentence. What is no `Value` is kept as its text, and an error as its message.
    """

    code: str
    args: Mapping[str, Value] = field(hash=False)

    def __init__(self, code: str, /, **args: object) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "args", {name: _value(given) for name, given in args.items()})

    def __str__(self) -> str:
        return ENGLISH(self)


class Words:
    """Words messages in one language.

    Args:
        locale: as LSP has it, for example ``ko`` or ``ko-KR``; any language that is not known means English.
    """

    def __init__(self, locale: str | None = None) -> None:
        language = re.split("[-_.]", (locale or "").lower())[0]
        self.language = language if language in LANGUAGES else LANGUAGES[0]

    def __call__(self, value: Value) -> str:
        """The whole of it: what happened and what to do next. A text stays as it is."""
        return str(self._shown(value))

    def what(self, value: Value) -> str:
        """What happened, without what to do next."""
        return self._shown(value).what

    def next(self, value: Value) -> str:
        """What to do next; empty where nothing is said of that."""
        return self._shown(value).next

    def _shown(self, value: Value) -> _Shown:
        if isinstance(value, tuple):
            parts = [self._shown(one) for one in value]
            return _Shown(_row([part.what for part in parts]), _row([part.next for part in parts]))
        return self._worded(value) if isinstance(value, Message) else _Shown(str(value))

    def _worded(self, message: Message) -> _Shown:
        entry = catalogue(self.language).get(message.code)
        if entry is None:  # of a child of another version, or of a test
            return _Shown(_row([message.code, *map(self, message.args.values())]))
        if isinstance(entry, dict):
            entry = entry["one" if 1 in message.args.values() else "other"]
        args = {name: self._argument(given) for name, given in message.args.items()}
        try:
            parts = [part.format_map(args) for part in ([entry] if isinstance(entry, str) else entry)]
        except (LookupError, ValueError, AttributeError):  # other arguments than this version's
            return _Shown(_row([message.code, *map(self, message.args.values())]))
        return _Shown(*(map(with_particles, parts) if self.language == "ko" else parts))

    def _argument(self, value: Value) -> _Shown | str | int | float:
        return self._shown(value) if isinstance(value, Message | tuple) else value


@dataclass(frozen=True, slots=True)
class _Shown:
    """A message in words."""

    what: str
    next: str = ""

    def __str__(self) -> str:
        return _row([self.what, self.next])


def _row(sentences: list[str]) -> str:
    return " ".join(dict.fromkeys(filter(None, sentences)))


def _value(given: object) -> Value:
    if isinstance(given, str | int | float | Message):
        return given
    if isinstance(given, tuple | list):
        return tuple(one if isinstance(one, Message) else Message("text", text=one) for one in map(_value, given))
    inner = getattr(given, "message", None)  # an error of ours
    return inner if isinstance(inner, Message) else str(given)


@lru_cache
def catalogue(language: str) -> Mapping[str, Entry]:
    """The entries of a language by their codes; read when the first message is worded."""
    import tomllib  # not before a message is worded: a server that starts says nothing

    return tomllib.loads(Path(__file__).with_name(f"{language}.toml").read_text(encoding="utf-8"))


ENGLISH: Final = Words()
"""What logs and the command line speak."""
