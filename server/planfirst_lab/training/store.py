"""The store that a model is measured with: built in the work folder, the same that `planfirst index build` makes."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from planfirst import corpora
from planfirst.core.errors import StoreError
from planfirst.corpora import recipes
from planfirst.embedders.sbert import Embedder
from planfirst.settings import Settings
from planfirst.store import read
from planfirst.store.build import build
from planfirst_lab.evaluation.items import from_cookbook
from planfirst_lab.evaluation.retrieval import require


def prepare(folder: Path, console: Console) -> None:
    """Builds the store, unless there is one that holds the recipes which are measured, as they are now."""
    try:
        loaded = read.load(folder, read.status(folder).embedding)
        require(from_cookbook(recipes.load()), loaded.pairs)
    except StoreError:
        console.print("Building the store to measure with")
        build(folder, {name: corpora.load(name) for name in Settings().retriever.corpora}, Embedder())
