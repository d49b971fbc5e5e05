from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from planfirst import corpora
from planfirst.core.errors import BadSetting, PlanfirstError
from planfirst.core.types import Pair
from planfirst.corpora import recipes as cookbook
from planfirst.corpora.held_out import held_out
from planfirst_lab.training import command, config, data, sources
from planfirst_lab.training.config import Config

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
    """A run over thirty functions and three recipes with a network that learns nothing in twelve steps.

    One of the recipes is held out wholly, of another a wording is.
    """
    chosen = replace(
        tiny,
        model=replace(tiny.model, context=768, copies=False),
        data=replace(tiny.data, visits=1, cookbook_visits=3),
        optimiser=replace(tiny.optimiser, batch_tokens=700, compiled=False),
    )
    recipes, kept = cookbook.load(), held_out()
    three = [
        next(recipe for recipe in recipes if recipe.id in kept.recipes),
        next(recipe for recipe in recipes if recipe.id in kept.wordings),
        next(recipe for recipe in recipes if recipe.id not in kept.recipes | kept.wordings),
    ]
    monkeypatch.setattr(config, "load", lambda path=None: chosen)
    monkeypatch.setattr(cookbook, "load", lambda folder=None: three)
    monkeypatch.setitem(corpora.CORPORA, "functions", lambda: iter(PAIRS))
    monkeypatch.setattr(
        sources, "functions", lambda most, seed: (PAIRS, [{"source": "x", "licence": "MIT", "functions": len(PAIRS)}])
    )
    return chosen


@pytest.mark.real
def test_everything_in_order(small_world: Config, tmp_path: Path) -> None:
    work, out = tmp_path / "work", tmp_path / "out"
    command.train_starter(None, work, out)
    assert sorted(path.name for path in out.iterdir()) == [
        "README.md",
        "loss.png",
        "pass1.png",
        "report.json",
        "starter-iq4_nl.gguf",
    ]
    for name in ("loss.png", "pass1.png"):
        assert (out / name).read_bytes().startswith(b"\x89PNG")
    result = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert result["in_store"]["n"] == 2
    assert result["left_out"]["samples"] == 10
    assert result["retrieval"]["n"] == 2
    assert result["unseen"]["recipes"]["plain"]["n"] == 1
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "12 steps" in card
    assert "| cookbook | Apache-2.0 | 2 |" in card
    assert "{{" not in card
    assert "### 10. " in card
    assert "| in store: example + plan, pass@1 |" in card
    assert str(tmp_path) not in card + (out / "report.json").read_text(encoding="utf-8")
    rows = (work / data.ROWS).stat().st_mtime_ns
    command.train_starter(None, work, out)  # nothing is left to train, and the data are not made again
    assert (work / data.ROWS).stat().st_mtime_ns == rows


def test_rows_stay_short_and_the_report_counts(small_world: Config, tmp_path: Path) -> None:
    said: list[str] = []
    bpe, rows = data.prepare(small_world, tmp_path, None, said.append)
    assert any(line.startswith("Left out as near-copies of 1 held-out recipes") for line in said)
    assert rows.lengths.max() <= small_world.data.longest_row
    report = json.loads((tmp_path / data.REPORT).read_text(encoding="utf-8"))
    (written,) = [entry["rows"] for entry in report if "rows" in entry]
    assert written >= len(rows) > 60
    text = bpe.decode(rows.row(0).tolist(), skip_special_tokens=False)
    assert text.startswith("<|system|>Plan in at most six steps")
    assert text.endswith("<|end|>")


def test_a_missing_extra_names_its_install_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(command, "_NEEDED", ("torch", "no_such_package_here"))
    with pytest.raises(PlanfirstError, match=r'no_such_package_here.*pip install "planfirst-lab\[train\]"'):
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
