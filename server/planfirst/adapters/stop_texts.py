"""Ends an answer at a stop text, whatever the pieces are in which it comes."""

from __future__ import annotations


class StopTexts:
    """Holds back what may be the beginning of a stop text.

    Args:
        stops: texts that end the answer; neither they nor what follows are part of it.
    """

    def __init__(self, stops: tuple[str, ...] = ()) -> None:
        self._stops = stops
        self._waiting = ""

    def taken(self, text: str, final: bool = False) -> tuple[str, bool]:
        """What of the answer can be given out, now that ``text`` has come, and whether a stop text was met."""
        self._waiting += text
        ends = [at for stop in self._stops if (at := self._waiting.find(stop)) >= 0]
        if ends:
            return self._waiting[: min(ends)], True
        keep = 0
        if not final:
            longest = max(map(len, self._stops), default=1) - 1
            for n in range(1, min(longest, len(self._waiting)) + 1):
                if any(stop.startswith(self._waiting[-n:]) for stop in self._stops):
                    keep = n
        cut = len(self._waiting) - keep
        given, self._waiting = self._waiting[:cut], self._waiting[cut:]
        return given, False
