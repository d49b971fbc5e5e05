"""The project around a file: which modules it imports, which tests name its functions, which packages it has.

Files are read here and never run. Symbolic links out of the project, large files, and folders without sources of
their own are skipped.
"""

from __future__ import annotations

import ast
import importlib.machinery
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from planfirst.core.regular_file import read_regular
from planfirst.source.examples import Check
from planfirst.source.python import names_bound, parses
from planfirst.source.related_tests import own_tests, related_tests
from planfirst.verify.running import WORK, Layout

_LARGEST = 256 << 10  # bytes of one file
_MOST_FILES = 200  # that one run is given
_MOST_FOLDERS, _MOST_TESTS = 2000, 400  # that are looked through for tests
_MAKES_NAMES = re.compile(r"\b(?:__getattr__|globals\(\)|sys\.modules|exec\()")
_ENVIRONMENTS = (".venv", "venv", "env")
_FOREIGN = {"node_modules", "site-packages", "__pycache__", "build", "dist", "target", *_ENVIRONMENTS}


@dataclass(frozen=True, slots=True)
class Project:
    """A file and the folder that it is worked on in; both absolute. The file need not be saved."""

    root: Path
    file: Path

    @property
    def name(self) -> str:
        """The file's path below the project, with ``/``."""
        return self.file.relative_to(self.root).as_posix()

    @property
    def module(self) -> str:
        """The file's dotted name, as seen from the folder that its imports begin in; empty where it has none."""
        parts = self.file.relative_to(self._base()).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts
        return ".".join(parts) if self.file.suffix == ".py" and all(part.isidentifier() for part in parts) else ""

    def finds(self, name: str) -> bool:
        """Whether a module may be there, by its top name; any may where the project has no environment of its own."""
        if any((base / f"{name}.py").exists() or (base / name).is_dir() for base in self._bases()):
            return True
        folders = self.packages(matching=False)
        if not folders or importlib.machinery.PathFinder.find_spec(name, [str(folder) for folder in folders]):
            return True
        return any(_plain(name) in _plain(entry.name) for folder in folders for entry in folder.iterdir())

    def lacks(self, module: str, name: str) -> bool:
        """Whether a module of the project is there and surely has no such name."""
        for base in self._bases():
            folder = base.joinpath(*module.split("."))
            for file in (folder.with_name(f"{folder.name}.py"), folder / "__init__.py"):
                if self._is_own(file):
                    is_module = (folder / name).is_dir() or (folder / f"{name}.py").exists()
                    return not is_module and file != self.file and _lacks(file, name)
        return False

    def packages(self, matching: bool = True) -> list[Path]:
        """The package folders of the project's own environment.

        Args:
            matching: only those that this Python can import from.
        """
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}" if matching else "python3*"
        found = [p for name in _ENVIRONMENTS for p in (self.root / name).glob(f"lib/{version}/site-packages")]
        return [folder for folder in found if folder.is_dir()]

    def tests(self, name: str, text: str = "") -> list[Check]:
        """The tests of the project that use a function of this file, one check a test file.

        Args:
            text: the file itself, which may hold tests of its own; it need not be saved.
        """
        found = [(self.file, own_tests(text, name))] if self.file.suffix == ".py" else []
        for file in self._test_files():
            if file != self.file:
                said = _read(file)
                found.append((file, related_tests(said, name, self.module or self.file.stem) if name in said else ()))
        named = [(file.relative_to(self.root).as_posix(), names) for file, names in found if names]
        return [Check("tests", f"{path}: {', '.join(names)}", file=path, names=names) for path, names in named]

    def layout(self, text: str, checks: Sequence[Check]) -> Layout:
        """The file with this text, the test files, and whatever of the project they import."""
        tests = [self.root / check.file for check in checks if check.kind == "tests"]
        found = {file: _read(file) for file in tests} | {self.file: text}
        waiting = list(found)
        for helper in (file for test in tests for file in self._conftests(test)):
            if helper not in found:
                found[helper] = _read(helper)
                waiting.append(helper)
        while waiting and len(found) < _MOST_FILES:
            importer = waiting.pop()
            for file in self._imports(importer, found[importer]):
                if file not in found and self._is_own(file):
                    found[file] = _read(file)
                    waiting.append(file)
        files = {f"{WORK}/{path.relative_to(self.root).as_posix()}": body.encode() for path, body in found.items()}
        path = [self._below(base) for base in [*self._bases(), *(file.parent for file in tests)]]
        return Layout(files, f"{WORK}/{self.name}", self.module, tuple(dict.fromkeys(path)))

    def _below(self, folder: Path) -> str:
        return f"{WORK}/{folder.relative_to(self.root).as_posix()}".removesuffix("/.")

    def _base(self) -> Path:
        """The first folder upwards that is no package."""
        folder = self.file.parent
        while folder != self.root and (folder / "__init__.py").exists():
            folder = folder.parent
        return folder

    def _bases(self) -> list[Path]:
        source = self.root / "src"
        return list(dict.fromkeys([self._base(), self.root, *([source] if source.is_dir() else [])]))

    def _imports(self, importer: Path, text: str) -> Iterator[Path]:
        """The files that a file may import, whether they are there or not."""
        tree, around = parses(text), [*self._bases(), importer.parent]
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield from self._modules(around, alias.name.split("."))
            elif isinstance(node, ast.ImportFrom):
                parts = (node.module or "").split(".") if node.module else []
                bases = [importer.parents[min(node.level, len(importer.parents)) - 1]] if node.level else around
                for alias in node.names:
                    yield from self._modules(bases, [*parts, alias.name])

    def _modules(self, bases: Iterable[Path], parts: Sequence[str]) -> Iterator[Path]:
        for base in bases:
            for n in range(len(parts)):
                folder = base.joinpath(*parts[:n])
                yield folder / "__init__.py"
                yield folder / f"{parts[n]}.py"
            yield base.joinpath(*parts) / "__init__.py"

    def _conftests(self, test: Path) -> Iterator[Path]:
        for folder in test.parents:
            yield from (folder / name for name in ("conftest.py", "__init__.py") if self._is_own(folder / name))
            if folder == self.root:
                return

    def _is_own(self, file: Path) -> bool:
        """Whether it is a file of the project; through a link one could get anywhere."""
        try:
            return file.is_file() and file.resolve().is_relative_to(self.root.resolve())
        except OSError:
            return False

    def _test_files(self) -> Iterator[Path]:
        files = 0
        for seen, (folder, folders, names) in enumerate(os.walk(self.root), start=1):
            folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _FOREIGN)
            for name in sorted(names):
                if name.endswith(".py") and (name.startswith("test_") or name.endswith("_test.py")):
                    file = Path(folder) / name
                    if self._is_own(file):
                        files += 1
                        yield file
            if seen >= _MOST_FOLDERS or files >= _MOST_TESTS:
                return


def project_of(file: Path, folders: Sequence[Path]) -> Project:
    """The innermost of the editor's folders that a file is in; its own folder when it is in none."""
    around = [folder for folder in folders if file.is_relative_to(folder)]
    return Project(max(around, key=lambda folder: len(folder.parts), default=file.parent), file)


def _plain(name: str) -> str:
    """For comparing a module with what stands for it: a package that is being worked on is only named in a file."""
    return name.lower().replace("_", "-")


def _read(file: Path) -> str:
    try:
        return read_regular(file, _LARGEST).decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    except (OSError, UnicodeDecodeError):
        return ""


def _lacks(file: Path, name: str) -> bool:
    """Whether nothing in a file binds a name. Of one that cannot be read, or makes names as it runs, nobody knows."""
    text = _read(file)
    tree = parses(text)
    if tree is None or _MAKES_NAMES.search(text) or (not text and file.stat().st_size):
        return False
    bound = {one for node in ast.walk(tree) for one in names_bound(node)}
    return name not in bound and "*" not in bound
