"""Loads a GGUF file into llama.cpp, and says how a context of it computes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from planfirst.adapters.amx import meets_amx
from planfirst.adapters.gguf_header import GgufHeader
from planfirst.adapters.running import Running
from planfirst.core.errors import ModelRefused


def loaded(llama_cpp: Any, path: Path, header: GgufHeader, running: Running, scored: bool) -> Any:
    """The model in a file, whose header was read and found sound.

    Raises:
        ModelRefused: llama.cpp cannot load it.
    """
    params = llama_cpp.llama_model_default_params()
    params.n_gpu_layers = 0
    params.use_mmap = running.mmap
    params.use_extra_bufts = not meets_amx(llama_cpp, header.all_types if scored else header.layer_types)
    model = llama_cpp.llama_model_load_from_file(os.fsencode(path), params)
    if not model:
        raise ModelRefused("model-not-loaded", file=path.name)
    return model


def computing(llama_cpp: Any, running: Running, threads: int) -> Any:
    """The parameters of a context; its size is not among them yet."""
    params = llama_cpp.llama_context_default_params()
    params.n_batch = params.n_ubatch = running.batch
    params.n_threads = params.n_threads_batch = threads
    # on a CPU it can halve the speed of decoding; docs/log.md has the figures
    flash = llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED, llama_cpp.LLAMA_FLASH_ATTN_TYPE_DISABLED
    params.flash_attn_type = flash[0] if running.flash_attention else flash[1]
    return params
