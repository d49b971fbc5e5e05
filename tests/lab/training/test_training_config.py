from __future__ import annotations

from pathlib import Path

import pytest

from planfirst.core.errors import BadSetting
from planfirst_lab.training import config
from planfirst_lab.training.model import Llama


def test_the_shipped_configuration_counts_its_weights() -> None:
    shipped = config.load()
    model = Llama(shipped.model, 0)
    assert sum(weight.numel() for weight in model.parameters()) == shipped.model.parameters
    assert shipped.model.context >= 1024 > shipped.data.longest_row


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("seed = ", "seeds = ", "seeds"),
        ("width = 320", 'width = "256"', "model.width"),
        ("width = 320", "width = true", "model.width"),
        ("[data]", "[data]\nmore = 1", "data.more"),
        ("compiled = true", "compiled = 1", "optimiser.compiled"),
        ("clip = 1.0", "", "optimiser.clip"),
        ("[model]", "[model", "cannot be read"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = config.SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "c.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadSetting, match=said):
        config.load(path)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="cannot be read"):
        config.load(tmp_path / "none.toml")
