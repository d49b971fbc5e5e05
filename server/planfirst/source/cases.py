"""A case of a ``switch`` or a ``match`` that a comment between two others asks for.

No statement may stand there, so other code goes above the whole; a case goes where the comment is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile

from planfirst.source import lines as lined
from planfirst.source.echoed import echoed
from planfirst.source.languages import Language
from planfirst.source.shapes import SHAPES
from planfirst.source.site import Site

_CASE = re.compile(r"\s*(?:case\b[^\n]*(?::|->)|default\s*(?::|->))")
_DEFAULT = re.compile(r"\s*(?:default\s*(?::|->)|_\s*=>)")
_QUOTED = re.compile(r"'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"")
_ARM = re.compile(r"\s*[^\s;{}=][^;{}=\n]*=>")


def among_cases(text: str, site: Site, code: str, language: Language) -> tuple[Site, str]:
    """The site as the place of a case, where the code is one or repeats the others around it; else as it is.

    Args:
        code: flush left.

    Returns:
        The site, and the code; of one that begins with a case, without the default that is there, and what follows.
    """
    if site.kind != "comment" or language.id not in SHAPES:
        return site, code
    here = replace(site, at=None, indent=lined.leading(lined.split(text)[site.first]))
    if _is_case(code, language):
        return here, _own(text, here, code)
    if site.at is None:
        return site, code
    echo = echoed(text, here, code, language.id)
    return (here if echo is not None and _is_case(echo.code, language) else site), code


def _own(text: str, site: Site, code: str) -> str:
    """The rows up to the brace that closes the whole, and up to a default if the file has one."""
    lines = lined.split(text)
    beside = [*_rows_beside(lines[: site.first][::-1], site.indent), *_rows_beside(lines[site.last + 1 :], site.indent)]
    has_default = any(map(_DEFAULT.match, beside))
    depth, found = 0, list[str]()
    for row in code.split("\n"):
        bare = _QUOTED.sub("", row).partition("//")[0]
        depth += bare.count("{") - bare.count("}")
        if depth < 0 or (found and has_default and depth <= bare.count("{") and _DEFAULT.match(row)):
            break
        found.append(row)
    return "\n".join(lined.trim(found))


def _rows_beside(rows: list[str], indent: str) -> Iterator[str]:
    """The rows next to a comment, up to one that stands further left."""
    return takewhile(lambda row: not row.strip() or len(lined.leading(row)) >= len(indent), rows)


def _is_case(code: str, language: Language) -> bool:
    return bool((_ARM if language.id == "rust" else _CASE).match(code))
