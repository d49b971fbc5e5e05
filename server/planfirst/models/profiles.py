"""How a model is asked, and who says so: a file beside it, the manifest, the model file itself, or nobody.

A profile file is what `planfirst models tune` writes, and what a person may write: TOML, with ``schema``, ``base`` (a
built-in profile) and a table ``asked`` of what differs from it. Nothing in it is trusted: each value is checked for its
type and range, and a file that cannot be used is refused with a message while the next source is used.
"""

from __future__ import annotations

import logging
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from planfirst.adapters.gguf_header import GgufHeader
from planfirst.core.errors import ProfileRefused
from planfirst.core.profile import BUILT_IN, COMPACT, INSTRUCT, SERVED, Around, ExampleForm, PlanForm, Profile, named
from planfirst.core.regular_file import read_regular
from planfirst.models.entries import ModelEntry

log = logging.getLogger(__name__)
SCHEMA = 1
SUFFIX = ".profile.toml"
_STARTER_NAME = "planfirst-starter"  # general.name of every starter, so that a newly trained one is known too
_MOST_BYTES = 1 << 18
_MOST_SYSTEM = 2000
_MOST_STOPS = 4  # a server that keeps to OpenAI's protocol takes no more
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_SCORE = (-1, 1.5)
_SCORES = dict.fromkeys(("min_score", "stub_score", "own_plan_score"), _SCORE)
_SAMPLING = {
    "chat_temperature": (0, 2),
    "chat_top_p": (0, 1),
    "chat_top_k": (0, 1000),
    "chat_min_p": (0, 1),
    "chat_repeat_penalty": (0.5, 2),
}
_RANGES: dict[str, tuple[float, float]] = {**_SCORES, "plan_tokens": (16, 1024), "candidates": (1, 64), **_SAMPLING}
_CHOICES = {"example": get_args(ExampleForm), "plan": get_args(PlanForm), "around": get_args(Around)}

Source = Literal["tuned", "manifest", "gguf", "setting", "default"]


@dataclass(frozen=True, slots=True)
class Sourced:
    """A profile, and who says that the model is asked so.

    Attributes:
        source: ``tuned`` for a profile file, ``manifest``, ``gguf`` for the model file's own word, ``setting`` for a
            name in the settings, ``default`` where nobody says anything.
        refused: why a source that comes before that one is not used; empty where there is none, or none that fails.
    """

    profile: Profile
    source: Source
    refused: str = ""


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """What a profile file says.

    Attributes:
        base: the name of the built-in profile that ``asked`` changes.
        model_bytes: the size of the model file that it was measured on; 0 where that is not said.
    """

    profile: Profile
    base: str
    model_bytes: int = 0


def beside(model: Path) -> Path:
    """Where the profile file of a model file is, or would be."""
    return model.with_name(model.name + SUFFIX)


def of_model(path: Path, entry: ModelEntry | None, header: GgufHeader, tuned: bool = True) -> Sourced:
    """How a model file is asked.

    Args:
        entry: the manifest's, if it is one of its models.
        tuned: whether a profile file beside it counts.
    """
    refused = ""
    if tuned:
        try:
            if (file := _beside(path, header.size)) is not None:
                return Sourced(file.profile, "tuned")
        except ProfileRefused as error:
            refused = str(error)
            log.warning("%s", refused)
    if entry is not None:
        return Sourced(checked(entry.asked, named(entry.profile), "The model manifest"), "manifest", refused)
    if header.profile:
        return Sourced(named(header.profile), "gguf", refused)
    if header.name == _STARTER_NAME:
        return Sourced(COMPACT, "gguf", refused)
    return Sourced(INSTRUCT, "default", refused)


def of_server(chosen: str) -> Sourced:
    """How a server's model is asked.

    Args:
        chosen: the setting ``generator.profile``: a built-in profile's name, the path of a profile file, or empty.
    """
    if not chosen.strip():
        return Sourced(SERVED, "default")
    if chosen in BUILT_IN:
        return Sourced(BUILT_IN[chosen], "setting")
    try:
        return Sourced(read(Path(chosen).expanduser()).profile, "tuned")
    except ProfileRefused as error:
        log.warning("%s", error)
        return Sourced(SERVED, "default", str(error))


def read(path: Path) -> ProfileFile:
    """Reads and checks a profile file; whatever its bytes are, nothing else is raised.

    Raises:
        ProfileRefused: it is not there, from a newer version, or holds something that no profile has.
    """
    try:
        state = path.stat()
    except (OSError, ValueError) as error:  # ValueError: there is a null byte in it
        raise _refusal(path.name, f"it cannot be read ({getattr(error, 'strerror', None) or error})") from error
    return _read(path, state.st_mtime_ns, state.st_size)


def checked(values: object, base: Profile, where: str) -> Profile:
    """``base`` with other values.

    Args:
        values: a table of fields of `Profile`.
        where: what a message calls their place.

    Raises:
        ProfileRefused: there is no such field, or it cannot have that value.
    """
    if not isinstance(values, Mapping):
        raise _refusal(where, f"`asked` must be a table, not {str(values)[:40]!r}")
    known = {field.name for field in fields(Profile)}
    changes: dict[str, Any] = {}
    for key, value in values.items():
        if key not in known:
            raise _refusal(where, f"no profile has the field {str(key)[:40]!r}")
        default = getattr(base, key)
        if key in _RANGES:
            low, high = _RANGES[key]
            of = (int, float) if isinstance(default, float) else (int,)
            if isinstance(value, bool) or not isinstance(value, of) or not low <= value <= high:  # NaN, too
                raise _refusal(where, f"`{key}` must be a number from {low} to {high}")
            changes[key] = float(value) if isinstance(default, float) else value
        elif key in _CHOICES:
            if not isinstance(value, str) or value not in _CHOICES[key]:
                raise _refusal(where, f"`{key}` must be one of {', '.join(_CHOICES[key])}")
            changes[key] = value
        elif key == "system":
            if not isinstance(value, str) or len(value) > _MOST_SYSTEM:
                raise _refusal(where, f"`system` must be a text of at most {_MOST_SYSTEM} characters")
            changes[key] = value
        elif key == "stops":
            texts = value if isinstance(value, list) else [None]
            if len(texts) > _MOST_STOPS or not all(isinstance(one, str) and 0 < len(one) <= 100 for one in texts):
                raise _refusal(where, f"`stops` must be a list of at most {_MOST_STOPS} texts")
            changes[key] = tuple(texts)
        elif key == "name":
            if not isinstance(value, str) or not _NAME.fullmatch(value):
                raise _refusal(where, "`name` must be the name of a set of templates")
            changes[key] = value
        else:
            if not isinstance(value, bool):
                raise _refusal(where, f"`{key}` must be true or false")
            changes[key] = value
    return Profile(**{field: getattr(base, field) for field in known} | changes)


def asked_of(profile: Profile, base: Profile) -> dict[str, object]:
    """What differs between a profile and the one that it is written down against."""
    return {
        field.name: getattr(profile, field.name)
        for field in fields(Profile)
        if getattr(profile, field.name) != getattr(base, field.name)
    }


def _beside(model: Path, size: int) -> ProfileFile | None:
    path = beside(model)
    if not os.path.lexists(path):
        return None
    file = read(path)
    if file.model_bytes and file.model_bytes != size:
        raise _refusal(path.name, "it was measured on another model file")
    return file


@lru_cache(maxsize=32)
def _read(path: Path, modified: int, size: int) -> ProfileFile:
    """Read again only when the file has changed: every request asks for its models' profiles."""
    if size > _MOST_BYTES:
        raise _refusal(path.name, f"it is larger than {_MOST_BYTES} bytes")
    try:
        data = tomllib.loads(read_regular(path, _MOST_BYTES).decode("utf-8"))
    except OSError as error:
        raise _refusal(path.name, f"it cannot be read ({error.strerror or error})") from error
    except (ValueError, RecursionError) as error:
        raise _refusal(path.name, "it is not TOML") from error
    return _file_of(data, path.name)


def _file_of(data: Mapping[str, object], name: str) -> ProfileFile:
    schema, base, size = data.get("schema"), data.get("base", INSTRUCT.name), data.get("model_bytes", 0)
    if type(schema) is not int or schema < 1:
        raise _refusal(name, "it does not say its `schema`, which is 1")
    if schema > SCHEMA:
        raise _refusal(name, f"a newer version of Planfirst wrote it (schema {str(schema)[:20]})")
    if not isinstance(base, str) or base not in BUILT_IN:
        raise _refusal(name, f"its `base` must be one of {', '.join(BUILT_IN)}")
    if type(size) is not int or size < 0:
        raise _refusal(name, "its `model_bytes` must be a number of bytes")
    return ProfileFile(checked(data.get("asked", {}), BUILT_IN[base], name), base, size)


def _refusal(where: str, why: str) -> ProfileRefused:
    return ProfileRefused("profile-refused", file=where, reason=why)
