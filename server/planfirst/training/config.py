"""The training configuration: frozen values, read from TOML, every field required so that a run is fully described."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from planfirst.core.errors import BadSetting

_KINDS = {"int": "whole number", "float": "number", "bool": "true or false"}
SHIPPED = Path(__file__).with_name("starter.toml")


@dataclass(frozen=True, slots=True)
class Shape:
    """The network: a Llama with tied embeddings and as many key heads as query heads.

    Attributes:
        turning_pairs: how many of a head's rotary pairs turn with the position; the others compare content alone.
        copies: whether the first two layers begin as a circuit that copies (`planfirst.training.circuit`).
    """

    vocabulary: int
    width: int
    layers: int
    heads: int
    feed_forward: int
    rope_theta: float
    turning_pairs: int
    context: int
    copies: bool

    @property
    def head(self) -> int:
        """Width of one attention head."""
        return self.width // self.heads

    @property
    def parameters(self) -> int:
        """Number of weights; the embedding counts once."""
        layer = 4 * self.width**2 + 3 * self.width * self.feed_forward + 2 * self.width
        return self.vocabulary * self.width + self.layers * layer + self.width


@dataclass(frozen=True, slots=True)
class DataPlan:
    """Which rows are made. Lengths are in tokens; the shares are between 0 and 1.

    Attributes:
        methods: share of methods that is kept.
        same: share of a function's cases whose example is the function itself, asked for in other words.
        renamed: share whose example is a renamed copy; the signature that is wanted then stands in the prompt.
        misleading: share whose example is another function, one of the likest. The rest has no example.
        disguised: share of a recipe's cases in which it has other names.
        signature: share of the cases that give the signature that is wanted.
    """

    longest_row: int
    longest_code: int
    per_package: int
    methods: float
    same: float
    renamed: float
    misleading: float
    disguised: float
    signature: float
    visits: int
    cookbook_visits: int


@dataclass(frozen=True, slots=True)
class Optimiser:
    """How the weights are fitted.

    Attributes:
        batch_tokens: tokens of a batch, padding included.
        rounded: the share of the training after which weights are used as the 4-bit file will hold them.
        compiled: whether PyTorch compiles the step, which takes a minute and a C++ compiler.
    """

    steps: int
    batch_tokens: int
    muon_rate: float
    adam_rate: float
    warm_up: int
    final_share: float
    weight_decay: float
    clip: float
    rounded: float
    save_every: int
    compiled: bool
    threads: int


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that a training run depends on, but for its data and the machine."""

    seed: int
    model: Shape
    data: DataPlan
    optimiser: Optimiser


def load(path: Path | None = None) -> Config:
    """The configuration in a TOML file; the shipped one when there is no path.

    Raises:
        BadSetting: the file cannot be read, or a key is missing, unknown or of the wrong type.
    """
    path = path or SHIPPED
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(
            "plain",
            what=f"The training configuration {path} cannot be read: {error}.",
            next="Name a TOML file like the shipped starter.toml.",
        ) from error
    seed = raw.pop("seed", None)
    parts = {"model": Shape, "data": DataPlan, "optimiser": Optimiser}
    if unknown := sorted(raw.keys() - parts.keys()):
        raise BadSetting(
            "plain", what=f"The training configuration has an unknown key {unknown[0]!r}.", next="Remove it."
        )
    if type(seed) is not int:
        raise BadSetting(
            "plain",
            what="The training configuration needs a whole number as seed.",
            next="Add a line such as seed = 1.",
        )
    values = {name: _section(name, kind, raw.get(name)) for name, kind in parts.items()}
    return Config(seed=seed, **values)


def _section(name: str, kind: type[Any], raw: Any) -> Any:
    table = raw if isinstance(raw, dict) else {}
    wanted = {field.name: field.type for field in fields(kind)}
    if unknown := sorted(table.keys() - wanted.keys()):
        raise BadSetting(
            "plain", what=f"The training configuration has an unknown key {name}.{unknown[0]}.", next="Remove it."
        )
    values: dict[str, Any] = {}
    for key, type_name in wanted.items():
        value: Any = table.get(key)
        wanted_kind, good = _KINDS[str(type_name)], type(value).__name__ == type_name
        if not good and not (type_name == "float" and type(value) is int):
            raise BadSetting(
                "plain",
                what=f"The training configuration needs {name}.{key} as a {wanted_kind}.",
                next="Compare it with the shipped starter.toml.",
            )
        values[key] = float(value) if type_name == "float" else value
    return kind(**values)
