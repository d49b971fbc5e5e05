"""A case of a ``switch`` or a ``match`` that a comment between two others asks for.

No statement may stand there, so other code goes above the whole; a case goes where the comment is.
"""

from __future__ import annotations

import re
from dataclasses import replace

from planfirst.source import lines as lined
from planfirst.source.echoed import echoed
from planfirst.source.languages import Language
from planfirst.source.shapes import SHAPES
from planfirst.source.site import Site

_CASE = re.compile(r"\s*(?:case\b[^\n]*(?::|->)|default\s*(?::|->))")
_ARM = re.compile(r"\s*[^\s;{}=][^;{}=\n]*=>")


def among_cases(text: str, site: Site, code: str, language: Language) -> Site:
    """The site as the place of a case, where the code is one or repeats the others around it; else as it is.

    Args:
        code: flush left.
    """
    if site.kind != "comment" or site.at is None or language.id not in SHAPES:
        return site
    here = replace(site, at=None, indent=lined.leading(lined.split(text)[site.first]))
    if _is_case(code, language):
        return here
    echo = echoed(text, here, code, language.id)
    return here if echo is not None and _is_case(echo.code, language) else site


def _is_case(code: str, language: Language) -> bool:
    return bool((_ARM if language.id == "rust" else _CASE).match(code))
