"""A model that answers quickly, and the options that choose it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.random_llama import LONG_NAME, write_random_llama


@pytest.fixture(scope="session")
def random_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real GGUF file that plans first, and writes a long name."""
    return write_random_llama(tmp_path_factory.mktemp("coder") / "random.gguf", writes=LONG_NAME, profile="compact")


@pytest.fixture
def quick(random_llama: Path) -> list[str]:
    """Options that choose the random model and keep its answers short."""
    # One thread: for so small a model more of them only wait for each other, and for long on a busy machine.
    settings = [f"planner.model={random_llama}", "planner.threads=1", "planner.maxTokens=40", "generator.maxTokens=30"]
    return [part for setting in settings for part in ("--set", setting)]


@pytest.fixture(scope="session")
def assigning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model that writes one thing again and again."""
    return write_random_llama(tmp_path_factory.mktemp("writes") / "assigns.gguf", writes="x=1\n")
