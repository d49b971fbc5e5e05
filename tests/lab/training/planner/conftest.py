from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.small_hf import write_hf

_NOISY = (
    "ignore:`is_gradient_checkpointing`:FutureWarning",  # from inside PEFT
    "ignore:Model has `tie_word_embeddings=True`:UserWarning",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            for text in _NOISY:
                item.add_marker(pytest.mark.filterwarnings(text))


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small Llama with tied embeddings; tests must not write to it."""
    return write_hf(tmp_path_factory.mktemp("hf") / "base")
