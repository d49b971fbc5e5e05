"""A model fitted to this machine: a copy in another layout beside the untouched original, and how it is run here.

`planfirst models fit` measures it and writes it down; whoever loads a model asks `of_model` for it. What is written
down holds for one original, one copy, one processor and one llama.cpp. Where any of them is another one, it does not
count, and the original is used as if nothing were there.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import psutil

from planfirst.adapters.checksums import is_sha256, sha256_of
from planfirst.adapters.gguf_header import read_header
from planfirst.adapters.running import Running
from planfirst.core.errors import ModelError
from planfirst.core.regular_file import read_regular
from planfirst.folders import data_folder

SCHEMA = 1
_MOST_BYTES = 1 << 20
_RANGES = {"threads": (0, 1024), "batch": (32, 4096), "gpu_layers": (0, 1024)}


@dataclass(frozen=True, slots=True)
class File:
    """A file as it was when its checksum was taken; ``modified`` is in nanoseconds."""

    size: int
    modified: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> File:
        """The file at ``path`` as it is now. May raise OSError."""
        state = path.stat()
        return cls(state.st_size, state.st_mtime_ns, sha256_of(path))

    def looks_like(self, path: Path) -> bool:
        """Whether the file has the same size and time: what can be asked before every request."""
        try:
            state = path.stat()
        except OSError:
            return False
        return (state.st_size, state.st_mtime_ns) == (self.size, self.modified)


@dataclass(frozen=True, slots=True)
class Fitted:
    """What was found to be best for a model here.

    Attributes:
        layout: of the copy, such as ``Q4_0``; of the original where ``copy`` is None.
        copy: None where no other layout was better.
        running: how it is run.
        figures: what was tried, and what came of it; a table for each.
    """

    origin: File
    layout: str
    copy: File | None
    running: Running
    figures: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class LocalFit:
    """What there is for a model on this machine.

    Attributes:
        path: the copy, or None to load the original.
        fitted: None where nothing counts.
        problem: why something that is there does not count, as the end of a sentence; else empty.
    """

    path: Path | None = None
    fitted: Fitted | None = None
    problem: str = ""


def folder() -> Path:
    """Where fitted copies are. It may not exist yet."""
    return data_folder() / "models" / "fitted"


def record_of(model: Path) -> Path:
    """The file that says what was found for the model file at ``model``; it may not exist."""
    where = hashlib.sha256(os.fsencode(model.absolute())).hexdigest()[:8]  # two folders may have files of one name
    return folder() / f"{model.stem}-{where}.json"


def copy_of(model: Path) -> Path:
    """Where the fitted copy of the model file at ``model`` is, or would be."""
    return record_of(model).with_suffix(".gguf")


def of_model(model: Path) -> LocalFit:
    """What counts for a model file. It looks at sizes and times; `check` reads the files whole."""
    record = record_of(model)
    if not record.exists():
        return LocalFit()
    try:
        fitted, made_for = _read(record)
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        return LocalFit(problem=str(error) if isinstance(error, _UnusableError) else "its record cannot be read")
    if made_for != here():
        return LocalFit(problem="it was made on another processor or with another llama.cpp")
    if not fitted.origin.looks_like(model):
        return LocalFit(problem="the original is another file now")
    if fitted.copy is None:
        return LocalFit(None, fitted)
    copy = copy_of(model)
    if not copy.is_file():
        return LocalFit(problem="the copy is not there")
    if not fitted.copy.looks_like(copy):
        return LocalFit(problem="the copy was altered")
    return LocalFit(copy, fitted)


def layout_of(model: Path) -> str:
    """The layout that a model file is fitted with; empty where nothing counts."""
    found = of_model(model).fitted
    return found.layout if found else ""


def check(model: Path) -> LocalFit:
    """As `of_model`, but by checksums; seconds for a large model."""
    found = of_model(model)
    if found.fitted is None:
        return found
    try:
        if sha256_of(model) != found.fitted.origin.sha256:
            return LocalFit(problem="the original is another file now")
        if found.path and found.fitted.copy and sha256_of(found.path) != found.fitted.copy.sha256:
            return LocalFit(problem="the copy was altered")
        if found.path:
            read_header(found.path)
    except (OSError, ModelError):
        return LocalFit(problem="it cannot be read")
    return found


def write(model: Path, fitted: Fitted) -> None:
    """Writes down what was found, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    record = record_of(model)
    record.parent.mkdir(parents=True, exist_ok=True)
    data = {"schema": SCHEMA, "model": model.name, "here": here(), **asdict(fitted)}
    aside = record.with_name(f".{record.name}.{os.getpid()}.part")
    try:
        aside.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8", newline="\n")
        aside.replace(record)
    finally:
        aside.unlink(missing_ok=True)


def remove(model: Path) -> int:
    """Removes what was made for a model file, and what an interrupted run left; returns the bytes that are free now.

    Raises:
        OSError: something cannot be removed.
    """
    record, freed = record_of(model), 0
    for path in (record, copy_of(model), *record.parent.glob(f".{record.stem}.*")):
        if path.is_file():
            freed += path.stat().st_size
            path.unlink()
    return freed


def here() -> dict[str, str]:
    """What a fitted model depends on besides its files."""
    return {"processor": _processor(), "engine": _engine()}


@cache
def _processor(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """Its name, its cores and, where the system tells them, a hash of its abilities: one name can mean several."""
    name, abilities = platform.processor() or platform.machine(), ""
    try:
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() in ("model name", "Hardware"):
                name = value.strip()
            elif key.strip() in ("flags", "Features") and not abilities:
                abilities = " " + hashlib.sha256(" ".join(sorted(value.split())).encode()).hexdigest()[:8]
    except OSError:
        pass  # there is no such file elsewhere
    return f"{name}, {psutil.cpu_count(logical=False) or os.cpu_count()} cores{abilities}"


@cache
def _engine() -> str:
    try:
        return f"llama-cpp-python {importlib.metadata.version('llama-cpp-python')}"
    except importlib.metadata.PackageNotFoundError:
        return ""


class _UnusableError(ValueError):
    """Why a record does not count, as the end of a sentence."""


def _read(path: Path) -> tuple[Fitted, Mapping[str, str]]:
    data = json.loads(read_regular(path, _MOST_BYTES))
    if not isinstance(data, dict) or type(data.get("schema")) is not int or data["schema"] < 1:
        raise _UnusableError("its record cannot be read")
    if data["schema"] > SCHEMA:
        raise _UnusableError("a newer version of Planfirst wrote its record")
    layout, figures = data.get("layout"), data.get("figures")
    if not isinstance(layout, str) or not isinstance(figures, list) or not all(isinstance(f, dict) for f in figures):
        raise _UnusableError("its record cannot be read")
    copy = None if data.get("copy") is None else _file(data["copy"])
    return Fitted(_file(data.get("origin")), layout, copy, _running(data.get("running")), tuple(figures)), data["here"]


def _file(data: object) -> File:
    file = File(**_table(data))
    if type(file.size) is not int or type(file.modified) is not int or not is_sha256(str(file.sha256)):
        raise _UnusableError("its record cannot be read")
    return file


def _running(data: object) -> Running:
    running = Running(**_table(data))
    usual = asdict(Running())
    for name, value in asdict(running).items():
        low, high = _RANGES.get(name, (0, 1))
        if type(value) is not type(usual[name]) or not low <= value <= high:
            raise _UnusableError("its record cannot be read")
    return running


def _table(data: object) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise _UnusableError("its record cannot be read")
    return data
