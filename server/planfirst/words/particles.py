"""Korean particles, whose form depends on the sound before them.

The catalogue has both forms, as in ``{folder}을(를)``. Behind a Korean syllable or a digit the right one is known;
behind anything else, such as a Latin letter, both stay, as is usual.
"""

from __future__ import annotations

import re

_PAIRS = {
    "이(가)": ("이", "가"),
    "을(를)": ("을", "를"),
    "은(는)": ("은", "는"),
    "(으)로": ("으로", "로"),
    "(이)라": ("이라", "라"),
}
_PARTICLE = re.compile("([가-힣0-9])(" + "|".join(map(re.escape, _PAIRS)) + ")")
_DIGITS = "영일이삼사오육칠팔구"
_L = 8  # the final consonant after which it is 로, as after none


def with_particles(text: str) -> str:
    """A text in which each particle has its form, where that is known."""
    return _PARTICLE.sub(_fitted, text)


def _fitted(found: re.Match[str]) -> str:
    before, particle = found.groups()
    final = (ord(_DIGITS[int(before)] if before.isdigit() else before) - ord("가")) % 28
    closed = final != 0 and not (particle == "(으)로" and final == _L)
    return before + _PAIRS[particle][not closed]
