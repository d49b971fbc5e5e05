"""Reads a GGUF file of the starter's kind back into PyTorch, so that a tuning can begin where no checkpoint is at hand.

What 4 bits have rounded away stays lost: the weights are those that llama.cpp computes with.
"""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import torch
from gguf import GGUFReader
from numpy.typing import NDArray
from safetensors.torch import save_file
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from planfirst.adapters.gguf_header import read_header
from planfirst.core.errors import ModelRefused
from planfirst_lab.training.config import Shape
from planfirst_lab.training.export import PARTS
from planfirst_lab.training.model import EPSILON, Llama
from planfirst_lab.training.tokenizer import CHAT_TEMPLATE, CONTROL

_NEXT = "Begin with the starter, or with a model that `planfirst train` made."


def read(path: Path) -> tuple[Llama, Tokenizer]:
    """The model and its tokenizer.

    Raises:
        ModelError: there is no such file, or it is damaged, or of another kind than the starter.
    """
    header = read_header(path)  # in Python, before anything maps the file
    reader = GGUFReader(path)
    shape = _shape(reader, header.copies, path.name)
    model = Llama(shape, 0)
    weights = {tensor.name: _array(tensor) for tensor in reader.tensors}
    try:
        model.load_state_dict({name: torch.from_numpy(array) for name, array in _ours(weights, shape)})
    except (KeyError, RuntimeError, ValueError) as error:
        reason = str(error).splitlines()[0].rstrip(".:")
        raise ModelRefused(
            "plain", what=f"{path.name} does not hold the weights of a starter: {reason}.", next=_NEXT
        ) from error
    return model.eval(), _tokenizer(reader, path.name)


def as_checkpoint(model: Llama, path: Path) -> None:
    """Writes the weights in the form that `planfirst_lab.training.starter.Trainer` begins with."""
    partial = path.with_suffix(".partial")
    save_file({f"model.{name}": value.contiguous() for name, value in model.state_dict().items()}, partial)
    partial.replace(path)


def _shape(reader: GGUFReader, copies: bool, name: str) -> Shape:
    def field(key: str) -> float:
        found = reader.get_field(f"llama.{key}")
        if found is None:
            raise ModelRefused("plain", what=f"{name} is no Llama, or does not say its {key}.", next=_NEXT)
        return float(found.contents())

    architecture = reader.get_field("general.architecture")
    if architecture is None or architecture.contents() != "llama":
        raise ModelRefused("plain", what=f"{name} is no Llama.", next=_NEXT)
    tensors = {tensor.name: tensor for tensor in reader.tensors}
    heads, width = int(field("attention.head_count")), int(field("embedding_length"))
    if field("attention.head_count_kv") != heads:
        raise ModelRefused("plain", what=f"{name} has fewer key heads than query heads.", next=_NEXT)
    if "output.weight" in tensors or "token_embd.weight" not in tensors:
        raise ModelRefused("plain", what=f"{name} has an output matrix of its own.", next=_NEXT)
    if abs(field("attention.layer_norm_rms_epsilon") - EPSILON) > EPSILON / 100:
        raise ModelRefused("plain", what=f"{name} normalises otherwise.", next=_NEXT)
    pairs = width // heads // 2
    slower = _array(tensors["rope_freqs.weight"]) if "rope_freqs.weight" in tensors else np.ones(pairs, np.float32)
    return Shape(
        vocabulary=int(tensors["token_embd.weight"].shape[1]),
        width=width,
        layers=int(field("block_count")),
        heads=heads,
        feed_forward=int(field("feed_forward_length")),
        rope_theta=field("rope.freq_base"),
        turning_pairs=int((slower <= 1).sum()),
        context=int(field("context_length")),
        copies=copies,
    )


def _ours(weights: dict[str, NDArray[np.float32]], shape: Shape) -> list[tuple[str, NDArray[np.float32]]]:
    named = [("embedding.weight", weights["token_embd.weight"]), ("norm.weight", weights["output_norm.weight"])]
    for n in range(shape.layers):
        for theirs, ours in PARTS.items():
            array = weights[f"blk.{n}.{theirs}.weight"]
            halves = _in_halves(array, shape.heads) if ours in ("q", "k") else array
            named.append((f"layers.{n}.{ours}.weight", halves))
    return named


def _in_halves(matrix: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """Rows of each head reordered from neighbouring pairs to (first half, second half)."""
    rows, columns = matrix.shape
    pairs = matrix.reshape(heads, rows // heads // 2, 2, columns)
    return np.ascontiguousarray(pairs.swapaxes(1, 2).reshape(rows, columns))


def _array(tensor: gguf.ReaderTensor) -> NDArray[np.float32]:
    try:
        values = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
    except NotImplementedError as error:
        kind = tensor.tensor_type.name
        raise ModelRefused(
            "plain", what=f"The tensor {tensor.name} has the type {kind}, which cannot be read.", next=_NEXT
        ) from error
    return np.array(values, np.float32)


def _tokenizer(reader: GGUFReader, name: str) -> Tokenizer:
    def field(key: str) -> object:
        found = reader.get_field(f"tokenizer.{key}")
        return found.contents() if found is not None else None

    kind = (field("ggml.model"), field("ggml.pre"), field("chat_template"))
    tokens, merges = field("ggml.tokens"), field("ggml.merges")
    if kind != ("gpt2", "gpt-2", CHAT_TEMPLATE) or not isinstance(tokens, list) or not isinstance(merges, list):
        raise ModelRefused("plain", what=f"{name} has another tokenizer or chat template than the starter.", next=_NEXT)
    if tuple(tokens[: len(CONTROL)]) != CONTROL:
        raise ModelRefused("plain", what=f"{name} has other control tokens than the starter.", next=_NEXT)
    vocabulary = {token: n for n, token in enumerate(tokens)}
    pieces = [(one, two) for one, _, two in (merge.partition(" ") for merge in merges)]
    bpe = Tokenizer(models.BPE(vocabulary, pieces))
    bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    bpe.decoder = decoders.ByteLevel()
    bpe.add_special_tokens(list(CONTROL))
    bpe.encode_special_tokens = True
    return bpe
