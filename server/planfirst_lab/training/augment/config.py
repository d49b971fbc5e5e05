"""The configuration of an augmentation: frozen values, read from TOML."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planfirst_lab.training import sections

SHIPPED = Path(__file__).with_name("augment.toml")


@dataclass(frozen=True, slots=True)
class RowLimits:
    """Which rows are taken; `augment.toml` says what each is."""

    most: int
    visits: int
    longest_question: int
    longest_snippet: int
    least_confidence: float


@dataclass(frozen=True, slots=True)
class TeacherPlan:
    """How the teacher is asked. Prices are of a million tokens."""

    jobs: int
    answer_tokens: int
    temperature: float
    patience: int
    price_read: float
    price_written: float


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that the rows depend on, but for the corpus and the teacher."""

    seed: int
    rows: RowLimits
    teacher: TeacherPlan


def load(path: Path | None = None) -> Config:
    """The configuration in a TOML file; the shipped one when there is no path.

    Raises:
        BadSetting: the file cannot be read, or a key is missing, unknown or of the wrong type.
    """
    seed, parts = sections.read(path or SHIPPED, SHIPPED, {"rows": RowLimits, "teacher": TeacherPlan})
    return Config(seed, **parts)
