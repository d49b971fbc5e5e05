"""Reads a TOML file into frozen values, one for each of its sections, so that a run is fully described by it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from planfirst.core.errors import BadSetting

_KINDS = {"int": "whole number", "float": "number", "bool": "true or false", "str": "text"}


def read(path: Path, shipped: Path, parts: Mapping[str, type[Any]]) -> tuple[int, dict[str, Any]]:
    """The seed, and a value of each section's type.

    Args:
        shipped: a file that is as it should be, to be named in messages.
        parts: frozen dataclasses by the name of their section; each of their fields is required.

    Raises:
        BadSetting: the file cannot be read, or a key is missing, unknown or of the wrong type.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(
            "plain",
            what=f"The configuration {path} cannot be read: {error}.",
            next=f"Name a TOML file like the shipped {shipped.name}.",
        ) from error
    seed = raw.pop("seed", None)
    if unknown := sorted(raw.keys() - parts.keys()):
        raise BadSetting(
            "plain", what=f"The configuration {path} has an unknown key {unknown[0]!r}.", next="Remove it."
        )
    if type(seed) is not int:
        raise BadSetting(
            "plain", what=f"The configuration {path} needs a whole number as seed.", next="Add a line such as seed = 1."
        )
    return seed, {name: _section(name, kind, raw.get(name), shipped) for name, kind in parts.items()}


def _section(name: str, kind: type[Any], raw: Any, shipped: Path) -> Any:
    table = raw if isinstance(raw, dict) else {}
    wanted = {field.name: str(field.type) for field in fields(kind)}
    if unknown := sorted(table.keys() - wanted.keys()):
        raise BadSetting("plain", what=f"The configuration has an unknown key {name}.{unknown[0]}.", next="Remove it.")
    values: dict[str, Any] = {}
    for key, type_name in wanted.items():
        value: Any = table.get(key)
        if type(value).__name__ != type_name and not (type_name == "float" and type(value) is int):
            raise BadSetting(
                "plain",
                what=f"The configuration needs {name}.{key} as a {_KINDS[type_name]}.",
                next=f"Compare it with the shipped {shipped.name}.",
            )
        values[key] = float(value) if type_name == "float" else value
    return kind(**values)
