"""The models on this machine: shipped, downloaded and imported ones, and how a name becomes a file."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from planfirst.adapters.checksums import record, recorded, sha256_of
from planfirst.adapters.gguf_header import GgufHeader, read_header
from planfirst.adapters.running import Running
from planfirst.core.errors import ModelError, ModelMissing, ModelRefused
from planfirst.core.profile import Profile
from planfirst.models import fitted, profiles
from planfirst.models.choice import choose
from planfirst.models.entries import (
    ModelEntry,
    another_file,
    entry_named,
    entry_of_digest,
    entry_of_file,
    manifest,
    models_folder,
    path_of,
)

DEFAULT_CONTEXT = 4096
_UNKNOWN_CONTEXT = 2048  # of a file that does not say what it was trained for
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")

Origin = Literal["shipped", "downloaded", "imported"]


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """What a worker needs to load a model; ``context`` is in tokens.

    Attributes:
        asked: who says that it is asked by this profile; ``refused``: why another's word does not count.
        running: how it is run.
        original: where ``path`` is a fitted copy, the file that it was made of.
        unfitted: why a fitted copy that is there does not count, as the end of a sentence.
        sha256: of the original, as the manifest or what was recorded when it came says; empty where nobody does.
    """

    name: str
    path: Path
    profile: Profile
    context: int
    asked: profiles.Source = "default"
    refused: str = ""
    running: Running = Running()  # noqa: RUF009 (frozen)
    original: Path | None = None
    unfitted: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """A model file on this machine.

    Attributes:
        size: in bytes.
        licence: SPDX identifier; empty if it is not known.
        problem: why it cannot be used; empty if its header is fine.
        asked: who says that it is asked by its profile.
        fitted: the layout of its fitted copy, or of itself where only how it is run was fitted; empty for neither.
    """

    name: str
    path: Path
    size: int
    licence: str
    roles: tuple[str, ...]
    profile: str
    origin: Origin
    problem: str = ""
    asked: str = "default"
    fitted: str = ""


def installed() -> list[InstalledModel]:
    """The manifest's models that are here, in its order, then the imported ones by name."""
    models = [_known(entry) for entry in manifest() if path_of(entry).is_file()]
    return models + [_imported(path) for path in _imported_files()]


def resolve(name_or_path: str, context: int = DEFAULT_CONTEXT, *, fit: bool = False) -> ModelSpec:
    """Finds a model and checks the header of its file.

    Args:
        name_or_path: ``auto``, a name of the manifest, the name of an imported model, or the path of a ``.gguf`` file.
        context: the most tokens its window may have; a model with a smaller one keeps its own.
        fit: whether the copy that `planfirst models fit` made takes its place, where there is one that counts.

    Raises:
        ModelMissing: there is no such model, or it is not on this machine yet.
        ModelRefused: the file is not a whole GGUF file.
    """
    name, path, entry = locate(name_or_path)
    header = _header(path)
    trained = header.context_length or (entry.context if entry else 0) or _UNKNOWN_CONTEXT
    asked = profiles.of_model(path, entry, header)
    known = entry.sha256 if entry and not another_file(entry) else recorded(path)
    spec = ModelSpec(name, path, asked.profile, min(trained, context), asked.source, asked.refused, sha256=known)
    return _fitted(spec) if fit else spec


def _fitted(spec: ModelSpec) -> ModelSpec:
    found = fitted.of_model(spec.path)
    if found.fitted is None:
        return replace(spec, unfitted=found.problem)
    if found.path is None:
        return replace(spec, running=found.fitted.running)
    try:
        _header(found.path)
    except ModelError as error:
        return replace(spec, unfitted=error.what)
    return replace(spec, path=found.path, running=found.fitted.running, original=spec.path)


def _header(path: Path) -> GgufHeader:
    """The header of a file, read again only when the file has changed: every request resolves its models."""
    try:
        state = path.stat()
    except OSError:
        return read_header(path)
    return _read_header(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=32)
def _read_header(path: Path, modified: int, size: int) -> GgufHeader:
    return read_header(path)


def locate(name_or_path: str) -> tuple[str, Path, ModelEntry | None]:
    """The name, the file and, if it is the manifest's, the entry of a model that is on this machine.

    Raises:
        ModelMissing: there is no such model, or it is not on this machine yet.
    """
    wanted = name_or_path.strip()
    if wanted.lower() == "auto":
        wanted = choose().name
    if entry := entry_named(wanted):
        path = path_of(entry)
        if not path.is_file():
            raise ModelMissing("starter-missing" if entry.shipped else "model-missing", name=entry.name, file=path)
        return entry.name, path, entry
    for path in _imported_files():
        if path.stem == wanted:
            return path.stem, path, None
    if wanted.lower().endswith(".gguf") or "/" in wanted or "\\" in wanted:
        return _at_path(wanted)
    known = ", ".join([entry.name for entry in manifest()] + [path.stem for path in _imported_files()])
    raise ModelMissing("model-unknown", name=wanted, known=known)


def import_file(path: Path, name: str | None = None) -> Path:
    """Copies a GGUF file into the models folder, so that it can be used by name; records its checksum.

    A file of the manifest is known by its checksum, whatever it is called, and takes that entry's place.
    One that only has the name of such a file (``name``, or its own) is refused.

    Returns:
        Where the copy is.

    Raises:
        ModelMissing, ModelRefused: ``path`` is not a whole GGUF file, or not the one that the manifest means.
        ModelError: the name cannot be used, another file has it, or the copy cannot be written.
    """
    path = path.expanduser()
    read_header(path)
    target = models_folder()
    try:
        digest = sha256_of(path)
        entry = entry_named(name) if name else entry_of_digest(digest) or entry_of_file(path.name)
        if name is None and entry and entry.shipped and digest == entry.sha256:
            return path_of(entry)
        target /= (
            entry.file
            if entry and not entry.shipped
            else f"{_checked_name((name or path.stem).removesuffix('.gguf'))}.gguf"
        )
        if entry and not entry.shipped and entry.sha256 and digest != entry.sha256:
            raise ModelRefused("model-of-another-name", file=path.name, name=entry.name, found=digest)
        if not target.exists():
            _copy(path, target)
            record(target, digest)
        elif not target.samefile(path) and sha256_of(target) != digest:
            raise ModelError("model-exists", name=target.stem, file=target)
    except OSError as error:
        raise ModelError(
            "model-not-copied", file=path.name, folder=target.parent, reason=error.strerror or error
        ) from error
    return target


def _copy(source: Path, target: Path) -> None:
    """A copy that appears under its name only when it is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with source.open("rb") as reader, aside.open("wb") as writer:
            shutil.copyfileobj(reader, writer, 1 << 20)
            writer.flush()
            os.fsync(writer.fileno())
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def _checked_name(name: str) -> str:
    shipped = any(entry.shipped and entry.name.lower() == name.lower() for entry in manifest())
    if shipped or not _NAME.fullmatch(name):
        raise ModelError("model-name-taken" if shipped else "model-name-refused", name=name)
    return name


def _at_path(wanted: str) -> tuple[str, Path, ModelEntry | None]:
    path = Path(wanted).expanduser()
    if not path.is_file():
        raise ModelMissing("model-file-missing", file=path)
    for entry in manifest():
        if path_of(entry).is_file() and path_of(entry).samefile(path):
            return entry.name, path, entry
    return path.stem, path, None


def _imported_files() -> list[Path]:
    folder = models_folder()
    if not folder.is_dir():
        return []
    names = {entry.file for entry in manifest()}
    return [path for path in sorted(folder.glob("[!.]*.gguf")) if path.name not in names]


def _known(entry: ModelEntry) -> InstalledModel:
    path = path_of(entry)
    origin: Origin = "shipped" if entry.shipped else "downloaded"
    header, problem = _inspect(path)
    profile, asked = _asked(path, entry, header)
    size, problem, layout = path.stat().st_size, problem or another_file(entry), fitted.layout_of(path)
    return InstalledModel(entry.name, path, size, entry.licence, entry.roles, profile, origin, problem, asked, layout)


def _imported(path: Path) -> InstalledModel:
    header, problem = _inspect(path)
    licence = header.metadata.get("general.license", "") if header else ""
    profile, asked = _asked(path, None, header)
    roles, size = ("planner", "generator"), path.stat().st_size
    layout = fitted.layout_of(path)
    return InstalledModel(path.stem, path, size, str(licence), roles, profile, "imported", problem, asked, layout)


def _inspect(path: Path) -> tuple[GgufHeader | None, str]:
    try:
        return read_header(path), ""
    except ModelError as error:
        return None, error.what


def _asked(path: Path, entry: ModelEntry | None, header: GgufHeader | None) -> tuple[str, profiles.Source]:
    """The name of a model's profile, and who says so."""
    if header is None:
        return (entry.profile, "manifest") if entry else ("instruct", "default")
    asked = profiles.of_model(path, entry, header)
    return asked.profile.name, asked.source


def names_tools(path: Path) -> bool:
    """Whether the chat template of a model names tools; whether it writes them is seen when it is asked with some."""
    try:
        return bool(re.search(r"\btools\b", read_header(path).chat_template))
    except ModelError:
        return False
