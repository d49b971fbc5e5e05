"""Copies imports from an example to code that was modelled on it, if the code uses their names."""

from __future__ import annotations

import ast
import builtins

from planfirst.source.python import names_bound, parses


def with_imports(code: str, example: str, file: str = "") -> str:
    """The code with those imports of an example above it whose names nothing defines; else the code as it is.

    Args:
        code, example, file: Python; the file is the one that the code is for. A name that it binds stays its own.
    """
    tree, given, around = parses(code), parses(example), parses(file)
    if tree is None or given is None:
        return code
    bound = {name for one in (tree, around) if one is not None for node in ast.walk(one) for name in names_bound(node)}
    read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | _in_annotations(tree)
    missing = read - bound - set(dir(builtins))
    found: list[str] = []
    for node in given.body:
        if not isinstance(node, ast.Import | ast.ImportFrom) or getattr(node, "module", "") == "__future__":
            continue
        names = [alias for alias in node.names if (alias.asname or alias.name.partition(".")[0]) in missing]
        if names:
            found.append(ast.unparse(type(node)(**{**dict(ast.iter_fields(node)), "names": names})))
    if not found:
        return code
    future = [n for n, row in enumerate(code.split("\n")) if row.startswith("from __future__ ")]
    rows = code.split("\n")
    top = future[-1] + 1 if future else 0
    return "\n".join(
        [
            *rows[:top],
            *found,
            *([] if rows[top : top + 1] and rows[top].startswith(("import ", "from ")) else [""]),
            *rows[top:],
        ]
    )


def _in_annotations(tree: ast.Module) -> set[str]:
    """The names in annotations that are written as strings."""
    texts = [
        note.value
        for node in ast.walk(tree)
        for note in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if isinstance(note, ast.Constant) and isinstance(note.value, str)
    ]
    trees = [parses(text) for text in texts]
    return {node.id for one in trees if one is not None for node in ast.walk(one) if isinstance(node, ast.Name)}
