"""Reads Python code that may be anything: a model's, a person's, a data set's."""

from __future__ import annotations

import ast
import warnings

from planfirst.source.python import tree_of


def parsed(code: str) -> ast.Module | None:
    """The tree of a code; None when it does not parse or holds nothing."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # doubtful escapes in generated strings are not for our user
            tree = tree_of(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
        return None
    return tree if tree.body else None


def parses(code: str) -> bool:
    """Whether it is Python, and not empty."""
    return parsed(code) is not None
