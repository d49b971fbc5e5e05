"""The configuration of a tuning run: frozen values, read from TOML."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planfirst_lab.training import sections
from planfirst_lab.training.config import Optimiser

SHIPPED = Path(__file__).with_name("rag.toml")


@dataclass(frozen=True, slots=True)
class Data:
    """Which rows are made. Lengths are in tokens, shares between 0 and 1; `rag.toml` says what each is."""

    held_out: float
    visits: int
    draws: int
    shown: int
    min_score: float
    form: str
    hit_tokens: int
    without: float
    distractors: float
    shuffled: float
    disguised: float
    replay: float
    longest_row: int


@dataclass(frozen=True, slots=True)
class Measure:
    """How much is measured: questions from held-out files, changed functions, and tokens an answer may have."""

    questions: int
    changed: int
    answer_tokens: int


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that a run depends on, but for its repositories, its first weights and the machine."""

    seed: int
    data: Data
    measure: Measure
    optimiser: Optimiser


def load(path: Path | None = None) -> Config:
    """The configuration in a TOML file; the shipped one when there is no path.

    Raises:
        BadSetting: the file cannot be read, or a key is missing, unknown or of the wrong type.
    """
    seed, parts = sections.read(path or SHIPPED, SHIPPED, {"data": Data, "measure": Measure, "optimiser": Optimiser})
    return Config(seed, **parts)
