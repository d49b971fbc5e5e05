"""llama.cpp's AMX kernels are kept out, on processors that have AMX and on no others."""

from __future__ import annotations

import llama_cpp
import pytest

from planfirst.adapters.amx import without_amx


@pytest.mark.parametrize(("says", "extra"), [(b"AVX2 = 1 | AMX_INT8 = 1 | ", False), (b"AVX2 = 1 | ", True)])
def test_amx_is_not_used(says: bytes, extra: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llama_cpp, "llama_print_system_info", lambda: says)
    assert llama_cpp.llama_cpp.llama_model_default_params().use_extra_bufts
    with without_amx(llama_cpp):
        assert llama_cpp.llama_cpp.llama_model_default_params().use_extra_bufts is extra
    assert llama_cpp.llama_cpp.llama_model_default_params().use_extra_bufts
