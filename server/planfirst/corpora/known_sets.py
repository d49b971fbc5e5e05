"""What is known of public data sets: the licence of their text, and where a person finds a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class KnownSet:
    """``where`` turns a row into the place of its pair."""

    licence: str
    where: Callable[[Mapping[str, Any]], str]


def _stack_overflow(row: Mapping[str, Any]) -> str:
    number = row.get("question_id")
    return f"stackoverflow.com/q/{number}" if isinstance(number, int) else "stackoverflow.com"


# StaQC: Yao et al., WWW 2018; its licence asks for the place of what is shown.
KNOWN_SETS: Final[Mapping[str, KnownSet]] = {"koutch/staqc": KnownSet("CC-BY-4.0", _stack_overflow)}
