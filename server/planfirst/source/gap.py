"""The blank lines that set a new function or type off from the one directly below it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from planfirst.source import lines as lined
from planfirst.source.echo_nodes import type_around
from planfirst.source.languages import Language
from planfirst.source.site import Site
from planfirst.source.syntax import syntax_of

_MOST = 2
_PYTHON = re.compile(r"(?:async\s+def|def|class)\s|@")


def gap_below(text: str, at: int, rows: Sequence[str], site: Site, language: Language) -> tuple[str, ...]:
    """As many as stand above the request, and at least one; none where no definition is written, or none is needed.

    Args:
        at: the line of the text that the rows go above.
    """
    lines = lined.split(text)
    below = lines[at] if at < len(lines) else ""
    if not below.strip() or lined.leading(below) != site.indent or not _defines(text, rows, site, language):
        return ()
    above = next((n for n in range(site.first - 1, -1, -1) if lines[n].strip()), -1)
    blank = site.first - 1 - above if above >= 0 else _MOST
    return ("",) * min(max(blank, 1), _MOST)


def _defines(text: str, rows: Sequence[str], site: Site, language: Language) -> bool:
    """Whether the rows end with a definition that stands beside others, at the top or in a type."""
    own = [row for row in rows if row.strip() and lined.leading(row) == site.indent]
    if not own or len(rows) < 2:
        return False
    if language.id == "python":
        return bool(_PYTHON.match(own[-1].strip()))
    if own[-1].strip().rstrip(";") != "}":
        return False
    file = syntax_of(text, language.id)
    return not site.indent or (file is not None and type_around(file, site) is not None)
