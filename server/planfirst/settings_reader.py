"""Settings from JSON-like data, and every setting as the reference shows it.

What cannot be used is told and left out, so that a mistake in one setting costs that setting only.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, get_type_hints

from planfirst.core.errors import BadSetting
from planfirst.settings import Settings
from planfirst.words import Message, Value


@dataclass(frozen=True, slots=True)
class Described:
    """One setting as the reference shows it.

    Attributes:
        key: ``section.camelCase``.
        least, most: None where there is no such limit.
        choices: all values that there are; empty where any can be.
    """

    key: str
    type: str
    default: Any
    description: str
    least: float | None
    most: float | None
    choices: tuple[str, ...] = ()


def described() -> Iterator[Described]:
    """Every setting in order."""
    for name, section in _sections().items():
        hints = get_type_hints(type(section))
        for option in fields(section):
            default = getattr(section, option.name)
            yield Described(
                f"{name}.{_camel(option.name)}",
                str(_type_name(hints[option.name])),
                list(default) if isinstance(default, tuple) else default,
                option.metadata["description"],
                option.metadata["least"],
                option.metadata["most"],
                option.metadata["choices"],
            )


def parse(data: object) -> tuple[Settings, list[Message]]:
    """Settings from JSON-like data, and a message for each thing in it that could not be used."""
    settings, problems = Settings(), list[Message]()
    if data is None:
        return settings, problems
    if not isinstance(data, Mapping):
        return settings, [Message("settings-no-object", given=_json_name(data))]
    sections = _sections()
    for name, values in data.items():
        if name not in sections:
            problems.append(Message("setting-unknown", name=str(name)))
        elif not isinstance(values, Mapping):
            problems.append(
                Message(
                    "setting-of-wrong-type", name=str(name), wanted=Message("type-object"), given=_json_name(values)
                )
            )
        else:
            sections[name] = _section(name, sections[name], values, problems)
    return Settings(**sections), problems


def _sections() -> dict[str, Any]:
    """The sections by name, with their defaults."""
    defaults = Settings()
    return {section.name: getattr(defaults, section.name) for section in fields(Settings)}


def _section(name: str, default: Any, values: Mapping[object, object], problems: list[Message]) -> Any:
    known = {_camel(option.name): option for option in fields(type(default))}
    hints = get_type_hints(type(default))
    changes: dict[str, Any] = {}
    for key, value in values.items():
        option = known.get(str(key))
        if option is None:
            problems.append(Message("setting-unknown", name=f"{name}.{key}"))
            continue
        try:
            changes[option.name] = _checked(f"{name}.{key}", value, hints[option.name], option.metadata)
        except BadSetting as error:
            problems.append(error.message)
    return dataclasses.replace(default, **changes)


def _checked(name: str, value: object, wanted: Any, limits: Mapping[str, Any]) -> Any:
    if wanted == tuple[str, ...]:
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise _mistyped(name, wanted, value)
        return tuple(value)
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        value = _as_float(value)
    if type(value) is not wanted:
        raise _mistyped(name, wanted, value)
    if wanted in (int, float):
        low, high = limits["least"], limits["most"]
        if not (low <= value <= high):  # also refuses NaN
            raise BadSetting("setting-out-of-range", name=name, low=low, high=high, given=value)
    choices = limits["choices"]
    if choices and value not in choices:
        raise BadSetting("setting-no-choice", name=name, choices=", ".join(choices), given=str(value)[:40])
    return value


def _as_float(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.title() for part in tail)


def _mistyped(name: str, wanted: Any, value: object) -> BadSetting:
    return BadSetting("setting-of-wrong-type", name=name, wanted=_type_name(wanted), given=_json_name(value))


def _type_name(wanted: Any) -> Message:
    names = {str: "type-text", int: "type-integer", float: "type-number", bool: "type-boolean"}
    return Message(names.get(wanted, "type-texts"))


def _json_name(value: object) -> Value:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    names = {str: "type-text", int: "type-integer", float: "type-number", list: "type-list", dict: "type-object"}
    return Message(names[type(value)]) if type(value) in names else type(value).__name__
