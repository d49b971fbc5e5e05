"""How much of a model goes onto graphics cards: as many of its layers as their free memory holds."""

from __future__ import annotations

import ctypes
import importlib
from typing import Any

from planfirst.adapters.gguf_header import GgufHeader
from planfirst.adapters.running import Running

_KEPT = 768 << 20  # bytes that stay free: for the caches, what is computed, and the screen
_CARDS = (1, 2)  # ggml's numbers of devices: a card, and one that is part of the processor


def layers_on_cards(llama_cpp: Any, header: GgufHeader, running: Running) -> int:
    """How many layers of a model are put there, of those that ``running`` asks for; 0 where llama.cpp knows no card."""
    if not running.gpu_layers or not llama_cpp.llama_supports_gpu_offload():
        return 0
    return min(running.gpu_layers, layers_that_fit(header, _free_memory()))


def layers_that_fit(header: GgufHeader, free: int) -> int:
    """How many layers have room, the one behind the last included.

    Args:
        free: bytes of memory of the cards.
    """
    blocks = header.metadata.get(f"{header.architecture}.block_count")
    if not isinstance(blocks, int) or blocks < 1:
        return 0
    each = header.size / (blocks + 1)
    return max(0, min(blocks + 1, int((free - _KEPT) / each)))


def _free_memory() -> int:
    """Bytes of all cards together."""
    ggml = importlib.import_module("llama_cpp._ggml").libggml
    ggml.ggml_backend_dev_count.restype = ctypes.c_size_t
    ggml.ggml_backend_dev_get.argtypes, ggml.ggml_backend_dev_get.restype = [ctypes.c_size_t], ctypes.c_void_p
    ggml.ggml_backend_dev_type.argtypes = [ctypes.c_void_p]
    ggml.ggml_backend_dev_memory.argtypes = [ctypes.c_void_p, *[ctypes.POINTER(ctypes.c_size_t)] * 2]
    found = 0
    for n in range(ggml.ggml_backend_dev_count()):
        device = ggml.ggml_backend_dev_get(n)
        if ggml.ggml_backend_dev_type(device) in _CARDS:
            free, total = ctypes.c_size_t(), ctypes.c_size_t()
            ggml.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
            found += free.value
    return found
