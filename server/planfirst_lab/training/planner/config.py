"""The configuration of a planner's training: frozen values, read from TOML."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from planfirst.core.errors import BadSetting
from planfirst_lab.training import sections

SHIPPED = Path(__file__).with_name("planner.toml")
MODULES = {name: f"{name}_proj" for name in ("q", "k", "v", "o", "gate", "up", "down")}


@dataclass(frozen=True, slots=True)
class Data:
    """Which rows are learned. Lengths are in tokens."""

    profile: str
    longest_row: int
    example_tokens: int
    held_out: float


@dataclass(frozen=True, slots=True)
class Lora:
    """What is added to the base: to which matrices, of which rank. ``output`` is whether lm_head is one of them."""

    rank: int
    alpha: int
    dropout: float
    targets: str
    output: bool

    @property
    def modules(self) -> list[str]:
        """The names of the matrices in a Hugging Face model."""
        return [MODULES[name] for name in self.targets.split()] + (["lm_head"] if self.output else [])


@dataclass(frozen=True, slots=True)
class Weights:
    """How the base is held in memory."""

    four_bit: bool
    sixteen_bit: bool
    checkpointing: bool


@dataclass(frozen=True, slots=True)
class Loss:
    """What is learned: ``plan`` or ``sequence``, and whether rows are weighted by their confidence."""

    on: str
    by_confidence: bool


@dataclass(frozen=True, slots=True)
class Optimiser:
    """How it is fitted; `planner.toml` says what each key is."""

    epochs: int
    rows: int
    micro_rows: int
    rate: float
    warm_up: int
    final_share: float
    weight_decay: float
    clip: float
    save_every: int
    measure_every: int
    threads: int


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that a run depends on, but for its base, its rows and the machine."""

    seed: int
    data: Data
    lora: Lora
    weights: Weights
    loss: Loss
    optimiser: Optimiser


def load(path: Path | None = None) -> Config:
    """The configuration in a TOML file; the shipped one when there is no path.

    Raises:
        BadSetting: the file cannot be read, or a key is missing, unknown, of the wrong type or out of range.
    """
    parts = {"data": Data, "lora": Lora, "weights": Weights, "loss": Loss, "optimiser": Optimiser}
    seed, values = sections.read(path or SHIPPED, SHIPPED, parts)
    config = Config(seed, **values)
    wrong = [
        ("data.profile", config.data.profile in ("", "compact", "instruct"), "compact, instruct or empty"),
        ("data.held_out", 0 <= config.data.held_out < 1, "a share from 0 to below 1"),
        ("lora.targets", set(config.lora.targets.split()) <= MODULES.keys(), f"some of {' '.join(MODULES)}"),
        ("lora.targets", bool(config.lora.targets.strip()) or config.lora.output, "at least one matrix"),
        ("loss.on", config.loss.on in ("plan", "sequence"), "plan or sequence"),
    ]
    numbers = {"lora": ("rank", "alpha"), "optimiser": ("epochs", "rows", "micro_rows", "warm_up", "save_every")}
    wrong += [
        (f"{part}.{key}", getattr(values[part], key) > 0, "above 0") for part, keys in numbers.items() for key in keys
    ]
    for key, good, wanted in wrong:
        if not good:
            raise BadSetting("plain", what=f"The configuration's {key} is out of range.", next=f"It must be {wanted}.")
    return config
