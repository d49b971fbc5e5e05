"""A PEFT LoRA adapter, added to the weights of its base: W + scale · B A.

The base may have tied embeddings while the adapter tunes ``lm_head``: then the output matrix becomes one of its own,
since the embedding must stay as it was.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from planfirst.core.errors import ModelMissing, ModelRefused
from planfirst_lab.convert.folder import HfFolder, fingerprint
from planfirst_lab.convert.tokenizer import read_json

FILE, CONFIG, OURS = "adapter_model.safetensors", "adapter_config.json", "planfirst.json"
EMBEDDING, OUTPUT = "model.embed_tokens.weight", "lm_head.weight"
_LEAD = "base_model.model."
_PLAIN = {"bias": "none", "use_dora": False, "fan_in_fan_out": False, "rank_pattern": {}, "alpha_pattern": {}}


class Adapter:
    """An adapter's folder.

    Attributes:
        changed: the names of the base's weights that it changes.
        alpha: what B A is multiplied with, times the rank.

    Raises:
        ModelMissing: there is none.
        ModelRefused: it is a pickle, damaged, of another kind than LoRA, or for another base.
    """

    def __init__(self, path: Path, base: HfFolder) -> None:
        self.path, self._base = path, base
        if not (path / FILE).is_file():
            if (path / "adapter_model.bin").is_file():
                raise ModelRefused(
                    "plain",
                    what=f"The adapter in {path} is in adapter_model.bin, a pickle, which can run code.",
                    next="Save it with safetensors (PEFT does so by default), then try again.",
                )
            raise ModelMissing(
                "plain", what=f"There is no {FILE} in {path}.", next="Name the folder of a PEFT LoRA adapter."
            )
        about = read_json(path / CONFIG)
        self.ours = read_json(path / OURS) if (path / OURS).is_file() else {}
        if about.get("peft_type") != "LORA" or any((about.get(key) or plain) != plain for key, plain in _PLAIN.items()):
            raise ModelRefused(
                "plain",
                what=f"The adapter in {path} is not a plain LoRA.",
                next="Merge it with PEFT, and convert the merged folder.",
            )
        known = self.ours.get("base")
        if known and known != fingerprint(base.path):
            raise self._foreign("it was trained on other weights")
        try:
            rank, alpha = int(about["r"]), float(about["lora_alpha"])
            self._rank, self.alpha = rank, alpha * (math.sqrt(rank) if about.get("use_rslora") else 1.0)
            self._scale = alpha / (math.sqrt(rank) if about.get("use_rslora") else rank)
            self._tensors = load_file(path / FILE)
        except (KeyError, TypeError, ValueError, ZeroDivisionError, OSError, SafetensorError) as error:
            raise ModelRefused(
                "plain", what=f"The adapter in {path} cannot be read: {error}.", next="Fetch or train it again."
            ) from error
        self._parts: dict[str, dict[str, Tensor]] = {}
        for name, tensor in self._tensors.items():
            self._file(name, tensor)
        self._check()

    @property
    def changed(self) -> set[str]:
        """The names of the weights that it changes."""
        return set(self._parts)

    def apply(self, name: str, weight: Tensor) -> Tensor:
        """The weight with its change, if there is one; in 32 bits."""
        part = self._parts.get(name)
        if part is None:
            return weight
        weight = part.get("whole", weight).to(torch.float32)
        if "A" not in part:
            return weight
        return weight + self._scale * (part["B"].to(torch.float32) @ part["A"].to(torch.float32))

    def factors(self) -> Iterator[tuple[str, Tensor, Tensor]]:
        """The name of each weight that it changes, with A of (rank, columns) and B of (rows, rank).

        Raises:
            ModelRefused: it holds whole matrices, too.
        """
        for name, part in sorted(self._parts.items()):
            if "whole" in part:
                raise ModelRefused(
                    "plain",
                    what=f"The adapter in {self.path} tunes {name} as a whole, which no adapter file can hold.",
                    next="Train it with lora.output = false, or merge it with `planfirst models convert`.",
                )
            yield name, part["A"], part["B"]

    def _file(self, name: str, tensor: Tensor) -> None:
        plain = name.removeprefix(_LEAD)
        for ending, kind in (("lora_A.weight", "A"), ("lora_B.weight", "B"), ("base_layer.weight", "whole")):
            if plain.endswith(f".{ending}"):
                self._parts.setdefault(f"{plain.removesuffix(ending)}weight", {})[kind] = tensor
                return
        if plain in (EMBEDDING, OUTPUT):
            self._parts.setdefault(plain, {})["whole"] = tensor
            return
        raise ModelRefused(
            "plain",
            what=f"The adapter in {self.path} holds {plain[:80]}, which is no part of a plain LoRA.",
            next="Merge it with PEFT, and convert the merged folder.",
        )

    def _check(self) -> None:
        names = set(self._base.names)
        if self._base.shape.tied:
            names.add(OUTPUT)
        for name, part in self._parts.items():
            if name not in names:
                raise self._foreign(f"the base has no {name}")
            source = name if name in self._base.names else EMBEDDING
            rows, columns = self._base.size(source)
            lora = "A" in part or "B" in part
            fits = not lora or (
                part.keys() >= {"A", "B"}
                and part["B"].shape == (rows, self._rank)
                and part["A"].shape == (self._rank, columns)
            )
            if not fits or ("whole" in part and part["whole"].shape != (rows, columns)):
                raise self._foreign(f"the shape of {name} differs")

    def _foreign(self, why: str) -> ModelRefused:
        return ModelRefused(
            "plain",
            what=f"The adapter in {self.path} is for another base: {why}.",
            next="Name the base that it was trained on; its adapter_config.json says which.",
        )
