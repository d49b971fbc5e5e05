"""Writes a model, merged with its adapter, as a GGUF file of 16 or 32 bits.

One tensor is held at a time. llama.cpp pairs neighbouring numbers of a head in its rotary positions for the
architecture ``llama``, where Hugging Face pairs the two halves, so the rows of Q and K are interleaved there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from gguf import GGUFWriter, LlamaFileType, TokenType
from numpy.typing import NDArray
from torch import Tensor

from planfirst.adapters.gguf_header import COPIES, PROFILE
from planfirst.core.errors import ModelRefused
from planfirst_lab.convert.adapter import EMBEDDING, OUTPUT, Adapter
from planfirst_lab.convert.folder import HfFolder, Shape
from planfirst_lab.convert.rope import factors
from planfirst_lab.convert.tokenizer import HfTokenizer

Width = Literal["f32", "f16"]
Progress = Callable[[int, int], None]
_LAYER = re.compile(r"model\.layers\.(\d+)\.(.+)\.(weight|bias)")
_PARTS = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
_ENDS = {EMBEDDING: "token_embd.weight", "model.norm.weight": "output_norm.weight", OUTPUT: "output.weight"}


def write(
    folder: HfFolder,
    tokenizer: HfTokenizer,
    adapter: Adapter | None,
    target: Path,
    *,
    name: str,
    licence: str,
    profile: str,
    width: Width,
    progress: Progress = lambda done, total: None,
) -> None:
    """Writes the file, whole or not at all.

    Args:
        profile: the prompts that the model was trained on, ``compact`` or ``instruct``; empty if that is not known.

    Raises:
        ModelRefused: a tensor is missing, or none of a Llama's; or tokenizer and weights do not fit.
    """
    partial = target.with_name(f"{target.name}.partial")
    plan = list(_plan(folder, adapter))
    slower = factors(folder.shape)
    writer = GGUFWriter(partial, folder.shape.architecture)
    try:
        _about(writer, folder.shape, name, licence, profile, width)
        _vocabulary(writer, folder.shape, tokenizer)
        half: np.dtype[Any] = np.dtype(np.float16 if width == "f16" else np.float32)
        for source, theirs in plan:
            size = folder.size(_stored(folder, source))
            dtype: np.dtype[Any] = half if len(size) == 2 else np.dtype(np.float32)
            writer.add_tensor_info(theirs, size, dtype, int(np.prod(size)) * dtype.itemsize)
        if slower is not None:
            writer.add_tensor_info("rope_freqs.weight", slower.shape, slower.dtype, slower.nbytes)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        for done, (source, _) in enumerate(plan):
            progress(done, len(plan))
            writer.write_tensor_data(_array(_weight(folder, adapter, source), half))
        if slower is not None:
            writer.write_tensor_data(slower)
        progress(len(plan), len(plan))
    finally:
        writer.close()
    partial.replace(target)


def _plan(folder: HfFolder, adapter: Adapter | None) -> Iterator[tuple[str, str]]:
    """Hugging Face's and llama.cpp's name of each tensor that is written."""
    shape, names = folder.shape, set(folder.names)
    changed = adapter.changed if adapter else set()
    wanted = [EMBEDDING, "model.norm.weight"]
    if OUTPUT in changed or not shape.tied:
        wanted.append(OUTPUT)
    for layer in range(shape.layers):
        wanted += [f"model.layers.{layer}.{part}.weight" for part in _PARTS]
        biases = (f"model.layers.{layer}.{part}.bias" for part in _PARTS)
        wanted += [bias for bias in biases if bias in names]
    for name in names - set(wanted) - {OUTPUT}:
        if not name.endswith("rotary_emb.inv_freq"):
            raise ModelRefused(
                "plain",
                what=f"The weights in {folder.path} hold {name[:80]}, which no {shape.architecture} has.",
                next="Use a folder of another model.",
            )
    for name in wanted:
        _check_size(folder, name)
        yield name, gguf_name(name)


def gguf_name(name: str) -> str:
    """llama.cpp's name of a tensor of a Llama or Qwen2, from Hugging Face's."""
    match = _LAYER.fullmatch(name)
    return f"blk.{match[1]}.{_PARTS[match[2]]}.{match[3]}" if match else _ENDS[name]


def _check_size(folder: HfFolder, name: str) -> None:
    """Makes sure that a weight is as large as the configuration says; llama.cpp may abort on another size."""
    shape = folder.shape
    outside = {"q": shape.heads * shape.head, "k": shape.key_heads * shape.head, "v": shape.key_heads * shape.head}
    match = _LAYER.fullmatch(name)
    if match is None:
        wanted: tuple[int, ...] = (shape.width,) if name == "model.norm.weight" else (shape.vocabulary, shape.width)
    elif match[2].endswith("layernorm"):
        wanted = (shape.width,)
    else:
        part = match[2].rpartition(".")[2].removesuffix("_proj")
        rows = outside.get(part, shape.feed_forward if part in ("gate", "up") else shape.width)
        columns = outside["q"] if part == "o" else shape.feed_forward if part == "down" else shape.width
        wanted = (rows,) if match[3] == "bias" else (rows, columns)
    found = folder.size(_stored(folder, name))
    if found != wanted:
        raise ModelRefused(
            "plain",
            what=f"The weight {name} in {folder.path} has the shape {found}, and config.json makes it {wanted}.",
            next="Use the weights and the configuration of one model.",
        )


def _stored(folder: HfFolder, name: str) -> str:
    """Where the base keeps a weight: a tied output matrix is its embedding."""
    if name == OUTPUT and folder.shape.tied:
        return EMBEDDING
    if name not in folder.names:
        raise ModelRefused(
            "plain", what=f"The weights in {folder.path} lack {name}.", next="Fetch the model's folder again."
        )
    return name


def _weight(folder: HfFolder, adapter: Adapter | None, name: str) -> Tensor:
    weight = folder.tensor(_stored(folder, name))
    if adapter:
        weight = adapter.apply(name, weight)
    if folder.shape.architecture == "llama" and "self_attn.q_proj" in name:
        return interleaved(weight, folder.shape.heads)
    if folder.shape.architecture == "llama" and "self_attn.k_proj" in name:
        return interleaved(weight, folder.shape.key_heads)
    return weight


def interleaved(weight: Tensor, heads: int) -> Tensor:
    """Rows of each head reordered from (first half, second half) to neighbouring pairs; of a matrix or a bias."""
    rows, rest = weight.shape[0], weight.shape[1:]
    return weight.reshape(heads, 2, rows // heads // 2, *rest).transpose(1, 2).reshape(rows, *rest)


def _array(weight: Tensor, half: np.dtype[Any]) -> NDArray[Any]:
    if weight.ndim == 2 and half == np.float16:
        if float(weight.abs().max()) > torch.finfo(torch.float16).max:
            raise ModelRefused("plain", what="A weight is too large for 16 bits.", next="Convert with --through f32.")
        weight = weight.to(torch.float16)
    array: NDArray[Any] = weight.contiguous().numpy()
    return array


def _about(writer: GGUFWriter, shape: Shape, name: str, licence: str, profile: str, width: Width) -> None:
    writer.add_name(name)
    if licence:
        writer.add_license(licence)
    writer.add_file_type(LlamaFileType.ALL_F32 if width == "f32" else LlamaFileType.MOSTLY_F16)
    writer.add_quantization_version(2)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.key_heads)
    writer.add_key_length(shape.head)
    writer.add_value_length(shape.head)
    writer.add_rope_dimension_count(shape.head)
    writer.add_rope_freq_base(shape.rope_theta)
    writer.add_layer_norm_rms_eps(shape.epsilon)
    writer.add_vocab_size(shape.vocabulary)
    if profile:
        writer.add_string(PROFILE, profile)
    if shape.ours.get("copies") is True:
        writer.add_bool(COPIES, True)


def _vocabulary(writer: GGUFWriter, shape: Shape, tokenizer: HfTokenizer) -> None:
    if max(tokenizer.tokens) >= shape.vocabulary:
        raise ModelRefused(
            "plain",
            what=f"The tokenizer has the token {max(tokenizer.tokens)}, and the weights only {shape.vocabulary} rows.",
            next="Use the tokenizer and the weights of one model.",
        )
    texts: list[str] = []
    kinds: list[TokenType] = []
    for number in range(shape.vocabulary):
        texts.append(tokenizer.tokens.get(number, f"[PAD{number}]"))
        if number not in tokenizer.tokens:
            kinds.append(TokenType.UNUSED)
        elif number in tokenizer.control:
            kinds.append(TokenType.CONTROL)
        else:
            kinds.append(TokenType.USER_DEFINED if number in tokenizer.added else TokenType.NORMAL)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(tokenizer.pre)
    writer.add_token_list(texts)
    writer.add_token_types(kinds)
    writer.add_token_merges(tokenizer.merges or ["a b"])  # llama.cpp wants the list to exist
    if tokenizer.eos is not None:
        writer.add_eos_token_id(tokenizer.eos)
    if tokenizer.begin is not None:
        writer.add_bos_token_id(tokenizer.begin)
    if tokenizer.pad is not None:
        writer.add_pad_token_id(tokenizer.pad)
    writer.add_add_bos_token(tokenizer.adds_bos)
    writer.add_add_eos_token(False)
    if tokenizer.chat_template:
        writer.add_chat_template(tokenizer.chat_template)
