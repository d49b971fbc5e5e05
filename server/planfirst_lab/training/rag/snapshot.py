"""Copies a repository's Python files and its README into the work folder, so that a run sees one state of it.

A repository is a folder, or the name of a package that is installed for this interpreter.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from planfirst.core.errors import BadSetting
from planfirst.corpora.code.files import source_files
from planfirst.corpora.report import Report

README = "README.md"
_TEST = re.compile(r"(?:^|/)(?:tests?|testing)/|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A copied repository.

    Attributes:
        folder: holds its Python files by their own paths, and perhaps a README.md.
        licence: as its metadata say; empty for a folder.
    """

    name: str
    folder: Path
    licence: str = ""

    def files(self, tests: bool) -> list[str]:
        """The relative paths of its tests, or of all other Python files, sorted."""
        paths = (path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.py"))
        return sorted(path for path in paths if is_test(path) == tests)


def is_test(path: str) -> bool:
    """Whether a relative path is that of a test."""
    return _TEST.search(path) is not None


def take(repo: str, into: Path) -> Snapshot:
    """Copies a repository below ``into``; what is there from an earlier run stays as it was then.

    Raises:
        BadSetting: there is neither such a folder nor such an installed package, or it has no Python files.
    """
    source = Path(repo).expanduser()
    if source.is_dir():
        name, licence, package = source.resolve().name, "", None
    else:
        package = _package(repo)
        name, licence = package.name, _licence(package)
    target = into / name
    if not target.is_dir():
        partial = into / f".{name}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        _copy_package(package, partial) if package else _copy_folder(source, partial)
        if not any(partial.rglob("*.py")):
            raise BadSetting(
                "plain", what=f"{repo} has no Python files.", next="Name the folder of a repository with Python code."
            )
        partial.replace(target)
    return Snapshot(name, target, licence)


def _package(name: str) -> Distribution:
    try:
        return distribution(name)
    except (PackageNotFoundError, ValueError) as error:
        raise BadSetting(
            "plain",
            what=f"There is neither a folder nor an installed package {name!r}.",
            next="Give the path of a repository.",
        ) from error


def _copy_folder(source: Path, target: Path) -> None:
    """What a workspace corpus would read: ignored, generated and huge files are left out."""
    for file in source_files(source, Report()):
        if file.name.endswith(".py"):
            _write(target / file.name, file.data)
    readme = next((path for path in sorted(source.glob("README*")) if path.is_file()), None)
    if readme:
        _write(target / README, readme.read_bytes())


def _copy_package(package: Distribution, target: Path) -> None:
    for file in package.files or []:
        path = Path(str(package.locate_file(file)))
        if file.suffix == ".py" and ".." not in file.parts and path.is_file() and not path.is_symlink():
            _write(target / file.as_posix(), path.read_bytes())
    if text := package.metadata.json.get("description"):
        _write(target / README, str(text).encode())


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _licence(package: Distribution) -> str:
    about = package.metadata
    for key in ("License-Expression", "License"):
        text = next(iter(about.get_all(key) or []), "")
        if text and len(text) <= 60 and text.isprintable():
            return text
    named = [text.split("::")[-1].strip() for text in about.get_all("Classifier") or [] if "License ::" in text]
    return named[-1] if named else ""
