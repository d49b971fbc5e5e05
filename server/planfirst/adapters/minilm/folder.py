"""all-MiniLM-L6-v2 as a sentence-transformers folder, from the weights in a package and BERT's vocabulary."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from planfirst.adapters.bert_files import write_bert
from planfirst.adapters.bert_folder import BertShape
from planfirst.adapters.embedding_model import EmbeddingModel
from planfirst.adapters.made_folder import made_folder
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

NAME = "all-MiniLM-L6-v2"
_VOCABULARY = Path(__file__).parent / "vocab.txt"
_FORMAT = 1  # goes up when the same weights would be written differently
_SHAPE = BertShape(
    WIDTH,
    INNER,
    LAYERS,
    heads=12,
    vocabulary=WORDS,
    positions=POSITIONS,
    kinds=2,
    epsilon=1e-12,
    window=256,  # the model's own limit
)
_CONTROL = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}


def bundled(kept: Path) -> EmbeddingModel:
    """The model's folder in ``kept``, which is made if it is not there or is damaged.

    Its fingerprint is that of what it is made of, so that it is the same on every machine.

    Raises:
        ModelMissing: the package with the weights is not installed.
        ModelRefused: that package is damaged, or ``kept`` cannot be written.
    """
    return made_folder(NAME, kept, _origin(), _write)


def bundled_identity() -> str:
    """The identity of the model that `bundled` gives, for those who do not need the model itself."""
    return EmbeddingModel(NAME, Path(), _origin()).identity


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


def _write(folder: Path) -> None:
    naming = {
        "tokenizer_class": "BertTokenizer",
        "do_lower_case": True,
        "tokenize_chinese_chars": True,
        "strip_accents": None,
        "model_max_length": POSITIONS,
        **{f"{name}_token": word for name, word in _CONTROL.items()},
    }
    write_bert(folder, _SHAPE, read_weights(weights_file()), tokenizer_json(vocabulary()), naming, padding=0)
