"""Keeps llama.cpp from its AMX kernels, which crash, where a model would meet them.

Why: docs/decisions/0008-files-for-native-code.md
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

# The types that AMX kernels take, by ggml's numbers: Q4_0, Q4_1, Q8_0, Q4_K, Q5_K, Q6_K, IQ4_XS.
_TAKEN = frozenset((2, 3, 8, 12, 13, 14, 23))


def meets_amx(cpp: Any, layer_types: Collection[int]) -> bool:
    """Whether llama.cpp would use its AMX kernels for a model, which must then be loaded without repacked layouts.

    Built on a processor that has AMX, llama.cpp 0.3.36 dies with a segmentation fault in its first multiplication of
    4-bit weights (ggml-org/llama.cpp issue 20824). The repacked layouts of weights go with them, which costs a fifth of
    the speed or more: so only where it must be.

    Args:
        layer_types: of the model, as its header says. An embedding that is the output matrix, too, goes through these
            kernels only where the logits of several tokens are asked for at once; then its type belongs to them.
    """
    return not _TAKEN.isdisjoint(layer_types) and b"AMX_INT8 = 1" in cpp.llama_print_system_info()


@contextmanager
def without_amx(cpp: Any, layer_types: Collection[int]) -> Iterator[None]:
    """Lets `llama_cpp.Llama`, which has no argument for it, load a model without those kernels where it must."""
    if not meets_amx(cpp, layer_types):
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
