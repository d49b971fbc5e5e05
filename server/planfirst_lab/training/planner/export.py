"""The trained LoRA as the file that Planfirst loads beside its base: written, and checked against PyTorch."""

from __future__ import annotations

from pathlib import Path

import torch

from planfirst.adapters.checksums import sha256_of
from planfirst.adapters.lora_file import Use
from planfirst_lab.convert import lora, parity
from planfirst_lab.convert.adapter import Adapter
from planfirst_lab.convert.folder import HfFolder
from planfirst_lab.convert.reference import HfReference
from planfirst_lab.convert.tokenizer import HfTokenizer


def export(folder: Path, adapter: Path, base: Path, target: Path, profile: str, use: Use = "plan") -> lora.Check:
    """Writes the file and checks it; one that fails its check is removed.

    Args:
        folder: the base as a Hugging Face folder, which ``base`` was unpacked into.
        adapter: the folder that PEFT wrote.
        base: the GGUF file.

    Raises:
        ModelRefused: the adapter cannot be written as a file, or llama.cpp computes something else with it.
    """
    with HfFolder(folder) as opened:
        architecture = opened.shape.architecture
        found = Adapter(adapter, opened)
        lora.write(opened, found, target, base=sha256_of(base), profile=profile, name=target.stem, use=use)
    tokenizer = HfTokenizer(folder)
    torch.set_num_threads(1)
    try:
        off = HfReference(folder, architecture, tokenizer, None)
        on = HfReference(folder, architecture, tokenizer, adapter)
        return lora.check(off, on, base, target, parity.prompts(tokenizer))
    except BaseException:
        target.unlink(missing_ok=True)
        raise
