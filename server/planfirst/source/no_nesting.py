"""Functions in an answer for a place within a function, in languages that have none within each other: C, C++ and Go.

They go above the function around, and the statements of the answer where the comment is.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from planfirst.source import lines as lined
from planfirst.source.edits import Draft
from planfirst.source.indent import moved_to
from planfirst.source.languages import Language
from planfirst.source.site import Site
from planfirst.source.standing import top_of
from planfirst.source.surroundings import definition_around
from planfirst.source.syntax import syntax_of

_C = re.compile(
    r"(?!(?:if|for|while|switch|do|else|return|struct|enum|union|class|namespace)\b)[\w*&:<>, ]+\([^;]*\)\s*\{"
)
_HEADERS = {"c": _C, "cpp": _C, "go": re.compile(r"func\s+(?:\([^()]*\)\s*)?\w+\(.*\{")}


def hoisted(text: str, site: Site, code: str, language: Language) -> tuple[str, list[Draft]]:
    """The code without such functions, and the edit that puts them above the function around the site."""
    header = _HEADERS.get(language.id)
    syntax = syntax_of(text, language.id) if header is not None and site.kind == "comment" and site.indent else None
    node, is_type = definition_around(syntax, site.first) if syntax is not None else (None, False)
    top = top_of(text, site.first, language) if node is not None and not is_type else None
    if header is None or top is None or top[1]:
        return code, []
    rows, functions, rest = code.split("\n"), list[str](), list[str]()
    closers = [n for n, row in enumerate(rows) if row == "}"]
    n = 0
    while n < len(rows):
        after = bisect_right(closers, n)
        end = closers[after] if after < len(closers) and header.fullmatch(rows[n]) else None
        if end is None:
            rest.append(rows[n])
        else:
            functions += [*rows[n : end + 1], ""]
        n = n + 1 if end is None else end + 1
    if not functions or not any(row.strip() for row in rest):
        return code, []
    moved = moved_to("\n".join(lined.trim(functions)), "", text, language)
    return "\n".join(lined.trim(rest)), [Draft(top[0], top[0], (*moved, ""))]
