"""A real model for the runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.random_llama import LONG_NAME, write_random_llama


@pytest.fixture(scope="session")
def random_llama(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """It writes a long name first, so that its first tokens are code."""
    return write_random_llama(tmp_path_factory.mktemp("stress") / "random.gguf", writes=LONG_NAME)
