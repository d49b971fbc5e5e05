"""multilingual-e5-small as a sentence-transformers folder.

Its authors put "query: " before what is searched for and "passage: " before what is found. With the first before both,
it finds less; docs/log.md has the figures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from planfirst.embedders.bert_files import write_bert
from planfirst.embedders.bert_shape import BertShape
from planfirst.embedders.e5.weights import (
    INNER,
    LAYERS,
    POSITIONS,
    SHA256,
    WIDTH,
    WORDS,
    named,
    read_packed,
    weights_file,
)
from planfirst.embedders.packaged_model import PackagedModel
from planfirst.embedders.tokenizer_file import control, names, text, tokenizer_file
from planfirst.human_language import MULTILINGUAL

PROMPT, QUERY_PROMPT = "passage: ", "query: "
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
    window=256,  # half of what it can read, as much as the model that comes with Planfirst reads
    prompt=PROMPT,
    query_prompt=QUERY_PROMPT,
)
_CONTROL = {"cls": "<s>", "pad": "<pad>", "sep": "</s>", "unk": "<unk>", "mask": "<mask>"}
# What the model's pieces were made without: control characters, and spaces of other kinds.
_DROPPED = r"[\x00-\x08\x0b\x0e-\x1f\x7f\x{8f}\x{9f}]"
_SPACES = r"[\t\n\f\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"
# NFKC would make it a plain tilde, which the model knows as another piece; a character for private use stands in.
_WIDE_TILDE, _STAND_IN = "～", "\U0010fffd"


def tokenizer_json(pieces: Sequence[str], scores: Sequence[float]) -> dict[str, Any]:
    """A tokenizer of the likeliest pieces, as the package ``tokenizers`` reads it.

    Args:
        pieces: in the order of their numbers; a space is ``▁``. The control tokens are among them.
        scores: logarithm of each one's probability.
    """
    numbers = {piece: number for number, piece in enumerate(pieces)}
    first, last = _CONTROL["cls"], _CONTROL["sep"]
    space = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    return tokenizer_file(
        _CONTROL,
        numbers,
        pair=[control(first), text("A"), control(last), control(last), text("B"), control(last)],
        normalizer={
            "type": "Sequence",
            "normalizers": [
                _replace({"Regex": _DROPPED}, ""),
                _replace({"Regex": _SPACES}, " "),
                _replace({"String": _WIDE_TILDE}, _STAND_IN),
                {"type": "NFKC"},
                _replace({"String": _STAND_IN}, _WIDE_TILDE),
                _replace({"Regex": " {2,}"}, " "),
            ],
        },
        pre_tokenizer=space,
        decoder=space,
        model={
            "type": "Unigram",
            "unk_id": numbers[_CONTROL["unk"]],
            "vocab": list(zip(pieces, scores, strict=True)),
            "byte_fallback": False,
        },
    )


def _replace(pattern: dict[str, str], content: str) -> dict[str, Any]:
    return {"type": "Replace", "pattern": pattern, "content": content}


def _origin() -> str:
    """The beginning of a SHA-256 over all that decides what the vectors are."""
    return hashlib.sha256(f"format {_FORMAT}\n{SHA256}\n{PROMPT}\n{QUERY_PROMPT}".encode()).hexdigest()[:16]


def _write(folder: Path) -> None:
    packed = read_packed(weights_file())
    naming = {
        "tokenizer_class": "PreTrainedTokenizerFast",  # what transformers calls one that it reads as it stands
        "model_max_length": POSITIONS,
        **names(_CONTROL),
    }
    tokenizer = tokenizer_json(packed.pieces, packed.scores)
    padding = packed.pieces.index(_CONTROL["pad"])
    write_bert(folder, _SHAPE, named(packed.tensors), tokenizer, naming, padding=padding)


E5: Final = PackagedModel(MULTILINGUAL, _origin, _write)
