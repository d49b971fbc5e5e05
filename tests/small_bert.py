"""A sentence-transformers folder with a BERT of random weights, which loads and runs in milliseconds."""

from __future__ import annotations

import string
from pathlib import Path

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from transformers import BertConfig, BertModel, BertTokenizer

WORDS = ["read", "file", "csv", "def", "return", "list", "##s", "##ing", "가", "##나", "(", ")", "_", ":", ".", "="]


def write_small_bert(folder: Path, *, window: int | None = None, spread: float = 0.2) -> Path:
    """Writes it, and returns its folder.

    Args:
        window: ``max_seq_length``; None leaves it to the tokenizer's.
        spread: standard deviation of the weights; more makes the vectors differ more.
    """
    torch.manual_seed(1)
    letters = [*string.ascii_lowercase, *string.digits]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{one}" for one in letters), *WORDS]
    plain = folder.with_name(f"{folder.name}-plain")
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=64,
        intermediate_size=160,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=512,
        initializer_range=spread,
    )
    BertModel(config).eval().save_pretrained(plain)
    tokens = {token: n for n, token in enumerate(vocabulary)}
    BertTokenizer(tokens, model_max_length=300).save_pretrained(plain)
    whole = Transformer(str(plain), max_seq_length=window)
    SentenceTransformer(modules=[whole, Pooling(64, pooling_mode="mean")], device="cpu").save(str(folder))
    return folder
