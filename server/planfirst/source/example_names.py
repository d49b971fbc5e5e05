"""Brings along what code takes from the example that it was modelled on: its imports, constants and functions.

A model whose answer begins with the signature writes a body and nothing else, so it has no place for a constant that
its example defines above the function.
"""

from __future__ import annotations

import ast
import builtins

from planfirst.source.python import names_bound, parses


def with_names(code: str, example: str, file: str = "", definitions: bool = True) -> str:
    """The code with what of an example its names need above it, if nothing defines them; else the code as it is.

    Args:
        code, example, file: Python; the file is the one that the code is for. A name that it binds stays its own.
        definitions: whether constants, functions and classes of the example come along, too, and not its imports alone.
    """
    tree, given, around = parses(code), parses(example), parses(file)
    if tree is None or given is None:
        return code
    bound = bound_names(tree) | (bound_names(around) if around is not None else set()) | set(dir(builtins))
    missing = read_names(tree) - bound
    defined: list[ast.stmt] = []
    more = definitions
    while more:
        found = [node for node in given.body if node not in defined and _name(node) in missing]
        defined += found
        bound |= {_name(node) for node in found}
        missing = (missing | {name for node in found for name in read_names(node) - bound_names(node)}) - bound
        more = bool(found)
    defined.sort(key=given.body.index)
    above = [text for node in given.body if (text := _import(node, missing))]
    rows = code.split("\n")
    future = [n for n, row in enumerate(rows) if row.startswith("from __future__ ")]
    top = future[-1] + 1 if future else 0
    while defined and rows[top : top + 1] and rows[top].startswith(("import ", "from ")):
        above.append(rows.pop(top))
    blocks = ["\n".join(above)] if above else []
    blocks += [_text(example, node) for node in defined]
    if not blocks:
        return code
    is_joined = not defined and rows[top : top + 1] and rows[top].startswith(("import ", "from "))
    gap = "\n" if is_joined else "\n\n"
    return "\n".join([*rows[:top], "\n\n".join(blocks) + gap + "\n".join(rows[top:]).lstrip("\n")])


def _text(example: str, node: ast.stmt) -> str:
    """A statement as it stands there, with its decorators."""
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    return "\n".join(example.split("\n")[first - 1 : node.end_lineno])


def _name(node: ast.stmt) -> str:
    """The name that a definition or a constant defines; empty for anything else.

    A variable in small letters is no constant: it may hold what the example was tried with.
    """
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return node.name
        case ast.Assign(targets=[ast.Name(name)]) | ast.AnnAssign(target=ast.Name(name), value=ast.expr()):
            return name if name.lstrip("_")[:1].isupper() else ""
    return ""


def _import(node: ast.stmt, missing: set[str]) -> str:
    """An import statement with those of its names that are missing; empty without any."""
    if not isinstance(node, ast.Import | ast.ImportFrom) or getattr(node, "module", "") == "__future__":
        return ""
    names = [alias for alias in node.names if (alias.asname or alias.name.partition(".")[0]) in missing]
    return ast.unparse(type(node)(**{**dict(ast.iter_fields(node)), "names": names})) if names else ""


def bound_names(tree: ast.AST) -> set[str]:
    """The names that something in it binds, wherever."""
    return {name for node in ast.walk(tree) for name in names_bound(node)}


def read_names(tree: ast.AST) -> set[str]:
    """The names that it reads or binds, those of annotations in quotes included."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | _in_annotations(tree)


def _in_annotations(tree: ast.AST) -> set[str]:
    """The names in annotations that are written as strings."""
    texts = [
        note.value
        for node in ast.walk(tree)
        for note in (getattr(node, "annotation", None), getattr(node, "returns", None))
        if isinstance(note, ast.Constant) and isinstance(note.value, str)
    ]
    trees = [parses(text) for text in texts]
    return {node.id for one in trees if one is not None for node in ast.walk(one) if isinstance(node, ast.Name)}
