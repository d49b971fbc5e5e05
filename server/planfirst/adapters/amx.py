"""Keeps llama.cpp from its AMX kernels, which crash."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def without_amx(cpp: Any) -> Iterator[None]:
    """Loads weights so that llama.cpp's AMX kernels are not used on processors that have AMX.

    Built there, llama.cpp 0.3.36 dies with a segmentation fault in its first multiplication of 4-bit weights
    (ggml-org/llama.cpp issue 20824). `Llama` has no argument for it, so the parameters that it starts from are changed.
    """
    if b"AMX_INT8 = 1" not in cpp.llama_print_system_info():
        yield
        return
    low_level: Any = sys.modules["llama_cpp.llama_cpp"]
    defaults = low_level.llama_model_default_params

    def changed() -> Any:
        params = defaults()
        params.use_extra_bufts = False
        return params

    low_level.llama_model_default_params = changed
    try:
        yield
    finally:
        low_level.llama_model_default_params = defaults
