"""Imports of an answer that a file lacks, in languages that are known by their comments alone: found by their lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from planfirst.source import lines as lined
from planfirst.source.edits import Draft
from planfirst.source.languages import Language

_IMPORT = {
    "kotlin swift scala dart groovy haskell": r"import\s+\S.*",
    "csharp": r"(?:global\s+)?using\s+(?:static\s+)?[\w.]+(?:\s*=\s*[^;()]+)?\s*;",
    "php": r"use\s+[\\\w]+[^;(]*;|(?:require|include)(?:_once)?\b.*;",
    "ruby": r"require(?:_relative)?\b.*",
    "lua": r"(?:local\s+[\w, ]+=\s*)?require\b.*",
    "perl": r"use\s+[A-Z].*;",
    "r": r"(?:library|require)\(.*\)",
    "julia": r"(?:using|import)\s+\S.*",
    "fsharp": r"open\s+\S.*",
    "objective-c": r"(?:#import|#include|@import)\b.*",
}
_PATTERNS = {name: re.compile(pattern) for names, pattern in _IMPORT.items() for name in names.split()}
_HEAD = re.compile(
    r"#!.*|<\?php|declare\(.*|package\s+\S.*|namespace\s+[^{]*;|#\s*frozen_string_literal.*|module\s.*where"
)


def is_import(row: str, language: Language) -> bool:
    """Whether a line at the margin imports something."""
    pattern = _PATTERNS.get(language.id)
    return pattern is not None and pattern.fullmatch(row.rstrip()) is not None


def missing_imports(text: str, code: str, taken: Sequence[str], language: Language) -> list[Draft]:
    """The edit that adds the imports of an answer to the others of the file, or to its top.

    Args:
        code: the answer, flush left.
        taken: the rows of it that go into the file in any case.
    """
    lines = [lined.bare(line) for line in lined.split(text)]
    has = {_plain(row) for row in [*lines, *taken]}
    rows = [row.rstrip() for row in code.split("\n") if is_import(row, language) and _plain(row) not in has]
    if not rows:
        return []
    last = max((n for n, row in enumerate(lines) if is_import(row, language)), default=None)
    if last is not None:
        return [Draft(last + 1, last + 1, tuple(dict.fromkeys(rows)))]
    top = max((n + 1 for n, row in enumerate(lines) if _HEAD.fullmatch(row.strip())), default=0)
    before = [""] if top else []
    after = [""] if lines[top : top + 1] != [""] else []
    return [Draft(top, top, (*before, *dict.fromkeys(rows), *after))]


def _plain(row: str) -> str:
    return " ".join(row.split()).rstrip(";").replace("'", '"')
