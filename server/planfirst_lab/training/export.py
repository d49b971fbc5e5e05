"""Writes the trained weights as GGUF for llama.cpp; `quantise` makes 4 bits of them.

llama.cpp pairs neighbouring numbers of a head in its rotary positions where PyTorch's layout pairs the two halves, so
the rows of Q and K are interleaved on the way out.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from gguf import GGMLQuantizationType, GGUFWriter, LlamaFileType, TokenType
from numpy.typing import NDArray
from tokenizers import Tokenizer

from planfirst.adapters.gguf_header import COPIES
from planfirst.models.quantise import quantise
from planfirst_lab.training import tokenizer as tokens
from planfirst_lab.training.model import EPSILON, STILL, Llama

__all__ = ["LICENCE", "NAME", "PARTS", "quantise", "write"]

NAME = "planfirst-starter"
LICENCE = "apache-2.0"
PARTS = {  # llama.cpp's names of a layer's tensors, and ours
    "attn_norm": "attention_norm",
    "attn_q": "q",
    "attn_k": "k",
    "attn_v": "v",
    "attn_output": "o",
    "ffn_norm": "ffn_norm",
    "ffn_gate": "gate",
    "ffn_up": "up",
    "ffn_down": "down",
}


def write(model: Llama, bpe: Tokenizer, path: Path, description: str, copies: bool = True) -> None:
    """Writes a 32-bit GGUF with the tokenizer and the chat template, whole or not at all.

    Args:
        copies: whether the file says that the model carries examples over, and is to be helped to keep its place.
    """
    partial = path.with_name(f"{path.name}.partial")
    writer = GGUFWriter(partial, "llama")
    _about(writer, model, description)
    writer.add_bool(COPIES, copies)
    _vocabulary(writer, bpe)
    for name, weights in _tensors(model):
        writer.add_tensor(name, weights, raw_dtype=GGMLQuantizationType.F32)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    partial.replace(path)


def _about(writer: GGUFWriter, model: Llama, description: str) -> None:
    shape = model.shape
    writer.add_name(NAME)
    writer.add_description(description)
    writer.add_license(LICENCE)
    writer.add_file_type(LlamaFileType.ALL_F32)
    writer.add_quantization_version(2)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.heads)
    writer.add_rope_dimension_count(shape.head)
    writer.add_rope_freq_base(shape.rope_theta)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_vocab_size(shape.vocabulary)


def _vocabulary(writer: GGUFWriter, bpe: Tokenizer) -> None:
    about = json.loads(bpe.to_str())["model"]
    size = bpe.get_vocab_size()
    kinds = [TokenType.CONTROL if n < len(tokens.CONTROL) else TokenType.NORMAL for n in range(size)]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([bpe.id_to_token(n) or "" for n in range(size)])
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(merge) if isinstance(merge, list) else merge for merge in about["merges"]])
    writer.add_eos_token_id(tokens.END_ID)
    writer.add_bos_token_id(tokens.END_ID)  # never added; llama.cpp wants one to exist
    writer.add_pad_token_id(tokens.PAD_ID)
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_chat_template(tokens.CHAT_TEMPLATE)


def _tensors(model: Llama) -> list[tuple[str, NDArray[np.float32]]]:
    weights = {name: _array(value) for name, value in model.state_dict().items()}
    heads = model.shape.heads
    slower = np.ones(model.shape.head // 2, np.float32)
    slower[model.shape.turning_pairs :] = STILL
    named = [("token_embd.weight", weights["embedding.weight"]), ("output_norm.weight", weights["norm.weight"])]
    named.append(("rope_freqs.weight", slower))  # llama.cpp divides the speed of each rotary pair by it
    for n in range(model.shape.layers):
        for theirs, ours in PARTS.items():
            array = weights[f"layers.{n}.{ours}.weight"]
            named.append((f"blk.{n}.{theirs}.weight", _interleaved(array, heads) if ours in ("q", "k") else array))
    return named


def _interleaved(matrix: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """Rows of each head reordered from (first half, second half) to neighbouring pairs."""
    rows, columns = matrix.shape
    halves = matrix.reshape(heads, 2, rows // heads // 2, columns)
    return np.ascontiguousarray(halves.swapaxes(1, 2).reshape(rows, columns))


def _array(value: torch.Tensor) -> NDArray[np.float32]:
    array: NDArray[np.float32] = value.detach().cpu().float().contiguous().numpy()
    return array
