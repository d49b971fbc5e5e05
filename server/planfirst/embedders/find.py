"""The embedding model that a setting names, on this machine: one of a package, a folder, or one of the hub."""

from __future__ import annotations

import re
from pathlib import Path

from planfirst.core.errors import ModelMissing
from planfirst.embedders.hub import from_hub
from planfirst.embedders.model import EmbeddingModel, fingerprint_of
from planfirst.embedders.registry import PACKAGED
from planfirst.embedders.safety import refuse_unsafe
from planfirst.folders import embedding_folder

_HUB_NAME = re.compile(r"[\w.-]+(/[\w.-]+)?")


def find_model(model: str, cache: Path | None = None) -> EmbeddingModel:
    """The model that is meant, fetched if it has to be; arguments and errors as those of `sbert.Embedder`."""
    if model in PACKAGED:
        return PACKAGED[model].made(embedding_folder())
    name, folder = _find(model, cache)
    refuse_unsafe(folder)
    return EmbeddingModel(name, folder, fingerprint_of(folder))


def _find(model: str, cache: Path | None) -> tuple[str, Path]:
    """The model's name and its folder on this machine."""
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder.resolve().name, folder
    if not _HUB_NAME.fullmatch(model):
        raise ModelMissing("embedding-missing", folder=folder)
    return model, from_hub(model, cache)
