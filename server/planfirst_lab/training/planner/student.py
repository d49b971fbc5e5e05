"""The base with a LoRA added: on 4-bit weights through bitsandbytes where that works, else on them as they are."""

from __future__ import annotations

import time
import warnings
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as fn
from torch import Tensor, nn

from planfirst_lab.convert.reference import keep_kernels_away, load_base
from planfirst_lab.training.planner.batches import Batch
from planfirst_lab.training.planner.config import Lora, Weights

_GAIN = 0.7  # of the time of 32 bits that bfloat16 may take to be worth its rounding
_TRIES = 4
_PACKS = "support_avx512bf16_for_cpu"  # bitsandbytes' name for what is kept from happening below


class Student:
    """A base model of which only what the LoRA adds is trained.

    Args:
        folder: of the base; ``architecture`` as GGUF calls it.
        seed: of the LoRA's first weights.

    Attributes:
        four_bit: whether the base is held in nf4.
        notice: why it is not, though it was wanted; empty otherwise.
        dtype: in which the base computes. What the LoRA adds is always held in 32 bits.

    Raises:
        ModelRefused: the base cannot be loaded.
    """

    def __init__(
        self, folder: Path, architecture: str, weights: Weights, lora: Lora, seed: int, device: torch.device
    ) -> None:
        keep_kernels_away()
        from peft import LoraConfig, get_peft_model

        self.dtype = number_format(device) if weights.sixteen_bit else torch.float32
        dtype = self.dtype
        self.notice = _why_not(device) if weights.four_bit else ""
        self.four_bit = weights.four_bit and not self.notice
        options: dict[str, Any] = {"dtype": dtype, "device_map": {"": device}}
        if self.four_bit:
            options["quantization_config"] = _nf4(dtype)
        base = load_base(folder, architecture, **options)
        _keep_differentiable(base)
        base.config.use_cache = False
        if weights.checkpointing:
            enable = getattr(base, "activation_checkpointing_enable", None) or base.gradient_checkpointing_enable
            enable({"use_reentrant": False})
            base.enable_input_require_grads()
        torch.manual_seed(seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about tied embeddings with a tuned lm_head, which the converter unties
            self.model: Any = get_peft_model(
                base,
                LoraConfig(
                    r=lora.rank,
                    lora_alpha=lora.alpha,
                    lora_dropout=lora.dropout,
                    target_modules=lora.modules,
                    task_type="CAUSAL_LM",
                ),
            )
        self.trained = nn.ParameterList([w for w in self.model.parameters() if w.requires_grad])

    @property
    def counts(self) -> tuple[int, int]:
        """How many weights are trained, and how many there are."""
        trained, everything = self.model.get_nb_trainable_parameters()
        return int(trained), int(everything)

    def loss(self, batch: Batch) -> Tensor:
        """The weighted sum of the cross entropies of a batch; divide it by the sum of the weights."""
        inner = self.model.get_base_model()
        hidden = inner.model(input_ids=batch.tokens, attention_mask=batch.mask, use_cache=False).last_hidden_state
        logits = inner.lm_head(hidden.flatten(0, 1).index_select(0, batch.where)).float()
        return (fn.cross_entropy(logits, batch.targets, reduction="none") * batch.weights).sum()

    def save(self, folder: Path) -> None:
        """Writes the adapter as PEFT does, in safetensors."""
        self.model.save_pretrained(folder, safe_serialization=True, save_embedding_layers=False)
        (folder / "README.md").unlink(missing_ok=True)  # a form to fill in


def number_format(device: torch.device) -> torch.dtype:
    """bfloat16 where the device multiplies it clearly faster than 32 bits: a GPU, or a CPU with instructions for it.

    A CPU without them takes several times as long, so it is tried out, which takes some milliseconds.
    """
    if device.type == "cuda":
        return torch.bfloat16
    times = {dtype: _seconds(dtype) for dtype in (torch.float32, torch.bfloat16)}
    return torch.bfloat16 if times[torch.bfloat16] < _GAIN * times[torch.float32] else torch.float32


def _seconds(dtype: torch.dtype) -> float:
    """Processor time of the fastest of some products of the size that occurs in training."""
    x, w = torch.ones(256, 896, dtype=dtype), torch.ones(896, 896, dtype=dtype)
    taken = []
    for _ in range(_TRIES):
        began = time.process_time()
        fn.linear(x, w)
        taken.append(time.process_time() - began)
    return min(taken)


def _nf4(dtype: torch.dtype) -> Any:
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(  # type: ignore[no-untyped-call]
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )


def _keep_differentiable(base: nn.Module) -> None:
    """Keeps bitsandbytes from packing weights anew for a CPU with AVX512-BF16 when it is first used without gradient.

    It does not unpack them for the training that follows, and no gradient passes through them any more: the loss still
    falls a little, by the layers behind, and nothing is said (bitsandbytes 0.50).
    """
    for part in base.modules():
        if hasattr(part, _PACKS):
            setattr(part, _PACKS, False)


def _why_not(device: torch.device) -> str:
    """Why 4-bit weights cannot be trained through on this machine; empty if they can. A small one is tried out."""
    try:
        import bitsandbytes.nn.modules as bnb

        layer = bnb.Linear4bit(64, 64, bias=False, compute_dtype=torch.float32, quant_type="nf4")  # type: ignore[no-untyped-call]
        layer = layer.to(device)
        x = torch.ones(2, 64, device=device, requires_grad=True)
        layer(x).sum().backward()
        if x.grad is None or not bool(torch.isfinite(x.grad).all()):
            return "bitsandbytes gives no gradient here"
    except ImportError:
        return "bitsandbytes is not installed"
    except Exception as error:  # whatever its native code raises, the plain way is there
        return f"bitsandbytes does not work here ({next(iter(str(error).splitlines()), type(error).__name__)})"
    return ""
