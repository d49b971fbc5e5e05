"""Quantises a GGUF file with llama.cpp, which does it in place of us and in the same way as everybody."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from planfirst.core.errors import ModelRefused

Quantisation = Literal["iq4_nl", "q4_0", "q4_k_m", "q8_0"]


def quantise(
    source: Path,
    target: Path,
    threads: int,
    kind: Quantisation = "q4_0",
    *,
    eight_bit_embedding: bool = True,
    again: bool = False,
) -> None:
    """Makes a file of 4 or 8 bits, whole or not at all; norms keep their 32 bits.

    Args:
        eight_bit_embedding: whether embedding and output get 8 bits; else llama.cpp chooses.
        again: whether weights that are quantised already may be quantised once more.

    Raises:
        ModelRefused: llama.cpp could not do it.
    """
    import llama_cpp

    partial = target.with_name(f"{target.name}.partial")
    options = llama_cpp.llama_model_quantize_default_params()
    options.ftype = {
        "iq4_nl": llama_cpp.LLAMA_FTYPE_MOSTLY_IQ4_NL,
        "q4_0": llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_0,
        "q4_k_m": llama_cpp.LLAMA_FTYPE_MOSTLY_Q4_K_M,
        "q8_0": llama_cpp.LLAMA_FTYPE_MOSTLY_Q8_0,
    }[kind]
    options.nthread, options.allow_requantize = threads, again
    if eight_bit_embedding:
        options.token_embedding_type = llama_cpp.GGML_TYPE_Q8_0
        options.output_tensor_type = llama_cpp.GGML_TYPE_Q8_0
    failed = llama_cpp.llama_model_quantize(os.fsencode(source), os.fsencode(partial), options)
    if failed:
        partial.unlink(missing_ok=True)
        raise ModelRefused(
            "plain", what=f"llama.cpp could not quantise {source}.", next="Delete it and export the model again."
        )
    partial.replace(target)
