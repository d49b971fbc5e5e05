"""Writes a PEFT LoRA as llama.cpp's adapter file, which is loaded beside its untouched base, and checks it there.

llama.cpp pairs neighbouring numbers of a head in its rotary positions for the architecture ``llama``, so the rows of B
are interleaved there as those of the weight are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from gguf import GGUFWriter
from numpy.typing import NDArray

from planfirst.adapters.gguf_header import PROFILE
from planfirst.adapters.lora_file import BASE, USE, Use
from planfirst.core.errors import ModelRefused
from planfirst_lab.convert import parity
from planfirst_lab.convert.adapter import Adapter
from planfirst_lab.convert.folder import HfFolder
from planfirst_lab.convert.write import gguf_name, interleaved

_TIMES, _MORE = 2.0, 0.05  # how far an adapter may add to what the base's own rounding does to a logit, on average


@dataclass(frozen=True, slots=True)
class Check:
    """What was measured between llama.cpp and PyTorch, on the same prompts.

    Attributes:
        texts: how many texts gave the same tokens.
        off, on: the mean absolute difference of a logit without and with the adapter.
        effect: the mean absolute difference that the adapter makes in PyTorch.
        agreement: the share of places with the same likeliest token, with the adapter.
    """

    texts: int
    off: float
    on: float
    effect: float
    agreement: float


def write(
    folder: HfFolder, adapter: Adapter, target: Path, *, base: str, profile: str, name: str, use: Use = "plan"
) -> None:
    """Writes the file in 16 bits, whole or not at all.

    Args:
        base: SHA-256 of the GGUF file that the adapter is for.
        profile: the prompts that it was trained on.
        use: what it was trained for.

    Raises:
        ModelRefused: it tunes whole matrices, which such a file cannot hold.
    """
    shape = folder.shape
    partial = target.with_name(f"{target.name}.partial")
    writer = GGUFWriter(partial, shape.architecture)
    try:
        writer.add_type("adapter")
        writer.add_string("adapter.type", "lora")
        writer.add_float32("adapter.lora.alpha", adapter.alpha)
        writer.add_name(name)
        writer.add_string(BASE, base)
        writer.add_string(PROFILE, profile)
        writer.add_string(USE, use)
        for source, down, up in adapter.factors():
            for part, heads in (("q_proj", shape.heads), ("k_proj", shape.key_heads)):
                if shape.architecture == "llama" and f"self_attn.{part}" in source:
                    up = interleaved(up, heads)
            for ending, factor in (("lora_a", down), ("lora_b", up)):
                array = factor.to(torch.float16).contiguous().numpy()
                writer.add_tensor(f"{gguf_name(source)}.{ending}", array)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()
    partial.replace(target)


def check(
    off: parity.Reference, on: parity.Reference, base: Path, adapter: Path, prompts: Sequence[Sequence[int]]
) -> Check:
    """Compares base and adapter in llama.cpp with the same in PyTorch.

    The base's weights are rounded alike on both sides, but llama.cpp rounds activations, too, so the logits differ by
    some tenths without any adapter. With it they may hardly differ by more.

    Args:
        off, on: PyTorch's model without and with the adapter.

    Raises:
        ModelRefused: they tokenise differently, or differ by more.
    """
    context = max(512, max(map(len, prompts)) + 16)
    with parity.opened(base, context, logits=True) as gguf:
        texts = parity.same_tokens(off, gguf, parity.sample_texts(200))
        without = [parity.logits_of(gguf, prompt) for prompt in prompts]
    with parity.opened(base, context, logits=True, lora=adapter) as gguf:
        with_ = [parity.logits_of(gguf, prompt) for prompt in prompts]
    plain, tuned = ([one.logits(prompt) for prompt in prompts] for one in (off, on))
    found = Check(
        texts,
        _difference(plain, without),
        _difference(tuned, with_),
        _difference(tuned, plain),
        float(np.mean(np.concatenate(tuned).argmax(1) == np.concatenate(with_).argmax(1))),
    )
    if not found.on <= _TIMES * found.off + _MORE:
        raise ModelRefused(
            "plain",
            what=f"With the adapter llama.cpp's logits are off by {found.on:.3f}, and by {found.off:.3f} without it.",
            next="Do not use the file; report this as a bug.",
        )
    return found


def _difference(one: Sequence[NDArray[np.float32]], two: Sequence[NDArray[np.float32]]) -> float:
    return float(np.abs(np.concatenate(one) - np.concatenate(two)).mean())
