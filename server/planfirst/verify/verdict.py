"""Verdicts: what is known of a code once it was read or run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from planfirst.core.errors import PlanfirstError
from planfirst.words import Value

Status = Literal["passed", "read", "failed", "not checked"]
_ORDER: tuple[Status, ...] = (
    "failed",
    "not checked",
    "read",
    "passed",
)  # what may be right is better than what is wrong


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a code does what it should, as far as is known.

    Attributes:
        status: ``passed`` means run and held; ``read`` means read without finding a fault.
        check: what was checked, as a person reads it; of a failed code, the check that failed.
        output: what the failing check gave; of a code that was not run, why not.
        held, of: how many examples and tests held, of how many.
        ran: whether the code was run, and not only read.
        placed: whether the code can be put into the file; if not, ``output`` says why.
        again: of a code that was not checked, whether another one could be.
    """

    status: Status
    check: Value
    output: Value = ""
    held: int = 0
    of: int = 0
    ran: bool = False
    again: bool = False
    placed: bool = True

    @property
    def rank(self) -> tuple[int, bool, bool, float]:
        """Verdicts compare by it: the better code has the larger one."""
        return _ORDER.index(self.status), self.placed, self.ran, self.held / self.of if self.of else 0.0


def reason(error: Exception) -> Value:
    """What an error says, to stand in a verdict."""
    return error.message if isinstance(error, PlanfirstError) else str(error)
