"""Imports what code calls of your own project, where nothing binds the name."""

from __future__ import annotations

import builtins
from collections.abc import Sequence

from planfirst.core.types import Declaration
from planfirst.source.example_names import bound_names, read_names
from planfirst.source.python import parses


def with_imports(code: str, declarations: Sequence[Declaration], file: str = "") -> str:
    """The code with an import above it for each name that it reads, that nothing binds and that a declaration bears.

    Args:
        code, file: Python; the file is the one that the code is for.
        declarations: where two bear a name, the first one is meant.
    """
    modules: dict[str, str] = {}
    for one in declarations:
        name = one.owner or one.name
        if one.module and "." not in name:
            modules.setdefault(name, one.module)
    tree = parses(code) if modules else None
    if tree is None:
        return code
    around = parses(file)
    bound = bound_names(tree) | (bound_names(around) if around is not None else set()) | set(dir(builtins))
    missing = sorted((read_names(tree) - bound) & modules.keys())
    above = [f"from {modules[name]} import {name}" for name in missing]
    if not above:
        return code
    rows = code.split("\n")
    future = [n for n, row in enumerate(rows) if row.startswith("from __future__ ")]
    top = future[-1] + 1 if future else 0
    gap = [] if rows[top : top + 1] and rows[top].startswith(("import ", "from ")) else ["", ""]
    return "\n".join([*rows[:top], *above, *gap, *rows[top:]])
