"""Checks an exported model against PyTorch: same tokens, same logits but for rounding, same greedy text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer

from planfirst_lab.convert import parity
from planfirst_lab.convert.parity import TOLERANCE, Report, opened, sample_texts
from planfirst_lab.training.model import Llama
from planfirst_lab.training.tokenizer import END_ID

__all__ = ["TOLERANCE", "Report", "compare", "opened", "sample_texts"]


def compare(model: Llama, bpe: Tokenizer, path: Path, prompts: Sequence[Sequence[int]], texts: int = 200) -> Report:
    """Compares a 32-bit GGUF with the model it was made from; see `parity.compare`.

    Raises:
        ModelRefused: they differ by more than rounding.
    """
    return parity.compare(_Trained(model, bpe), path, prompts, texts)


class _Trained:
    """The starter in PyTorch, as a `parity.Reference`."""

    ends = (END_ID,)

    def __init__(self, model: Llama, bpe: Tokenizer) -> None:
        self._model, self._bpe = model, bpe

    def tokenise(self, text: str) -> list[int]:
        ids: list[int] = self._bpe.encode(text).ids
        return ids

    def logits(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        device = self._model.embedding.weight.device
        with torch.no_grad():
            found: NDArray[np.float32] = (
                self._model(torch.tensor([list(tokens)], device=device))[0].float().cpu().numpy()
            )
        return found

    def greedy(self, tokens: Sequence[int], count: int) -> list[int]:
        return self._model.greedy(list(tokens), count, END_ID)
