"""The embedding model as a sentence-transformers folder, made once and found again.

The name of the folder holds a fingerprint of what it was made of, and one of what was written, so that a damaged one is
seen and made anew. Processes that need it at the same time wait for the first of them.

Weights are kept in 16 bits and computed in 32: llama.cpp's copy has 16 bits as well, and so both engines run the same
numbers, from half of the disk.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planfirst.adapters.embeddings import Found, fingerprint_of
from planfirst.adapters.minilm.weights import (
    INNER,
    LAYERS,
    POSITIONS,
    SHA256,
    WIDTH,
    WORDS,
    read_weights,
    weights_file,
)
from planfirst.core.errors import ModelRefused

NAME = "all-MiniLM-L6-v2"
_VOCABULARY = Path(__file__).parent / "vocab.txt"
_FORMAT = 1  # goes up when the same weights would be written differently
_WAIT_SECONDS = 120
_WINDOW = 256  # tokens, the model's own limit
_CONTROL = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}


def bundled(kept: Path) -> Found:
    """The model's folder in ``kept``, which is made if it is not there or is damaged.

    Its fingerprint is that of what it is made of, so that it is the same on every machine.

    Raises:
        ModelMissing: the package with the weights is not installed.
        ModelRefused: that package is damaged, or ``kept`` cannot be written.
    """
    from filelock import FileLock, Timeout

    try:
        origin = _origin()
        if folder := _whole(kept, origin):
            return Found(NAME, folder, origin)
        kept.mkdir(parents=True, exist_ok=True)
        with FileLock(kept / f"{NAME}.lock", timeout=_WAIT_SECONDS):
            folder = _whole(kept, origin) or _made(kept, origin)
    except Timeout as error:  # an OSError, and no error of the file system
        raise ModelRefused(
            f"Another process has been making the embedding model in {kept} for {_WAIT_SECONDS} seconds.",
            "Wait for it, or end it, and try again.",
        ) from error
    except OSError as error:
        raise ModelRefused(
            f"The embedding model cannot be written to {kept}: {error.strerror or error}.",
            "Make room there and mend its permissions, or set PLANFIRST_HOME to another folder.",
        ) from error
    return Found(NAME, folder, origin)


def bundled_identity() -> str:
    """The identity of the model that `bundled` gives, for those who do not need the model itself."""
    return Found(NAME, Path(), _origin()).identity


def tokenizer_json(words: list[str]) -> dict[str, Any]:
    """BERT's uncased tokenizer with this vocabulary, as the package ``tokenizers`` reads it."""
    numbers = {word: number for number, word in enumerate(words)}
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    first, last = ({"SpecialToken": {"id": _CONTROL[name], "type_id": kind}} for name, kind in (("cls", 0), ("sep", 0)))
    one, other = ({"Sequence": {"id": name, "type_id": kind}} for name, kind in (("A", 0), ("B", 1)))
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": numbers[word], "content": word, **flags} for word in _CONTROL.values()],
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [first, one, last],
            "pair": [first, one, last, other, {"SpecialToken": {"id": _CONTROL["sep"], "type_id": 1}}],
            "special_tokens": {
                word: {"id": word, "ids": [numbers[word]], "tokens": [word]}
                for word in (_CONTROL["cls"], _CONTROL["sep"])
            },
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": _CONTROL["unk"],
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": numbers,
        },
    }


def vocabulary() -> list[str]:
    """BERT's 30,522 uncased words, in the order of their numbers."""
    return _VOCABULARY.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def _origin() -> str:
    """The beginning of a SHA-256 over all that decides what the vectors are."""
    parts = [f"format {_FORMAT}", SHA256, hashlib.sha256("\n".join(vocabulary()).encode()).hexdigest()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _whole(kept: Path, origin: str) -> Path | None:
    """The folder that was made of these parts and is as it was written."""
    for folder in sorted(kept.glob(f"{NAME}-{origin}-*")):
        with suppress(ModelRefused):  # it cannot be read, or another process is at it
            if folder.name.endswith(f"-{fingerprint_of(folder)}"):
                return folder
    return None


def _made(kept: Path, origin: str) -> Path:
    """Makes the folder; no other process may be at it."""
    weights = read_weights(weights_file())
    staging = kept / f"{NAME}.making"
    for left in (staging, *kept.glob(f"{NAME}-{origin}-*")):  # from a process that was killed; damaged
        if left.exists():
            shutil.rmtree(left)
    try:
        _write(staging, weights)
        return staging.replace(kept / f"{NAME}-{origin}-{fingerprint_of(staging)}")
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _write(folder: Path, weights: Mapping[str, NDArray[np.float32]]) -> None:
    from safetensors.numpy import save

    (folder / "1_Pooling").mkdir(parents=True)
    for name, content in _descriptions().items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    # The pooler is a part of transformers' BERT, which warns if it is not there; the mean of the tokens needs none.
    pooler = {"pooler.dense.weight": np.zeros((WIDTH, WIDTH)), "pooler.dense.bias": np.zeros(WIDTH)}
    tensors = {name: np.ascontiguousarray(array, dtype=np.float16) for name, array in {**weights, **pooler}.items()}
    # Written by Python, so that a full disk is an OSError.
    (folder / "model.safetensors").write_bytes(save(tensors, metadata={"format": "pt"}))


def _descriptions() -> dict[str, Any]:
    """The JSON files of the folder by their names."""
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_act": "gelu",
            "hidden_size": WIDTH,
            "intermediate_size": INNER,
            "layer_norm_eps": 1e-12,
            "max_position_embeddings": POSITIONS,
            "num_attention_heads": 12,
            "num_hidden_layers": LAYERS,
            "pad_token_id": 0,
            "type_vocab_size": 2,
            "vocab_size": WORDS,
        },
        "modules.json": [
            {"idx": number, "name": str(number), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for number, (kind, path) in enumerate(
                (("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize"))
            )
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": WIDTH, "pooling_mode_mean_tokens": True},
        "sentence_bert_config.json": {"max_seq_length": _WINDOW, "do_lower_case": False},
        "tokenizer_config.json": {
            "tokenizer_class": "BertTokenizer",
            "do_lower_case": True,
            "tokenize_chinese_chars": True,
            "strip_accents": None,
            "model_max_length": POSITIONS,
            **{f"{name}_token": word for name, word in _CONTROL.items()},
        },
        "tokenizer.json": tokenizer_json(vocabulary()),
    }
