"""all-MiniLM-L6-v2 as a sentence-transformers folder, from the weights in a package and BERT's vocabulary."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Final

from planfirst.embedders.bert_files import write_bert
from planfirst.embedders.bert_shape import BertShape
from planfirst.embedders.minilm.weights import (
    INNER,
    LAYERS,
    POSITIONS,
    SHA256,
    WIDTH,
    WORDS,
    read_weights,
    weights_file,
)
from planfirst.embedders.packaged_model import PackagedModel
from planfirst.embedders.tokenizer_file import control, names, text, tokenizer_file

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


def tokenizer_json(words: list[str]) -> dict[str, Any]:
    """BERT's uncased tokenizer with this vocabulary, as the package ``tokenizers`` reads it."""
    numbers = {word: number for number, word in enumerate(words)}
    first, last = _CONTROL["cls"], _CONTROL["sep"]
    return tokenizer_file(
        _CONTROL,
        numbers,
        pair=[control(first), text("A"), control(last), text("B", 1), control(last, 1)],
        normalizer={
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        pre_tokenizer={"type": "BertPreTokenizer"},
        decoder={"type": "WordPiece", "prefix": "##", "cleanup": True},
        model={
            "type": "WordPiece",
            "unk_token": _CONTROL["unk"],
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": numbers,
        },
    )


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
        **names(_CONTROL),
    }
    write_bert(folder, _SHAPE, read_weights(weights_file()), tokenizer_json(vocabulary()), naming, padding=0)


MINILM: Final = PackagedModel(NAME, _origin, _write)
