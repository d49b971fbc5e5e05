"""Code that was spoiled on its way: entities, wide spaces and quotes, a first row that lost its indentation.

It is only mended where it does not read as it is, and does afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator

from planfirst.source import lines as lined
from planfirst.source.foreign import reads
from planfirst.source.languages import Language
from planfirst.source.shapes import SHAPES

_ENTITIES = {
    "&lt;": "<",
    "&gt;": ">",
    "&quot;": '"',
    "&#39;": "'",
    "&#x27;": "'",
    "&apos;": "'",
    "&nbsp;": " ",
    "&amp;": "&",
}
_SIGNS = {"\u00a0": " ", "\u202f": " ", "\u3000": " ", "“": '"', "”": '"', "‘": "'", "’": "'", "，": ",", "：": ":"}
_MOST = 40_000  # characters that are looked at


def legible(code: str, language: Language) -> str:
    """The code as it was meant, where that is certain; otherwise the code itself."""
    if language.id not in SHAPES or len(code) > _MOST:
        return code
    others = list(dict.fromkeys(other for other in _mended(code, language) if other != code))
    if not others or reads(code, language.id):
        return code
    return next((other for other in others if reads(other, language.id)), code)


def _mended(code: str, language: Language) -> Iterator[str]:
    plain = _replaced(code, _ENTITIES)
    yield plain
    yield _replaced(code, _SIGNS)
    yield _replaced(plain, _SIGNS)
    if language.id == "python":
        yield _first_row_moved(code)


def _replaced(code: str, signs: dict[str, str]) -> str:
    for sign, instead in signs.items():
        code = code.replace(sign, instead)
    return code


def _first_row_moved(code: str) -> str:
    """A body whose first row stands at the margin, as the answer went on from a header, and whose others do not."""
    first, *rest = code.split("\n")
    others = [lined.leading(row) for row in rest if row.strip()]
    if not others or lined.leading(first) or first.rstrip().endswith((":", "(", "[", "{", "\\", ",")):
        return code
    return "\n".join(lined.dedent([min(others, key=len) + first, *rest]))
