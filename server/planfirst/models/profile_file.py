"""Writes a profile file, with the figures that it stands on."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from planfirst import __version__
from planfirst.core.profile import BUILT_IN, INSTRUCT, Profile
from planfirst.models.profiles import SCHEMA, asked_of

_HEAD = "# How Planfirst asks this model: what differs from the base, and what that stands on; see docs/profiles.md."


def write(path: Path, profile: Profile, model: str, model_bytes: int, figures: Sequence[Mapping[str, object]]) -> None:
    """Writes a profile file, whole or not at all.

    Args:
        model, model_bytes: what was measured; 0 bytes for a server's model.
        figures: a table for each decision, of texts, numbers, truths and tables of numbers.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        aside.write_text(text_of(profile, model, model_bytes, figures), encoding="utf-8", newline="\n")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def text_of(profile: Profile, model: str, model_bytes: int, figures: Sequence[Mapping[str, object]]) -> str:
    """The file's text."""
    base = BUILT_IN.get(profile.name, INSTRUCT)
    head: dict[str, object] = {"schema": SCHEMA, "base": base.name, "planfirst": __version__, "model": model}
    head |= {"model_bytes": model_bytes} if model_bytes else {}
    lines = [_HEAD, *_pairs(head), f"made = {datetime.now(UTC).replace(microsecond=0).isoformat()}", "", "[asked]"]
    lines += _pairs(asked_of(profile, base))
    for figure in figures:
        lines += ["", "[[figures]]", *_pairs(figure)]
    return "\n".join(lines) + "\n"


def _pairs(table: Mapping[str, object]) -> list[str]:
    return [f"{_key(key)} = {_value(value)}" for key, value in table.items()]


def _key(key: str) -> str:
    return key if key.replace("_", "").isalnum() and key.isascii() else _value(key)


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(_pairs(value)) + " }" if value else "{}"
    if isinstance(value, str):  # a basic string of TOML has JSON's escapes, and wants one more character escaped
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return json.dumps(value)
