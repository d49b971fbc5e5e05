from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from planfirst.core.errors import BadSetting, PlanfirstError
from planfirst.core.types import Pair
from planfirst.corpora import recipes as cookbook
from planfirst.training import command, config, data, measure, sources
from planfirst.training.config import Config

PAIRS = [
    Pair(
        str(n),
        f"Add {n} to the number that is given",
        f"def add_{n}(number):\n    total = number + {n}\n    return total",
        "x",
        "MIT",
        "",
    )
    for n in range(30)
]


@pytest.fixture
def small_world(tiny: Config, monkeypatch: pytest.MonkeyPatch) -> Config:
    """A run over thirty functions and two recipes with a network that learns nothing in twelve steps."""
    chosen = replace(
        tiny,
        model=replace(tiny.model, context=768),
        data=replace(tiny.data, visits=1, cookbook_visits=3),
        optimiser=replace(tiny.optimiser, batch_tokens=700),
    )
    two = cookbook.load()[:2]
    monkeypatch.setattr(config, "load", lambda path=None: chosen)
    monkeypatch.setattr(cookbook, "load", lambda folder=None: two)
    monkeypatch.setattr(
        sources, "functions", lambda most, seed: (PAIRS, [{"source": "x", "licence": "MIT", "functions": len(PAIRS)}])
    )
    return chosen


@pytest.mark.real
def test_everything_in_order(small_world: Config, tmp_path: Path) -> None:
    work, out = tmp_path / "work", tmp_path / "out"
    command.train_starter(None, work, out)
    assert sorted(path.name for path in out.iterdir()) == ["README.md", "loss.png", "starter-q4_0.gguf"]
    assert (out / "loss.png").read_bytes().startswith(b"\x89PNG")
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "12 steps" in card
    assert "| cookbook | Apache-2.0 | 2 |" in card
    assert "{{" not in card
    assert str(tmp_path) not in card
    rows = (work / data.ROWS).stat().st_mtime_ns
    command.train_starter(None, work, out)  # nothing is left to train, and the data are not made again
    assert (work / data.ROWS).stat().st_mtime_ns == rows


def test_rows_stay_short_and_the_report_counts(small_world: Config, tmp_path: Path) -> None:
    said: list[str] = []
    bpe, rows = data.prepare(small_world, tmp_path, None, said.append)
    assert len(said) == 3
    assert rows.lengths.max() <= small_world.data.longest_row
    report = json.loads((tmp_path / data.REPORT).read_text(encoding="utf-8"))
    assert report[-1]["rows"] >= len(rows) > 60
    text = bpe.decode(rows.row(0).tolist(), skip_special_tokens=False)
    assert text.startswith("<|system|>Plan in at most six steps")
    assert text.endswith("<|end|>")


def test_held_out_wordings_are_drawn_the_same_way() -> None:
    recipes = cookbook.load()
    assert measure.held_out(recipes, 50, 1) == measure.held_out(recipes, 50, 1)
    assert len(measure.held_out(recipes, 50, 1)) == 50


def test_a_missing_extra_names_its_install_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(command, "_NEEDED", ("torch", "no_such_package_here"))
    with pytest.raises(PlanfirstError, match=r'no_such_package_here.*pip install "planfirst\[train\]"'):
        command.train_starter(None, tmp_path, tmp_path)


@pytest.mark.parametrize("name", ["tpu", *([] if torch.cuda.is_available() else ["cuda"])])
def test_an_unknown_device_is_refused(name: str, small_world: Config, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="cpu"):
        command.train_starter(None, tmp_path, tmp_path, device=name)


def test_tokenizer_is_kept(small_world: Config, tmp_path: Path) -> None:
    bpe, _ = data.prepare(small_world, tmp_path, None, str)
    (tmp_path / data.ROWS).unlink()
    again, _ = data.prepare(small_world, tmp_path, None, str)
    assert isinstance(again, Tokenizer)
    assert bpe.to_str() == again.to_str()
