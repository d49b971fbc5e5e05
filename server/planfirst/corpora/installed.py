"""The `packages` corpus: documented functions of what a Python interpreter has installed.

The packages of a virtual environment are found by its layout, without starting anything in it. Any other interpreter
is asked once where its packages are, in isolated mode. What is installed is read from the packages' own records, and
their sources are parsed; nothing is imported.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Final

from planfirst.core.errors import CorpusError
from planfirst.core.types import Pair
from planfirst.corpora.functions import functions_of
from planfirst.corpora.report import Report
from planfirst.corpora.tables import UNKNOWN

_ASK: Final = (
    "import json, sysconfig; p = sysconfig.get_paths(); print(json.dumps([p['purelib'], p['platlib']]), flush=True)"
)
_PATIENCE = 30.0  # seconds
_MAX_FILE = 1 << 20
_INSTALLERS = {"pip", "setuptools", "wheel", "distribute", "pkg-resources"}
_NOT_FOR_USERS = re.compile(
    r"(?:^|/)(?:tests?|testing|conftest|test_\w+|_(?!_init__)\w*|vendor|docs?|examples?)(?:/|\.py$)"
)


def pairs_in(
    python: Path, only: Sequence[str], report: Report, stop: Callable[[], bool] | None = None
) -> Iterator[Pair]:
    """Documented public functions of the packages of an interpreter.

    Args:
        only: names of packages; empty for all.
        stop: asked before each package; once it returns True no more are read.

    Raises:
        CorpusError: the interpreter does not answer, or lacks a package that was named.
    """
    found = {_plain(dist.name): dist for dist in distributions(path=site_folders(python)) if dist.name}
    wanted = [_plain(name) for name in only]
    missing = [name for name in wanted if name not in found]
    if missing:
        raise CorpusError("packages-missing", python=python, names=", ".join(missing))
    for name in sorted(wanted or found.keys() - _INSTALLERS):
        if stop and stop():
            return
        before = report.taken
        for pair in _pairs(found[name]):
            report.taken += 1
            yield pair
        if report.taken == before:
            report.leave_out(name, "package has no documented functions", show=bool(only))


def versions(python: Path) -> str:
    """Changes when a package is installed, removed or upgraded: a SHA-256 of all names and versions.

    Raises:
        CorpusError: the interpreter does not answer.
    """
    found = sorted({f"{dist.name} {dist.version}" for dist in distributions(path=site_folders(python)) if dist.name})
    return hashlib.sha256("\n".join(found).encode("utf-8", "replace")).hexdigest()


def site_folders(python: Path) -> list[str]:
    """Where an interpreter keeps its packages.

    Raises:
        CorpusError: it cannot be started, or does not answer.
    """
    return _environment_folders(python.parent.parent) if is_environment(python) else _asked_folders(python)


def is_environment(python: Path) -> bool:
    """Whether an interpreter belongs to a virtual environment; such a one is never started."""
    return (python.parent.parent / "pyvenv.cfg").is_file()


def _environment_folders(home: Path) -> list[str]:
    found = [*sorted(home.glob("lib*/py*/site-packages")), home / "Lib" / "site-packages"]
    return list(dict.fromkeys(str(folder.resolve()) for folder in found if folder.is_dir()))


def _asked_folders(python: Path) -> list[str]:
    try:
        with tempfile.TemporaryDirectory() as empty:
            # -I: neither the current folder nor the environment decides what is imported.
            done = subprocess.run(  # noqa: S603 (the user names the interpreter)
                [str(python), "-I", "-c", _ASK], capture_output=True, timeout=_PATIENCE, check=True, cwd=empty
            )
        folders = json.loads(done.stdout.splitlines()[-1])
        return [str(folder) for folder in dict.fromkeys(folders)]
    except (OSError, subprocess.SubprocessError, ValueError, IndexError, TypeError) as error:
        raise CorpusError("packages-unknown", python=python, reason=type(error).__name__) from error


def _pairs(dist: Distribution) -> Iterator[Pair]:
    source = f"{dist.name}-{dist.version}"
    licence = _licence(dist)
    for file in sorted(dist.files or [], key=str):
        shown = file.as_posix()
        if file.suffix != ".py" or ".." in file.parts or file.is_absolute() or _NOT_FOR_USERS.search(shown):
            continue
        path = Path(str(dist.locate_file(file)))
        try:
            if path.is_symlink() or path.stat().st_size > _MAX_FILE:
                continue
        except OSError:
            continue
        yield from functions_of(path, shown, source, licence)


def _licence(dist: Distribution) -> str:
    about = dist.metadata
    for key in ("License-Expression", "License"):
        text = next(iter(about.get_all(key) or []), "")
        if text and len(text) <= 60 and text.isprintable() and text != "UNKNOWN":
            return text
    classifiers = about.get_all("Classifier") or []
    named = [text.split("::")[-1].strip() for text in classifiers if text.startswith("License :: ")]
    return named[-1] if named and named[-1].isprintable() else UNKNOWN


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
