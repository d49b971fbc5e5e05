from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from planfirst_lab.training import circuit, config
from planfirst_lab.training.config import Config
from planfirst_lab.training.model import Llama


def repeated(vocabulary: int) -> torch.Tensor:
    """Four rows of 100 random tokens, 30 others, and the same 100 again."""
    source = torch.Generator().manual_seed(1)
    text = torch.randint(10, vocabulary, (4, 100), generator=source)
    between = torch.randint(10, vocabulary, (4, 30), generator=source)
    return torch.cat((text, between, text), dim=1)


def share_copied(model: Llama) -> float:
    tokens = repeated(model.shape.vocabulary)
    with torch.no_grad():
        said = model(tokens).argmax(-1)
    return float((said[:, 132:-1] == tokens[:, 133:]).float().mean())


def test_a_model_that_was_not_trained_copies_random_tokens() -> None:
    shape = replace(config.load().model, layers=3)
    model = Llama(shape, 1)
    assert share_copied(model) < 0.02
    circuit.build(model, 1)
    assert share_copied(model) > 0.9


def test_the_same_seed_builds_the_same_circuit() -> None:
    shape = replace(config.load().model, vocabulary=100, layers=2)
    models = [Llama(shape, 1) for _ in range(3)]
    for model, seed in zip(models, (1, 1, 2), strict=True):
        circuit.build(model, seed)
    one, two, other = (model.layers[1].q.weight for model in models)
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


def test_a_model_that_is_too_small_is_refused(tiny: Config) -> None:
    with pytest.raises(ValueError, match="needs 2 layers"):
        circuit.build(Llama(tiny.model, 1), 1)
