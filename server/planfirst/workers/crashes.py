"""How often a child ended by itself without an answer in between: how long to wait for the next, and when to stop."""

from __future__ import annotations

from time import monotonic

_LONGEST_WAIT = 4.0  # seconds; somebody waits for the answer
_MOST = 5
_PAUSE = 180.0  # seconds


class Crashes:
    """The crashes of one child since its last answer.

    Args:
        backoff: seconds to wait before the first restart; doubled with each further crash.

    Attributes:
        count: how many there were.
        reason: what the last one was.
    """

    def __init__(self, backoff: float) -> None:
        self._backoff = backoff
        self.count = 0
        self.reason = ""
        self._times: list[float] = []

    def add(self, reason: str) -> None:
        """It crashed again."""
        self.count += 1
        self.reason = reason
        self._times = [*self._times[1 - _MOST :], monotonic()]

    def clear(self) -> None:
        """It has answered."""
        self.count, self._times = 0, []

    @property
    def wait(self) -> float:
        """Seconds to wait before it is started again."""
        return min(self._backoff * 2.0 ** (self.count - 1), _LONGEST_WAIT) if self.count else 0.0

    @property
    def are_too_many(self) -> bool:
        """Whether five came within three minutes, and the last of them less than three minutes ago."""
        full = len(self._times) == _MOST and self._times[-1] - self._times[0] <= _PAUSE
        return full and monotonic() - self._times[-1] < _PAUSE
