from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from planfirst.core.errors import ModelMissing, ModelRefused
from planfirst.embedders.sbert import Embedder
from planfirst_lab.evaluation.rerank import CrossEncoderReranker, MaxSim


def letters(texts: Sequence[str]) -> list[NDArray[np.float32]]:
    """A token is a letter; the same letters have the same vector, others are orthogonal."""
    return [np.eye(128, dtype=np.float32)[[ord(letter) for letter in text]] for text in texts]


def test_max_sim_is_the_mean_of_each_tokens_best() -> None:
    assert MaxSim(letters).scores("abcd", ["dcba", "ab", "xyz"]).tolist() == [1.0, 0.5, 0.0]


@pytest.mark.real
def test_tokens_of_the_real_model_tell_a_fitting_text_from_another() -> None:
    embedder = Embedder()
    (one,) = embedder.token_vectors(["read a csv file"])
    assert one.shape[1] == embedder.dimension
    assert np.allclose(np.linalg.norm(one, axis=1), 1.0, atol=1e-4)
    fitting, other = MaxSim(embedder.token_vectors).scores("read a csv file", ["parse csv rows", "draw a red circle"])
    assert fitting > other


def test_a_reranker_that_is_not_there_or_is_a_pickle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        CrossEncoderReranker(tmp_path / "none")
    (tmp_path / "pytorch_model.bin").write_bytes(pickle.dumps({"a": 1}))
    with pytest.raises(ModelRefused, match="pickle"):
        CrossEncoderReranker(tmp_path)
