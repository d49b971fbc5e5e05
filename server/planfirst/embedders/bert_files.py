"""Writes a BERT with mean pooling as the files of a sentence-transformers folder.

Weights are kept in 16 bits and computed in 32: llama.cpp's copy has 16 bits as well, and so both engines run the same
numbers, from half of the disk.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planfirst.embedders.bert_shape import QUERY_PROMPT, BertShape


def write_bert(
    folder: Path,
    shape: BertShape,
    weights: Mapping[str, NDArray[np.float32]],
    tokenizer: Mapping[str, Any],
    naming: Mapping[str, Any],
    *,
    padding: int,
) -> None:
    """Writes the files.

    Args:
        folder: it is not there yet.
        weights: under Hugging Face's names, matrices as (out, in); all but those of the pooler.
        tokenizer: the contents of tokenizer.json.
        naming: the contents of tokenizer_config.json.
        padding: the number of the token that fills up.

    Raises:
        OSError: the folder cannot be written.
    """
    from safetensors.numpy import save

    (folder / "1_Pooling").mkdir(parents=True)
    for name, content in _descriptions(shape, padding).items():
        _write(folder / name, content)
    _write(folder / "tokenizer.json", tokenizer)
    _write(folder / "tokenizer_config.json", naming)
    # The pooler is a part of transformers' BERT, which warns if it is not there; the mean of the tokens needs none.
    width = shape.width
    pooler = {"pooler.dense.weight": np.zeros((width, width)), "pooler.dense.bias": np.zeros(width)}
    tensors = {name: np.ascontiguousarray(array, dtype=np.float16) for name, array in {**weights, **pooler}.items()}
    # Written by Python, so that a full disk is an OSError.
    (folder / "model.safetensors").write_bytes(save(tensors, metadata={"format": "pt"}))


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _descriptions(shape: BertShape, padding: int) -> dict[str, Any]:
    """The JSON files of the folder by their names, without those of the tokenizer."""
    found: dict[str, Any] = {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_act": "gelu",
            "hidden_size": shape.width,
            "intermediate_size": shape.inner,
            "layer_norm_eps": shape.epsilon,
            "max_position_embeddings": shape.positions,
            "num_attention_heads": shape.heads,
            "num_hidden_layers": shape.layers,
            "pad_token_id": padding,
            "type_vocab_size": shape.kinds,
            "vocab_size": shape.vocabulary,
        },
        "modules.json": [
            {"idx": number, "name": str(number), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for number, (kind, path) in enumerate(
                (("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize"))
            )
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": shape.width, "pooling_mode_mean_tokens": True},
        "sentence_bert_config.json": {"max_seq_length": shape.window, "do_lower_case": False},
    }
    if shape.prompt:
        found["config_sentence_transformers.json"] = {
            "prompts": {QUERY_PROMPT: shape.query_prompt, "document": shape.prompt},
            "default_prompt_name": "document",
        }
    return found
