"""What .gitignore, .planfirstignore and .git/info/exclude say of the files of a folder, at any depth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pathspec import GitIgnoreSpec

IGNORE_FILES: Final = (".gitignore", ".planfirstignore")
_MAX_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Rules:
    """One ignore file; it speaks of what is below ``prefix``."""

    prefix: str
    spec: GitIgnoreSpec


def rules_of(folder: Path, prefix: str) -> tuple[Rules, ...]:
    """The ignore files in one folder, the weakest first; ``prefix`` is its path below the root, with a ``/``."""
    files = [folder / name for name in IGNORE_FILES]
    if not prefix:
        files.append(folder / ".git" / "info" / "exclude")
    return tuple(_read(files, prefix))


def ignored(name: str, rules: Iterable[Rules]) -> bool:
    """What the innermost file with an opinion says; a later file of the same folder goes over an earlier one.

    Args:
        name: path below the root, of a folder with a ``/`` at its end.
        rules: from the root inwards.
    """
    for rule in reversed(tuple(rules)):
        said = rule.spec.check_file(name.removeprefix(rule.prefix)).include
        if said is not None:
            return said
    return False


def _read(files: Iterable[Path], prefix: str) -> Iterator[Rules]:
    for path in files:
        try:
            with path.open("rb") as file:
                lines = file.read(_MAX_BYTES).decode("utf-8", "replace").splitlines()
        except OSError:
            continue
        yield Rules(prefix, GitIgnoreSpec.from_lines(line for line in lines if _is_pattern(line)))


def _is_pattern(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:  # git passes over a pattern that is none
        return False
    return True
