"""The `functions` corpus: documented functions and methods found in Python source files.

Sources are parsed, never imported. What it gives: the first sentence of the docstring as the question, and the function
without its docstring as the code.
"""

from __future__ import annotations

import ast
import re
import sys
import sysconfig
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

from planfirst.core.types import Pair

# Packages of the standard library that hold tests, demonstrations, or code for other releases.
_SKIPPED = {
    *("test", "tests", "idlelib", "lib2to3", "turtledemo", "ensurepip", "pydoc_data", "distutils"),
    *("site-packages", "dist-packages"),
}
_SENTENCE = re.compile(r"(.+?[.!?])(?=\s+[A-Z`'\"(]|\s*$)", re.DOTALL)
_SIGNATURE = re.compile(r"[\w.]+\(")
MAX_LINES = 40
MIN_WORDS = 3


def standard_library() -> Iterator[Pair]:
    """Documented functions of the running interpreter's standard library."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return functions_in(Path(sysconfig.get_path("stdlib")), f"python-{version}", "PSF-2.0")


def functions_in(folder: Path, source: str, licence: str) -> Iterator[Pair]:
    """Documented functions of every Python file below ``folder``, in the order of their paths.

    Args:
        source: name given to the pairs, for example the package's.
        licence: SPDX identifier of the files' licence.
    """
    for path in _python_files(folder):
        yield from functions_of(path, path.relative_to(folder).as_posix(), source, licence)


def functions_of(path: Path, shown: str, source: str, licence: str) -> Iterator[Pair]:
    """Documented functions of one Python file, whose path is shown as ``shown``; none if it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")  # some editors put a byte order mark first
        tree = _parsed(text)
    except (OSError, UnicodeDecodeError, SyntaxError, ValueError, RecursionError, MemoryError):
        return  # not ours to mend: the standard library ships broken files on purpose
    # Not splitlines: it also splits at form feeds, which the line numbers of a tree do not count.
    yield from _pairs(tree, text.split("\n"), shown, source, licence)


def _parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # doubtful escapes in other people's strings are not news to our user
        return ast.parse(text)


def _python_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder).parts
        if not any(part in _SKIPPED or part.startswith("test_") for part in parts):
            yield path


def _pairs(tree: ast.Module, lines: list[str], shown: str, source: str, licence: str) -> Iterator[Pair]:
    for function, owner in _functions(tree.body, ""):
        docstring = ast.get_docstring(function)
        if docstring is None or function.name.startswith("_") or not _has_lines_of_its_own(function):
            continue
        question = first_sentence(docstring)
        start, end = function.lineno, function.end_lineno or function.lineno
        if len(question.split()) < MIN_WORDS or _SIGNATURE.match(question) or end - start >= MAX_LINES:
            continue  # says too little, repeats the signature, or is too long to be an example
        name = f"{owner}{function.name}"
        code = _without_docstring(function, lines)
        yield Pair(f"{shown}:{name}:{start}", question, code, source, licence, f"{shown}:{start}")


def _functions(body: Iterable[ast.stmt], owner: str) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, str]]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, owner
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node.body, f"{owner}{node.name}.")


def _has_lines_of_its_own(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether there is a body besides the docstring, and whole lines can be cut to remove the latter."""
    docstring, *rest = function.body
    return bool(rest) and function.lineno < docstring.lineno and (docstring.end_lineno or 0) < rest[0].lineno


def first_sentence(docstring: str) -> str:
    """The first sentence of a docstring on one line, without its full stop."""
    paragraph = re.split(r"\n\s*\n", docstring.strip(), maxsplit=1)[0]
    text = " ".join(paragraph.split())
    match = _SENTENCE.match(text)
    return (match[1] if match else text).rstrip(". ")


def _without_docstring(function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> str:
    """The function's own source lines, less its docstring and decorators, moved to the left margin."""
    first = function.body[0]
    docstring = range(first.lineno - 1, first.end_lineno or first.lineno)
    kept = [lines[n] for n in range(function.lineno - 1, function.end_lineno or function.lineno) if n not in docstring]
    margin = lines[function.lineno - 1][: function.col_offset]
    return "\n".join(line.removeprefix(margin).rstrip() for line in kept)
