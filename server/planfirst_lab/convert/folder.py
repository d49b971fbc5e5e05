"""A Hugging Face folder of a Llama or Qwen2 model: its shape and its weights, one tensor at a time.

Weights are read from safetensors files only. ``auto_map`` and other code of the folder is never looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from planfirst.core.errors import ModelMissing, ModelRefused
from planfirst_lab.convert.tokenizer import read_json

ARCHITECTURES = {"LlamaForCausalLM": "llama", "Qwen2ForCausalLM": "qwen2"}
_PICKLES = {".bin", ".pt", ".pth", ".ckpt", ".pickle", ".pkl"}


@dataclass(frozen=True, slots=True)
class Shape:
    """What ``config.json`` says, checked.

    Attributes:
        architecture: ``llama`` or ``qwen2``, as GGUF calls it.
        rope: the rotary parameters as they stand there, ``rope_type`` among them.
        tied: whether the embedding is the output matrix, too.
        ours: what Planfirst wrote there of its own, such as the prompt profile.
    """

    architecture: str
    width: int
    layers: int
    heads: int
    key_heads: int
    head: int
    feed_forward: int
    vocabulary: int
    context: int
    epsilon: float
    rope_theta: float
    rope: dict[str, Any]
    tied: bool
    ours: dict[str, Any]


class HfFolder:
    """A model's folder, opened. Use it as a context manager.

    Raises:
        ModelMissing: there is no such folder, or no weights in it.
        ModelRefused: another kind of model, pickled weights only, quantised weights, or a damaged file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        if not (path / "config.json").is_file():
            raise ModelMissing(
                "plain",
                what=f"There is no config.json in {path}.",
                next="Name the folder of a Hugging Face Llama or Qwen2 model.",
            )
        self.config = read_json(path / "config.json")
        self.shape = _shape(self.config, path)
        self._files = _weight_files(path)
        self._open = ExitStack()
        self._where: dict[str, Any] = {}

    def __enter__(self) -> HfFolder:
        try:
            for file in self._files:
                handle = self._open.enter_context(safe_open(file, framework="pt"))
                self._where |= dict.fromkeys(handle.keys(), handle)
        except (SafetensorError, OSError) as error:
            self._open.close()
            raise ModelRefused(
                "plain",
                what=f"The weights in {self.path} cannot be read: {error}.",
                next="Fetch the model's folder again.",
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def names(self) -> list[str]:
        """The names of all tensors."""
        return list(self._where)

    def size(self, name: str) -> tuple[int, ...]:
        """The shape of a tensor."""
        return tuple(self._where[name].get_slice(name).get_shape())

    def tensor(self, name: str) -> Tensor:
        """A tensor in 32 bits.

        Raises:
            ModelRefused: it is not there.
        """
        if name not in self._where:
            raise ModelRefused(
                "plain", what=f"The weights in {self.path} lack {name}.", next="Fetch the model's folder again."
            )
        found: Tensor = self._where[name].get_tensor(name)
        return found.to(torch.float32)


def fingerprint(path: Path) -> str:
    """The beginning of a SHA-256 over the configuration and the weights of a folder; 1 GB takes about a second."""
    digest = hashlib.sha256()
    for file in [path / "config.json", *_weight_files(path)]:
        with file.open("rb") as opened:
            digest.update(hashlib.file_digest(opened, "sha256").digest())
    return digest.hexdigest()[:16]


def _weight_files(path: Path) -> list[Path]:
    index, single = path / "model.safetensors.index.json", path / "model.safetensors"
    if single.is_file():
        return [single]
    if index.is_file():
        names = read_json(index).get("weight_map")
        files = {str(name) for name in names.values()} if isinstance(names, dict) else set()
        if not files or any(Path(name).name != name for name in files):
            raise ModelRefused(
                "plain", what=f"{index} does not name files of its own folder.", next="Fetch the model's folder again."
            )
        if missing := sorted(name for name in files if not (path / name).is_file()):
            raise ModelMissing("plain", what=f"{path} lacks {missing[0]}.", next="Fetch the model's folder again.")
        return [path / name for name in sorted(files)]
    pickles = next(_pickles(path), None)
    if pickles:
        raise ModelRefused(
            "plain",
            what=f"The weights in {path} are in {pickles.name}, a pickle, which can run code.",
            next="Use a version of the model that has safetensors files.",
        )
    raise ModelMissing(
        "plain", what=f"There are no safetensors weights in {path}.", next="Name the folder of a Hugging Face model."
    )


def _pickles(path: Path) -> Iterator[Path]:
    return (file for file in sorted(path.iterdir()) if file.suffix in _PICKLES)


def _shape(config: dict[str, Any], path: Path) -> Shape:
    names = config.get("architectures")
    name = str(names[0]) if isinstance(names, list) and names else ""
    if name not in ARCHITECTURES:
        raise ModelRefused(
            "plain",
            what=f"The model in {path} is a {name[:60] or 'model of unknown kind'}.",
            next=f"Only {' and '.join(ARCHITECTURES)} can be used.",
        )
    if config.get("quantization_config"):
        raise ModelRefused(
            "plain",
            what=f"The weights in {path} are quantised already.",
            next="Use the original 16-bit or 32-bit folder.",
        )
    if config.get("use_sliding_window"):
        raise ModelRefused(
            "plain",
            what=f"The model in {path} uses a sliding window, which is not supported.",
            next="Use another model.",
        )
    if config.get("hidden_act", "silu") != "silu":
        raise ModelRefused(
            "plain", what=f"The model in {path} has another activation than SiLU.", next="Use another model."
        )
    rope = dict(config.get("rope_parameters") or config.get("rope_scaling") or {})
    rope["rope_type"] = rope.get("rope_type") or rope.get("type") or "default"
    try:
        heads, width = int(config["num_attention_heads"]), int(config["hidden_size"])
        ours = config.get("planfirst")
        return Shape(
            architecture=ARCHITECTURES[name],
            width=width,
            layers=int(config["num_hidden_layers"]),
            heads=heads,
            key_heads=int(config.get("num_key_value_heads") or heads),
            head=int(config.get("head_dim") or width // heads),
            feed_forward=int(config["intermediate_size"]),
            vocabulary=int(config["vocab_size"]),
            context=int(config["max_position_embeddings"]),
            epsilon=float(config["rms_norm_eps"]),
            rope_theta=float(rope.get("rope_theta") or config.get("rope_theta") or 10000.0),
            rope=rope,
            tied=bool(config.get("tie_word_embeddings")),
            ours=ours if isinstance(ours, dict) else {},
        )
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise ModelRefused(
            "plain",
            what=f"{path / 'config.json'} does not give the model's shape ({type(error).__name__}: {error}).",
            next="Fetch the model's folder again.",
        ) from error
