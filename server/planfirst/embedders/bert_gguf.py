"""Converts a BERT's safetensors weights to a GGUF file of 16-bit weights, once, and finds that file again.

The file's name holds the fingerprint of the model and a checksum of the file, so that a damaged one is seen before
llama.cpp sees it. Processes may convert at the same time: each writes a file of its own, with the same bytes, and
renames it. The file has no vocabulary; the tokenizer stays the model's own.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planfirst.adapters.checksums import sha256_of
from planfirst.adapters.gguf_header import read_header
from planfirst.adapters.gguf_reader import Value
from planfirst.core.errors import ModelError
from planfirst.embedders.bert_shape import BertShape, DoesNotFitError

_FORMAT = 1  # goes up when the same model would be written differently
_HALF = 1  # general.file_type: F16
_STALE_SECONDS = 3600
_PARTS = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}


def converted(
    source: Path, shape: BertShape, fingerprint: str, folder: Path, check: Callable[[Path, BertShape], None]
) -> Path:
    """The GGUF file in ``folder`` of the model in ``source``, which is written if it is not there or is damaged.

    Args:
        fingerprint: of the model, in hexadecimal; it decides which file is the right one.
        check: is given a new file before it has its name, and raises where it cannot be used.

    Raises:
        DoesNotFitError: the weights are not those of such a BERT, or have numbers that 16 bits cannot hold.
        OSError: the folder cannot be written.
        Exception: what ``check`` raises.
    """
    about = _about(shape, fingerprint)
    for path in folder.glob(f"{fingerprint}-*.gguf"):
        if _is_whole(path, about):
            return path
        with suppress(OSError):  # another process may have it open
            path.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    partial = folder / f"{fingerprint}.{os.getpid()}.partial"
    try:
        _write(partial, source, shape, about)
        check(partial, shape)
        target = folder / f"{fingerprint}-{sha256_of(partial)[:16]}.gguf"
        try:
            partial.replace(target)
        except PermissionError:  # on Windows, where another process was first and has it open
            if not _is_whole(target, about):
                raise
    finally:
        partial.unlink(missing_ok=True)
    if not _is_whole(target, about):
        raise DoesNotFitError("its converted file could not be read back")
    return target


def _about(shape: BertShape, fingerprint: str) -> dict[str, Value]:
    """All metadata of the file."""
    return {
        "general.architecture": "bert",
        "general.file_type": _HALF,
        "bert.context_length": shape.positions,
        "bert.embedding_length": shape.width,
        "bert.feed_forward_length": shape.inner,
        "bert.block_count": shape.layers,
        "bert.attention.head_count": shape.heads,
        "bert.attention.layer_norm_epsilon": float(np.float32(shape.epsilon)),
        "bert.attention.causal": False,
        "bert.pooling_type": 1,
        "bert.vocab_size": shape.vocabulary,
        "tokenizer.ggml.model": "no_vocab",
        "tokenizer.ggml.token_type_count": shape.kinds,
        "planfirst.source": fingerprint,
        "planfirst.format": _FORMAT,
    }


def _is_whole(path: Path, about: Mapping[str, Value]) -> bool:
    """Whether the file is the one that was written, byte by byte."""
    try:
        if dict(read_header(path).metadata) != about:
            return False
        return path.stem.endswith(f"-{sha256_of(path)[:16]}")
    except (ModelError, OSError):
        return False


def _sweep(folder: Path) -> None:
    """Removes what a conversion that was killed has left."""
    for path in folder.glob("*.partial"):
        with suppress(OSError):
            if path.stat().st_mtime < time.time() - _STALE_SECONDS:
                path.unlink()


def _write(path: Path, source: Path, shape: BertShape, about: Mapping[str, Value]) -> None:
    from gguf import GGUFWriter
    from safetensors import SafetensorError, safe_open

    writer = GGUFWriter(path, "bert")
    try:
        for key, value in about.items():
            if key != "general.architecture":  # the writer has it already
                _add(writer, key, value)
        with safe_open(source / "model.safetensors", framework="numpy") as weights:
            prefix = "bert." if "bert.embeddings.word_embeddings.weight" in weights.keys() else ""  # noqa: SIM118
            for theirs, (ours, size) in _tensors(shape).items():
                writer.add_tensor(ours, _narrowed(weights.get_tensor(prefix + theirs), ours, size))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.flush()
        for file in writer.fout or []:
            os.fsync(file.fileno())
    except SafetensorError as error:
        raise DoesNotFitError(f"its weights cannot be read ({error})") from error
    finally:
        writer.close()


def _add(writer: Any, key: str, value: Value) -> None:
    kind = {bool: "bool", int: "uint32", float: "float32", str: "string"}[type(value)]
    getattr(writer, f"add_{kind}")(key, value)


def _tensors(shape: BertShape) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Hugging Face's names, with llama.cpp's name and the size of each."""
    width, inner = shape.width, shape.inner
    found: dict[str, tuple[str, tuple[int, ...]]] = {
        "embeddings.word_embeddings.weight": ("token_embd.weight", (shape.vocabulary, width)),
        "embeddings.token_type_embeddings.weight": ("token_types.weight", (shape.kinds, width)),
        "embeddings.position_embeddings.weight": ("position_embd.weight", (shape.positions, width)),
        "embeddings.LayerNorm.weight": ("token_embd_norm.weight", (width,)),
        "embeddings.LayerNorm.bias": ("token_embd_norm.bias", (width,)),
    }
    for layer in range(shape.layers):
        for theirs, ours in _PARTS.items():
            out = inner if ours == "ffn_up" else width
            size = (width,) if ours.endswith("norm") else (out, inner if ours == "ffn_down" else width)
            found[f"encoder.layer.{layer}.{theirs}.weight"] = (f"blk.{layer}.{ours}.weight", size)
            found[f"encoder.layer.{layer}.{theirs}.bias"] = (f"blk.{layer}.{ours}.bias", (out,))
    return found


def _narrowed(tensor: NDArray[Any], name: str, size: tuple[int, ...]) -> NDArray[Any]:
    """The numbers as they are kept: those of matrices in 16 bits, what is added or scaled by in 32."""
    if tensor.shape != size:
        raise DoesNotFitError(f"its {name} has the shape {tensor.shape}")
    is_matrix = len(size) == 2 and name not in ("token_types.weight", "position_embd.weight")
    with np.errstate(over="ignore"):
        kept = np.ascontiguousarray(tensor, dtype=np.float16 if is_matrix else np.float32)
    if not np.isfinite(kept).all():
        raise DoesNotFitError(f"its {name} has numbers that 16 bits cannot hold")
    return kept
