"""Writes a LoRA adapter with random weights for a GGUF model, as the laboratory writes trained ones."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gguf
import numpy as np

from planfirst.adapters.checksums import sha256_of
from planfirst.adapters.gguf_header import read_header

_CHANGED = ("attn_q.weight", "attn_v.weight", "ffn_up.weight", "ffn_down.weight")


def write_random_lora(
    path: Path,
    base: Path,
    *,
    rank: int = 4,
    alpha: float = 8.0,
    strength: float = 1.0,
    seed: int = 0,
    keys: Mapping[str, Any] | None = None,
    tensors: Mapping[str, np.ndarray | None] | None = None,
    dtype: type = np.float32,
) -> Path:
    """An adapter for the model at ``base``; its folder is made.

    Args:
        strength: how much of the model it changes; 0 for nothing.
        keys: other values for some keys; None leaves one out.
        tensors: other tensors, as arrays of (rows, columns), and None for those that are left out.
    """
    header = read_header(base)
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(path, header.architecture)
    said = {
        "general.type": "adapter",
        "adapter.type": "lora",
        "adapter.lora.alpha": alpha,
        "planfirst.base": sha256_of(base),
        "planfirst.profile": "instruct",
        **(keys or {}),
    }
    for key, value in said.items():
        if isinstance(value, float):
            writer.add_float32(key, value)
        elif value is not None:
            writer.add_string(key, value)
    random = np.random.default_rng(seed)
    made: dict[str, np.ndarray | None] = {}
    for name, tensor in header.layout.items():
        if name.endswith(_CHANGED):
            inside, outside = tensor.shape
            made[f"{name}.lora_a"] = random.standard_normal((rank, inside)) / inside**0.5
            made[f"{name}.lora_b"] = random.standard_normal((outside, rank)) * strength / rank**0.5
    for name, values in {**made, **(tensors or {})}.items():
        if values is not None:
            writer.add_tensor(name, np.ascontiguousarray(values, dtype))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
