"""What a child process serves.

A method takes its parameters, a callable for partial results, and one that says whether to stop. It returns the
answer, or a `Later`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

Emit = Callable[[Any], None]
Stop = Callable[[], bool]
Method = Callable[[dict[str, Any], Emit, Stop], Any]


class Later:
    """An answer that is not ready yet: it is made step by step, while others are served.

    Attributes:
        result, error: who serves the host says here what is to be done with the one or the other.
    """

    def __init__(self) -> None:
        self.result: Callable[[Any], None] = _nobody
        self.error: Callable[[Exception], None] = _nobody

    def finish(self, value: Any) -> None:
        """It is there."""
        self.result(value)

    def fail(self, error: Exception) -> None:
        """There will be none."""
        self.error(error)


class Host(Protocol):
    """Something a child process serves."""

    @property
    def methods(self) -> Mapping[str, Method]:
        """What can be asked, by name."""
        ...

    @property
    def busy(self) -> bool:
        """Whether `step` has work to do."""
        ...

    def step(self) -> None:
        """Does a piece of the work that was promised for later."""
        ...


def _nobody(_: Any) -> None:
    raise AssertionError("a host answered before it returned")
