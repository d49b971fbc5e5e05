"""Checkpoints without pickle: weights and optimiser state as safetensors, the progress in its header.

A checkpoint is one file, written whole or not at all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from planfirst.core.errors import ModelRefused

NAME = "checkpoint.safetensors"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far training has come.

    Attributes:
        step: steps done.
        epoch, batch: the next batch.
        tokens: tokens seen, without padding; ``answers``: those of them that were learned.
        seconds: time spent in steps.
    """

    step: int = 0
    epoch: int = 0
    batch: int = 0
    tokens: int = 0
    answers: int = 0
    seconds: float = 0.0


def save(path: Path, model: nn.Module, optimisers: Mapping[str, torch.optim.Optimizer], progress: Progress) -> None:
    """Writes a checkpoint beside ``path``, then puts it in its place."""
    tensors = {f"model.{name}": value.detach().contiguous() for name, value in model.state_dict().items()}
    for name, optimiser in optimisers.items():
        for number, values in optimiser.state_dict()["state"].items():
            for key, value in values.items():
                tensor = value if isinstance(value, Tensor) else torch.tensor(float(value))
                tensors[f"{name}.{number}.{key}"] = tensor.detach().contiguous()
    partial = path.with_suffix(".partial")
    save_file(tensors, partial, metadata={"progress": json.dumps(asdict(progress))})
    partial.replace(path)


def restore(path: Path, model: nn.Module, optimisers: Mapping[str, torch.optim.Optimizer]) -> Progress:
    """Fills a model and its optimisers from a checkpoint.

    Raises:
        ModelRefused: the file is damaged, or was made with another configuration.
    """
    try:
        tensors = load_file(path)
        with safe_open(path, framework="pt") as file:
            progress = Progress(**json.loads(file.metadata()["progress"]))
        model.load_state_dict(_under("model", tensors))
        for name, optimiser in optimisers.items():
            state: dict[int, dict[str, Tensor]] = {}
            for key, value in _under(name, tensors).items():
                number, _, field = key.partition(".")
                state.setdefault(int(number), {})[field] = value
            optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})
    except Exception as error:
        raise ModelRefused(
            "plain",
            what=f"The checkpoint {path} cannot be used: {_reason(error)}.",
            next="Use the configuration it was made with, or delete it to train from the beginning.",
        ) from error
    return progress


def weights(path: Path, model: nn.Module) -> None:
    """Fills a model alone from the checkpoint of an earlier run.

    Raises:
        ModelRefused: the file is damaged, or was made with another shape of model.
    """
    try:
        model.load_state_dict(_under("model", load_file(path)))
    except Exception as error:
        raise ModelRefused(
            "plain",
            what=f"Training cannot begin with the weights in {path}: {_reason(error)}.",
            next="Name the work folder of a run with the same tokenizer and the same model section.",
        ) from error


def _reason(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__).rstrip(".:")


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    lead = f"{prefix}."
    return {name[len(lead) :]: value for name, value in tensors.items() if name.startswith(lead)}
