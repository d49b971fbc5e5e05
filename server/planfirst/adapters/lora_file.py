"""Reads a LoRA adapter in GGUF form, and refuses one that native code should not see or that is for another model.

An adapter changes what some matrices of a model do, by two narrow matrices for each: ``lora_a`` of the shape (in, rank)
and ``lora_b`` of (rank, out). The method is Hu et al. 2021, arXiv:2106.09685; the form of the file is llama.cpp's, with
keys of our own for the model that it was trained on. It knows nothing of how an adapter is used.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from planfirst.adapters.checksums import is_sha256
from planfirst.adapters.gguf_header import GgufHeader, read_header
from planfirst.adapters.gguf_reader import Tensor
from planfirst.core.errors import ModelMissing, ModelRefused

BASE = "planfirst.base"  # the SHA-256 of the model's file
USE = "planfirst.use"  # what it was trained for; to plan, where nothing is said
Use = Literal["plan", "change"]
_A, _B = ".lora_a", ".lora_b"
_FLOATS = {0: "<f4", 1: "<f2"}  # the types that are read here, by ggml's numbers


@dataclass(frozen=True, slots=True)
class LoraFile:
    """An adapter that is sound in itself.

    Attributes:
        base: the checksum of the model file that it was trained for.
        use: to write plans, or code that follows a changed plan.
    """

    path: Path
    base: str
    header: GgufHeader
    use: Use = "plan"

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.path.stem


def read_lora(path: Path) -> LoraFile:
    """Reads and checks the header of the adapter at ``path``, again only when the file has changed.

    Raises:
        ModelMissing: there is no such file.
        ModelRefused: it is damaged, or is no LoRA adapter.
    """
    try:
        state = path.stat()
    except (OSError, ValueError) as error:  # ValueError: a path with a null character
        raise ModelMissing("adapter-missing", file=path) from error
    return _read(path, state.st_mtime_ns, state.st_size)


def check_fits(lora: LoraFile, model: GgufHeader, sha256: str) -> None:
    """Checks an adapter against a model: its checksum, and every matrix that is changed. Reads the adapter whole.

    Args:
        model: the header of the file that is loaded, which may be a fitted copy.
        sha256: of the original.

    Raises:
        ModelRefused: it was trained for another model, or does not fit this one after all.
    """
    architecture = lora.header.architecture
    if lora.base != sha256 or architecture != model.architecture:
        raise ModelRefused("adapter-of-another-model", file=lora.path.name, wanted=lora.base[:12], found=sha256[:12])
    for name, a, b in _pairs(lora.header):
        matrix = model.layout.get(name)
        if matrix is None:
            raise _refusal(lora.path, f"it changes {name!r}, which the model does not have")
        if matrix.shape != (a.shape[0], b.shape[1]):
            raise _refusal(lora.path, f"{name!r} has another size in the model")
    _check_numbers(lora)


@lru_cache(maxsize=32)
def _read(path: Path, modified: int, size: int) -> LoraFile:
    try:
        header = read_header(path)
    except ModelMissing:
        raise ModelMissing("adapter-missing", file=path) from None
    except ModelRefused as error:
        raise _refusal(path, error.message.args.get("reason", "")) from error
    if problem := _problem(header):
        raise _refusal(path, problem)
    use: Use = "change" if header.metadata.get(USE) == "change" else "plan"
    return LoraFile(path, str(header.metadata[BASE]), header, use)


def _problem(header: GgufHeader) -> str:
    """Why a file is no adapter, as the end of a sentence; empty if it is one."""
    said = header.metadata
    if said.get("general.type") != "adapter" or said.get("adapter.type") != "lora":
        return "it is no LoRA adapter"
    alpha = said.get("adapter.lora.alpha")
    if not isinstance(alpha, float) or not math.isfinite(alpha) or alpha <= 0:
        return "its alpha is no number above 0"
    if not is_sha256(str(said.get(BASE, ""))):
        return "it does not say which model it was trained for"
    if said.get(USE, "plan") not in ("plan", "change"):
        return f"what it is for, {said[USE]!r}, is not known to this version"
    for name, tensor in header.layout.items():
        base, kind = name[: -len(_A)], name[-len(_A) :]
        if kind not in (_A, _B) or not base or base + (_B if kind == _A else _A) not in header.layout:
            return f"the tensor {name!r} is no half of a pair"
        if tensor.kind not in _FLOATS or len(tensor.shape) != 2 or 0 in tensor.shape:
            return f"the tensor {name!r} is no matrix of 16-bit or 32-bit numbers"
    for name, a, b in _pairs(header):
        if a.shape[1] != b.shape[0]:
            return f"the two halves of {name!r} have different ranks"
    return ""


def _pairs(header: GgufHeader) -> list[tuple[str, Tensor, Tensor]]:
    """The matrices that are changed, and what changes them."""
    names = [name.removesuffix(_A) for name in header.layout if name.endswith(_A)]
    return [(name, header.layout[name + _A], header.layout[name + _B]) for name in names]


def _check_numbers(lora: LoraFile) -> None:
    """With a number that is none no token is likelier than another, and a grammar may be left with none of them."""
    import numpy as np

    try:
        with lora.path.open("rb") as file:
            for name, tensor in lora.header.layout.items():
                file.seek(tensor.begin)
                if not np.isfinite(np.frombuffer(file.read(tensor.size), _FLOATS[tensor.kind])).all():
                    raise _refusal(lora.path, f"the tensor {name!r} holds something that is no number")
    except OSError as error:
        raise ModelRefused("file-unreadable", file=lora.path, reason=error.strerror or error) from error


def _refusal(path: Path, reason: object) -> ModelRefused:
    return ModelRefused("adapter-refused", file=path.name, reason=str(reason))
