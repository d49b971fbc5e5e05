"""Markers of a chat template in text that only looks like them: it is cut apart before they are found in it.

Control tokens are not found in content. But some files give the markers of their template the type of tokens that
llama.cpp finds in any text, such as runs of spaces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Set

_USUAL = re.compile(r"<[|｜].*[|｜]>|\[/?[A-Z_]+\]|</?s>|<(?:start|end)_of_\w+>")  # in whatever template


class Markers:
    """Knows the markers among tokens.

    Args:
        template: the model's chat template.
        piece: the text of a token.
        is_found: whether llama.cpp finds a token in any text.
    """

    def __init__(self, template: str, piece: Callable[[int], str], is_found: Callable[[int], bool]) -> None:
        self._template, self._piece, self._is_found = template, piece, is_found
        self._known: dict[int, bool] = {}

    def __contains__(self, token: int) -> bool:
        known = self._known.get(token)
        if known is None:
            text = self._piece(token).strip() if self._is_found(token) else ""
            known = len(text) > 2 and (text in self._template or bool(_USUAL.fullmatch(text)))
            self._known[token] = known
        return known

    def cut(self, text: str, markers: Set[int]) -> list[str]:
        """The text in pieces, cut behind the first character of each of these markers."""
        texts = sorted(map(self._piece, markers), key=len, reverse=True)
        places = re.compile("|".join(f"(?<={re.escape(one[0])})(?={re.escape(one[1:])})" for one in texts))
        return [piece for piece in places.split(text) if piece]
