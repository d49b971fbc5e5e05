"""Loads a GGUF file into llama.cpp, and says how a context of it computes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from planfirst.adapters.amx import meets_amx
from planfirst.adapters.gguf_header import GgufHeader
from planfirst.adapters.running import Running
from planfirst.core.errors import ModelRefused

_REPACKED = frozenset((2, 12, 20))  # Q4_0, Q4_K, IQ4_NL, by ggml's numbers


def loaded(llama_cpp: Any, path: Path, header: GgufHeader, running: Running, scored: bool) -> Any:
    """The model in a file, whose header was read and found sound.

    Raises:
        ModelRefused: llama.cpp cannot load it.
    """
    params = llama_cpp.llama_model_default_params()
    repacks = not meets_amx(llama_cpp, header.all_types if scored else header.layer_types)
    # What is repacked is copied: mapped besides, it would be in memory twice.
    mapped = running.mmap and not (repacks and is_repacked(header))
    mode = llama_cpp.LLAMA_LOAD_MODE_MMAP if mapped else llama_cpp.LLAMA_LOAD_MODE_NONE
    _set(params, n_gpu_layers=running.gpu_layers, use_extra_bufts=repacks, load_mode=mode)
    model = llama_cpp.llama_model_load_from_file(os.fsencode(path), params)
    if not model:
        raise ModelRefused("model-not-loaded", file=path.name)
    return model


def computing(llama_cpp: Any, running: Running, threads: int) -> Any:
    """The parameters of a context; its size is not among them yet."""
    params = llama_cpp.llama_context_default_params()
    _set(params, n_batch=running.batch, n_ubatch=running.batch, n_threads=threads, n_threads_batch=threads)
    # on a CPU it can halve the speed of decoding; docs/log.md has the figures
    flash = llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED, llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED
    _set(params, flash_attn_type=flash[0] if running.flash_attention else flash[1])
    return params


def is_repacked(header: GgufHeader) -> bool:
    """Whether llama.cpp lays most of a model's weights out anew for this processor, as it does on x86 and Arm."""
    sizes = [(tensor.kind in _REPACKED, tensor.size) for tensor in header.layout.values()]
    return sum(size for repacked, size in sizes if repacked) > sum(size for _, size in sizes) / 2


def _set(params: Any, **values: object) -> None:
    """Sets fields of one of llama.cpp's structures, which would take any other name in silence, too.

    Raises:
        AttributeError: this version has no such field.
    """
    fields = {name for name, *_ in params._fields_}
    if unknown := values.keys() - fields:
        raise AttributeError(f"{type(params).__name__} has no {', '.join(sorted(unknown))}")
    for name, value in values.items():
        setattr(params, name, value)
