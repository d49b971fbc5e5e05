from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from planfirst.core.errors import ModelError, ModelRefused
from planfirst_lab.training import check, export
from planfirst_lab.training.config import Config
from planfirst_lab.training.model import Llama, q4_0
from planfirst_lab.training.rag import weights

pytestmark = pytest.mark.real


def test_what_was_exported_comes_back(tiny: Config, bpe: Tokenizer, tmp_path: Path) -> None:
    shape = replace(tiny.model, copies=True)
    model, path = Llama(shape, 3), tmp_path / "m.gguf"
    export.write(model, bpe, path, "a test")
    back, tokens = weights.read(path)
    assert back.shape == shape
    ours, theirs = model.state_dict(), back.state_dict()
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    for text in check.sample_texts(100):
        assert tokens.encode(text).ids == bpe.encode(text).ids


def test_four_bits_come_back_as_llama_cpp_sees_them(tiny: Config, bpe: Tokenizer, tmp_path: Path) -> None:
    model, full, small = Llama(tiny.model, 3), tmp_path / "m.gguf", tmp_path / "small.gguf"
    export.write(model, bpe, full, "a test")
    export.quantise(full, small, 1)
    back, _ = weights.read(small)
    rounded = q4_0(model.state_dict()["layers.0.gate.weight"])
    assert torch.allclose(back.state_dict()["layers.0.gate.weight"], rounded, atol=1e-3)


def test_a_tuning_begins_with_them(tiny: Config, bpe: Tokenizer, tmp_path: Path) -> None:
    from planfirst_lab.training import checkpoint

    model, other = Llama(tiny.model, 3), Llama(tiny.model, 4)
    weights.as_checkpoint(model, tmp_path / "begin.safetensors")
    checkpoint.weights(tmp_path / "begin.safetensors", other)
    assert torch.equal(model.embedding.weight, other.embedding.weight)


def test_another_kind_of_model_is_refused(random_llama: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelRefused, match="Begin with the starter"):
        weights.read(random_llama)
    with pytest.raises(ModelError):
        weights.read(tmp_path / "none.gguf")
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(random_llama.read_bytes()[:3000])
    with pytest.raises(ModelRefused):
        weights.read(damaged)
