"""Writes a real GGUF file of the Llama architecture with random weights and a byte-level vocabulary."""

from __future__ import annotations

import string
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import gguf
import numpy as np

TEMPLATE = (
    "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
_SURE = 0.3  # at a width of 320 a likelihood of two thirds
# A text for ``writes``: wherever it is cut it is a name, or code. It is so long that a model which writes it again and
# again is not taken for one that is at a loss.
LONG_NAME = (
    "x" + "".join(c for c in string.ascii_letters + string.digits if c not in "x12") + "_ =[(~-+2%1.)];,:?!@^&|<>\n"
)
SPECIAL = ("<|end|>", "<|system|>", "<|user|>", "<|assistant|>")


def write_random_llama(
    path: Path,
    *,
    width: int = 64,
    layers: int = 2,
    heads: int = 4,
    context: int = 4096,
    seed: int = 0,
    vocabulary: int = 0,
    writes: str = "",
    profile: str = "",
    special: Sequence[str] = SPECIAL,
    template: str = TEMPLATE,
    special_type: gguf.TokenType = gguf.TokenType.CONTROL,
) -> Path:
    """A model whose tokens are the 256 bytes and the chat markers; ``vocabulary`` pads it with unused tokens.

    Args:
        writes: a text that it writes again and again, of characters that are all different; empty for nonsense. It is
            not sure of it, so at a temperature it writes something else now and then.
        profile: by which it says that it is to be asked; empty for none.
        special: the markers of its template, the end of an answer first.
        special_type: what the file says that they are.
    """
    if writes:
        width = max(width, 320)  # a place for every token
    tokens = [*_byte_tokens(), *special]
    types = [gguf.TokenType.NORMAL] * 256 + [special_type] * len(special)
    while len(tokens) < vocabulary:
        tokens.append(f"unused{len(tokens)}")
        types.append(gguf.TokenType.UNUSED)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_name("random-llama")
    writer.add_context_length(context)
    if profile:
        writer.add_string("planfirst.profile", profile)
    writer.add_embedding_length(width)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(width * 3)
    writer.add_head_count(heads)
    writer.add_head_count_kv(heads)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(width // heads)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges(["a b"])
    writer.add_eos_token_id(256)
    writer.add_add_bos_token(False)
    writer.add_chat_template(template)
    random = np.random.default_rng(seed)

    def add(name: str, *shape: int) -> None:
        scale = 0.0 if writes else 0.3 / shape[-1] ** 0.5  # where it is told what to write, only the last token counts
        writer.add_tensor(name, (random.standard_normal(shape) * scale).astype(np.float32))

    embeddings = random.standard_normal((len(tokens), width)).astype(np.float32)
    embeddings[256:] *= 0.05  # so that it writes bytes, and hardly ever a marker
    if writes:
        embeddings = np.eye(len(tokens), width, dtype=np.float32)
        follows = np.zeros((len(tokens), width), np.float32)
        follows[ord(writes[0]), :] = _SURE
        for before, after in pairwise(writes):
            follows[:, ord(before)] = 0
            follows[ord(after), ord(before)] = _SURE
        writer.add_tensor("output.weight", follows)
    writer.add_tensor("token_embd.weight", embeddings)
    writer.add_tensor("output_norm.weight", np.ones(width, np.float32))
    for n in range(layers):
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            add(f"blk.{n}.{name}.weight", width, width)
        add(f"blk.{n}.ffn_gate.weight", width * 3, width)
        add(f"blk.{n}.ffn_up.weight", width * 3, width)
        add(f"blk.{n}.ffn_down.weight", width, width * 3)
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{n}.{name}.weight", np.ones(width, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _byte_tokens() -> list[str]:
    """The characters by which byte-level BPE writes the bytes 0 to 255."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in shown]
    table = {byte: chr(byte) for byte in shown} | {byte: chr(256 + n) for n, byte in enumerate(hidden)}
    return [table[byte] for byte in range(256)]
