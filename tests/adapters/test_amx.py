"""llama.cpp's AMX kernels are kept out, where there are any and a model would meet them."""

from __future__ import annotations

import llama_cpp
import pytest

from planfirst.adapters.amx import without_amx
from planfirst.adapters.gguf_header import read_header
from planfirst.models import resolve

Q4_0, IQ4_NL, F32 = 2, 20, 0


@pytest.mark.parametrize(
    ("says", "types", "extra"),
    [
        (b"AVX2 = 1 | AMX_INT8 = 1 | ", {Q4_0, F32}, False),
        (b"AVX2 = 1 | AMX_INT8 = 1 | ", {IQ4_NL, F32}, True),
        (b"AVX2 = 1 | ", {Q4_0, F32}, True),
    ],
)
def test_amx_is_not_used(says: bytes, types: set[int], extra: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llama_cpp, "llama_print_system_info", lambda: says)
    assert llama_cpp.llama_cpp.llama_model_default_params().use_extra_bufts
    with without_amx(llama_cpp, types):
        assert llama_cpp.llama_cpp.llama_model_default_params().use_extra_bufts is extra
    assert llama_cpp.llama_cpp.llama_model_default_params().use_extra_bufts


def test_the_starter_never_meets_them() -> None:
    assert read_header(resolve("starter").path).layer_types == {IQ4_NL, F32}
