"""Refuses a model's folder that could run code when it is loaded.

A folder is untrusted: weights are read from safetensors files only, never from pickles, and no code that comes with a
model is run.
"""

from __future__ import annotations

import json
from pathlib import Path

from planfirst.core.errors import ModelRefused
from planfirst.core.regular_file import read_regular

_LARGEST = 1 << 20  # bytes
_PICKLES = {".bin", ".ckpt", ".pickle", ".pkl", ".pt", ".pth"}


def refuse_unsafe(folder: Path) -> None:
    """Refuses a folder whose weights, or a part of them, are there as a pickle only, or that names code to import."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    safe = {path.parent for path in files if path.suffix == ".safetensors"}
    for path in files:
        if path.suffix in _PICKLES and path.parent not in safe and path.stem != "training_args":
            raise ModelRefused("embedding-pickled", folder=folder, file=path.name)
    if not safe:
        raise ModelRefused("embedding-without-weights", folder=folder)
    for kind in _module_types(folder):
        if not kind.startswith("sentence_transformers."):
            raise ModelRefused("embedding-runs-code", folder=folder, kind=kind[:80])


def _module_types(folder: Path) -> list[str]:
    path = folder / "modules.json"
    if not path.exists():
        return []
    try:
        return [str(module["type"]) for module in json.loads(read_regular(path, _LARGEST))]
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise ModelRefused("embedding-undescribed", file=path) from error
