from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from gguf import GGMLQuantizationType, GGUFReader, quants
from tokenizers import Tokenizer

from planfirst_lab.training import export
from planfirst_lab.training.config import Config
from planfirst_lab.training.model import Llama, q4_0


@pytest.mark.real
def test_rounding_gives_the_numbers_in_the_file(tiny: Config, bpe: Tokenizer, tmp_path: Path) -> None:
    model = Llama(tiny.model, 3)
    export.write(model, bpe, tmp_path / "m.gguf", "a test")
    export.quantise(tmp_path / "m.gguf", tmp_path / "q.gguf", 1, "q4_0")
    tensors = {tensor.name: tensor for tensor in GGUFReader(tmp_path / "q.gguf").tensors}
    for name, ours in (("ffn_up", "up"), ("ffn_down", "down"), ("attn_v", "v"), ("attn_output", "o")):
        stored = tensors[f"blk.1.{name}.weight"]
        assert stored.tensor_type == GGMLQuantizationType.Q4_0
        theirs = quants.dequantize(stored.data, stored.tensor_type)
        weight = getattr(model.layers[1], ours).weight.detach()
        np.testing.assert_allclose(q4_0(weight).numpy(), theirs, atol=1e-6)


def test_a_block_of_zeros_stays_zero() -> None:
    assert torch.equal(q4_0(torch.zeros(2, 64)), torch.zeros(2, 64))


def test_rounded_weights_still_learn(tiny: Config) -> None:
    model = Llama(tiny.model, 3)
    tokens = torch.arange(40).view(2, 20) + 10
    where, targets = torch.arange(5, 15), torch.arange(20, 30)
    before = model.loss(tokens, where, targets)
    model.round_weights(True)
    after = model.loss(tokens, where, targets)
    assert float(before.detach()) != float(after.detach())
    after.backward()  # type: ignore[no-untyped-call]
    assert model.layers[0].up.weight.grad is not None
    assert float(model.layers[0].up.weight.grad.abs().sum()) > 0
