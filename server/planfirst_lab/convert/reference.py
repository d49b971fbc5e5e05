"""The PyTorch side of the check: the base as transformers loads it, with its adapter as PEFT applies it.

Both are other people's code on purpose: what is compared with the file shares nothing with the code that wrote it.
"""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from planfirst.core.errors import ModelRefused, PlanfirstError
from planfirst_lab.convert.tokenizer import HfTokenizer

_CLASSES = {"llama": "LlamaForCausalLM", "qwen2": "Qwen2ForCausalLM"}


def keep_kernels_away() -> None:
    """To be called before PEFT is imported, which imports bitsandbytes.

    That would fetch native code from the hub if the package ``kernels`` were there, and complains if it is not.
    """
    sys.modules.setdefault("kernels", None)  # type: ignore[arg-type]
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)


def keep_quiet() -> None:
    """Has transformers report errors alone, and draw no bars of its own."""
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]


def load_base(folder: Path, architecture: str, **options: Any) -> Any:
    """The model of a folder in transformers' own class, so that no code of the folder can be meant.

    Args:
        options: more for ``from_pretrained``; 32 bits and the CPU without any.

    Raises:
        ModelRefused: transformers cannot load it.
    """
    import transformers

    keep_quiet()
    kind = getattr(transformers, _CLASSES[architecture])
    try:
        return kind.from_pretrained(
            folder,
            **{"dtype": torch.float32, **options},
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
        )
    except (torch.OutOfMemoryError, MemoryError):
        raise
    except Exception as error:  # of many kinds; all mean that these weights cannot be used
        reason = next(iter(str(error).splitlines()), type(error).__name__).rstrip(".")
        raise ModelRefused(
            "plain", what=f"transformers cannot load {folder}: {reason}.", next="Fetch the model's folder again."
        ) from error


class HfReference:
    """A `parity.Reference` of a folder and, perhaps, an adapter."""

    ends: Sequence[int] = ()  # 64 tokens are compared, whatever they mean

    def __init__(self, folder: Path, architecture: str, tokenizer: HfTokenizer, adapter: Path | None) -> None:
        self._tokenizer = tokenizer
        model = load_base(folder, architecture)
        if adapter:
            model = _with_adapter(model, adapter)
        self._model = model.eval()

    def tokenise(self, text: str) -> list[int]:
        return self._tokenizer.tokenise(text)

    @torch.no_grad()
    def logits(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = self._model(input_ids=torch.tensor([list(tokens)])).logits[0].float().numpy()
        return found

    @torch.no_grad()
    def greedy(self, tokens: Sequence[int], count: int) -> list[int]:
        text, seen, cache = torch.tensor([list(tokens)]), list[int](), None
        while len(seen) < count:
            out = self._model(input_ids=text, past_key_values=cache, use_cache=True)
            cache = out.past_key_values
            seen.append(int(out.logits[0, -1].argmax()))
            text = torch.tensor([seen[-1:]])
        return seen


def _with_adapter(model: Any, adapter: Path) -> Any:
    keep_kernels_away()
    try:
        from peft import PeftModel
    except ImportError as error:
        raise PlanfirstError(
            "plain",
            what="Checking a model with an adapter needs PEFT, which is not installed.",
            next='Run pip install "planfirst-lab[train]" and try again, or skip the check with --no-check.',
        ) from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about embeddings beside the adapter, which are wanted
        try:
            return PeftModel.from_pretrained(model, adapter)
        except Exception as error:  # of many kinds; all mean that the adapter cannot be used
            reason = next(iter(str(error).splitlines()), type(error).__name__).rstrip(".:")
            raise ModelRefused(
                "plain", what=f"PEFT cannot load {adapter}: {reason}.", next="Fetch or train the adapter again."
            ) from error
