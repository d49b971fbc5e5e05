"""Which packages the checks of items need that a sandbox does not have."""

from __future__ import annotations

import ast
import doctest
import sys
import sysconfig
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from planfirst_lab.evaluation.items import Item
from planfirst_lab.parsing import parsed


def split(items: Sequence[Item], folders: Sequence[Path]) -> tuple[list[Item], dict[str, int]]:
    """The items that can be checked, and how many cannot, by the module that they lack.

    Args:
        folders: with packages that the sandbox is shown, beside the standard library.
    """
    kept: list[Item] = []
    lacking: Counter[str] = Counter()
    for item in items:
        missing = sorted(name for name in needed(item) if not _there(name, folders))
        if missing:
            lacking[", ".join(missing)] += 1
        else:
            kept.append(item)
    return kept, dict(lacking.most_common())


def of_this_python() -> list[Path]:
    """The folders with the packages that Planfirst runs with: some recipes of the cookbook use one of them."""
    paths = sysconfig.get_paths()
    return [folder for folder in dict.fromkeys(Path(paths[name]) for name in ("purelib", "platlib")) if folder.is_dir()]


def needed(item: Item) -> set[str]:
    """The top-level modules that an item's check and its file import."""
    text = item.check.text
    if item.check.kind == "doctest":
        text = "".join(example.source for example in doctest.DocTestParser().get_examples(text))
    beside = {path.partition("/")[0].removesuffix(".py") for path, _ in item.check.files}
    sources = [text, item.file, *(source for _, source in item.check.files)]
    return {name for source in sources for name in _imported(source)} - beside


def _imported(source: str) -> Iterator[str]:
    tree = parsed(source)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _there(name: str, folders: Sequence[Path]) -> bool:
    if name in sys.stdlib_module_names:
        return True
    return any((folder / name).is_dir() or any(folder.glob(f"{name}.*")) for folder in folders)
