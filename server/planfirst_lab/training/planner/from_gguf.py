"""A GGUF file of a general model as a Hugging Face folder, so that a planner is trained on the very weights in use.

transformers reads it and turns every packed weight into 32 bits: what llama.cpp computes with, but for its rounding of
activations. The folder takes four bytes a weight, 2.5 GB for a model of half a billion.
"""

from __future__ import annotations

import json
import shutil
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

import torch

from planfirst.adapters.checksums import sha256_of
from planfirst.adapters.gguf_header import read_header
from planfirst.core.errors import ModelError, ModelRefused
from planfirst_lab.convert.folder import ARCHITECTURES
from planfirst_lab.convert.reference import keep_kernels_away, keep_quiet

SOURCE = "gguf"  # key in the folder's config, below our own: the SHA-256 of the file


def unpack(source: Path, target: Path) -> None:
    """Writes the folder, whole or not at all.

    Args:
        source: a GGUF file of a Llama or Qwen2 model; its header is checked before it is read.
        target: the folder; what is there is replaced.

    Raises:
        ModelError: the file is damaged or of another kind, or the folder cannot be written.
    """
    header = read_header(source)
    if header.architecture not in ARCHITECTURES.values():
        raise ModelRefused(
            "plain",
            what=f"{source.name} is a {header.architecture[:40] or 'model of unknown kind'}.",
            next="Train on a Llama or Qwen2 model.",
        )
    digest = sha256_of(source)
    aside = target.with_name(f"{target.name}.partial")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        _write(source, aside)
        _without_more_tokens(aside)
        config = json.loads((aside / "config.json").read_text(encoding="utf-8"))
        config.pop("quantization_config", None)
        config["planfirst"] = {"profile": header.profile or "instruct", SOURCE: digest}
        (aside / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
        licence = header.metadata.get("general.license", "unknown")
        (aside / "README.md").write_text(f"---\nlicense: {licence}\n---\n", encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        aside.replace(target)
    except OSError as error:
        raise ModelError(
            "plain",
            what=f"{target} cannot be written: {error.strerror or error}.",
            next="Check the folder and its free space; four bytes a weight are needed.",
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _without_more_tokens(folder: Path) -> None:
    """Takes out what transformers adds to a vocabulary that lacks its usual tokens: the weights have no row for it."""
    rows = json.loads((folder / "config.json").read_text(encoding="utf-8"))["vocab_size"]
    path = folder / "tokenizer.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    found["added_tokens"] = [token for token in found["added_tokens"] if token["id"] < rows]
    path.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def _write(source: Path, folder: Path) -> None:
    keep_kernels_away()
    import transformers

    keep_quiet()
    where, file = source.parent, source.name
    try:
        with redirect_stderr(StringIO()):  # a bar of progress that cannot be switched off
            model = transformers.AutoModelForCausalLM.from_pretrained(
                where,
                gguf_file=file,
                dtype=torch.float32,
                quantization_config=transformers.GgufConfig(dequantize=True),
                local_files_only=True,
            )
            model.save_pretrained(folder)
            tokenizer = transformers.AutoTokenizer.from_pretrained(where, gguf_file=file, local_files_only=True)
            tokenizer.save_pretrained(folder)
    except (torch.OutOfMemoryError, MemoryError, OSError):
        raise
    except Exception as error:  # of many kinds; all mean that this file cannot be used
        reason = next(iter(str(error).splitlines()), type(error).__name__).rstrip(".")
        raise ModelRefused(
            "plain",
            what=f"transformers cannot read {file}: {reason}.",
            next="Fetch the model again, or name its Hugging Face folder.",
        ) from error
