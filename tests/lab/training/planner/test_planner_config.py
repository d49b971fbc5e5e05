from __future__ import annotations

from pathlib import Path

import pytest

from planfirst.core.errors import BadSetting
from planfirst_lab.training.planner import config


def test_the_shipped_file_is_the_original_recipe() -> None:
    found = config.load()
    assert (found.lora.rank, found.lora.alpha, found.lora.dropout) == (8, 32, 0.05)
    assert found.lora.modules == [f"{name}_proj" for name in ("q", "k", "v", "o", "gate", "up", "down")]
    assert found.weights.four_bit
    assert (found.loss.on, found.loss.by_confidence) == ("plan", True)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('on = "plan"', 'on = "everything"', "loss.on"),
        ('targets = "q k v o gate up down"', 'targets = "q w"', "lora.targets"),
        ('targets = "q k v o gate up down"', 'targets = ""', "at least one"),
        ("rank = 8", "rank = 0", "lora.rank"),
        ("rank = 8", 'rank = "eight"', "whole number"),
        ("held_out = 0.05", "held_out = 1.0", "data.held_out"),
        ("rows = 16", "rows = 0", "optimiser.rows"),
        ("seed = 20260", "", "seed"),
        ('profile = "compact"', 'profile = "chatty"', "data.profile"),
    ],
)
def test_what_is_wrong_is_named(old: str, new: str, said: str, tmp_path: Path) -> None:
    text = config.SHIPPED.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "planner.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadSetting, match=said):
        config.load(path)


def test_the_output_matrix_is_an_option(tmp_path: Path) -> None:
    path = tmp_path / "planner.toml"
    path.write_text(config.SHIPPED.read_text(encoding="utf-8").replace("output = false", "output = true"), "utf-8")
    assert config.load(path).lora.modules[-1] == "lm_head"
