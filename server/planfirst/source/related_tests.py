"""The tests that use a function: those of a test file, and those that stand beside the function itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from planfirst.source.python import parses


def related_tests(text: str, name: str, module: str) -> tuple[str, ...]:
    """The tests in a test file that use a function which they import from a module.

    Args:
        text: the test file.
        name: the function's name, or the class's that it is a method of.
        module: the dotted name of the module that the function stands in; the last part of it is enough in an import.
    """
    tree = parses(text)
    if tree is None or name not in text:
        return ()
    known = _known_as(tree, name, module)
    if not known:
        return ()
    return tuple(label for label, node in _tests(tree) if any(_uses(node, one) for one in known))


def own_tests(text: str, name: str) -> tuple[str, ...]:
    """The tests in the file that a function stands in, which use it."""
    tree = parses(text) if name in text else None
    return tuple(label for label, node in _tests(tree) if label != name and _uses(node, name)) if tree else ()


def _known_as(tree: ast.Module, name: str, module: str) -> list[str]:
    """What a test file calls the function: its name or alias, or ``module.name``."""
    last, known = module.rpartition(".")[2], list[str]()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.name == name and (node.module or "").rpartition(".")[2] == last:
                    known.append(alias.asname or alias.name)
                elif alias.name == last:
                    known.append(f"{alias.asname or alias.name}.{name}")
        elif isinstance(node, ast.Import):
            known += [f"{one.asname or one.name}.{name}" for one in node.names if one.name.rpartition(".")[2] == last]
    return known


def _tests(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    for node in tree.body:
        if isinstance(node, functions) and node.name.startswith("test"):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, functions) and inner.name.startswith("test"):
                    yield f"{node.name}.{inner.name}", inner


def _uses(node: ast.AST, known: str) -> bool:
    return any(isinstance(one, ast.Name | ast.Attribute) and ast.unparse(one) == known for one in ast.walk(node))
