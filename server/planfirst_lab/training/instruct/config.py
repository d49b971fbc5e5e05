"""The configuration of a run: frozen values, read from TOML."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planfirst_lab.training import sections

SHIPPED = Path(__file__).with_name("instruct.toml")


@dataclass(frozen=True, slots=True)
class Dialogue:
    """How one dialogue goes; `instruct.toml` says what each value is."""

    rounds: int
    answer_tokens: int
    temperature: float
    seconds: float
    mutants: int
    killed: float


@dataclass(frozen=True, slots=True)
class Offline:
    """What the offline questioner and teacher vary."""

    renamed: float
    slips: float


@dataclass(frozen=True, slots=True)
class Stages:
    """When the student takes over."""

    held_out: int
    risk: float


@dataclass(frozen=True, slots=True)
class Copies:
    """What counts as a copy of what is measured with."""

    code: float


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that a run depends on, but for its models and the machine."""

    seed: int
    dialogue: Dialogue
    offline: Offline
    stages: Stages
    copies: Copies


def load(path: Path | None = None) -> Config:
    """The configuration in a TOML file; the shipped one when there is no path.

    Raises:
        BadSetting: the file cannot be read, or a key is missing, unknown or of the wrong type.
    """
    parts = {"dialogue": Dialogue, "offline": Offline, "stages": Stages, "copies": Copies}
    seed, found = sections.read(path or SHIPPED, SHIPPED, parts)
    return Config(seed, **found)
