"""The configuration of an augmentation: frozen values, read from TOML."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planfirst.core.errors import BadSetting
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
class ExamplePlan:
    """What stands beside the requests, as shares of the rows; `augment.toml` says what each is."""

    related: float
    none: float
    stubs: float


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
    examples: ExamplePlan
    teacher: TeacherPlan


def load(path: Path | None = None) -> Config:
    """The configuration in a TOML file; the shipped one when there is no path.

    Raises:
        BadSetting: the file cannot be read, or a key is missing, unknown or of the wrong type.
    """
    wanted = {"rows": RowLimits, "examples": ExamplePlan, "teacher": TeacherPlan}
    seed, parts = sections.read(path or SHIPPED, SHIPPED, wanted)
    config = Config(seed, **parts)
    beside = config.examples
    if min(beside.related, beside.none, beside.stubs) < 0 or max(beside.related + beside.none, beside.stubs) > 1:
        raise BadSetting(
            "plain",
            what="The configuration's shares under examples are out of range.",
            next="Give shares from 0 to 1; related and none together are at most 1.",
        )
    return config
