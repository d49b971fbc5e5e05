"""What ``auto`` stands for: by what is installed, free memory and measured pace."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from planfirst.models import choice, installed, resolve
from planfirst.models.choice import choose, remember
from planfirst.models.entries import entry_named, path_of
from tests.small_gguf import write_gguf

SMALL, LARGE = "qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    state = SimpleNamespace(available=8 << 30)
    monkeypatch.setattr("planfirst.models.choice.psutil.virtual_memory", lambda: state)
    return state


def install(*names: str) -> None:
    for name in names:
        entry = entry_named(name)
        assert entry is not None
        os.truncate(write_gguf(path_of(entry)), entry.size)  # with nothing behind it


def wrote(name: str, tokens: int, seconds: float) -> None:
    entry = entry_named(name)
    assert entry is not None
    remember(path_of(entry), tokens, seconds)


def next_start() -> None:
    """What a new process knows."""
    choice._chosen.clear()


def test_with_nothing_else_it_is_the_starter() -> None:
    assert choose().name == resolve("auto").name == "starter"
    assert "planfirst models pull qwen2.5-coder-0.5b" in choose().reason


def test_the_best_that_fits() -> None:
    install(SMALL)
    assert choose().name == SMALL
    install(LARGE, "llama-3.2-1b")
    assert choose().name == resolve(" Auto ").name == LARGE
    assert "its pace here is not measured yet" in choose().reason


def test_another_file_under_a_known_name_is_not_chosen() -> None:
    entry = entry_named(SMALL)
    assert entry is not None
    size = write_gguf(path_of(entry)).stat().st_size
    assert choose().name == "starter"
    (model,) = [one for one in installed() if one.name == SMALL]
    assert model.problem == f"it has {size:,} bytes and not 491,400,064, so it is another file under that name"


def test_too_little_memory_and_the_choice_stays(memory: SimpleNamespace) -> None:
    install(SMALL, LARGE)
    memory.available = 1500 << 20
    assert choose().name == SMALL
    assert "qwen2.5-coder-1.5b needs 1577 MB of memory and 1500 MB are free" in choose().reason
    memory.available = 100 << 20  # now that it is loaded
    wrote(SMALL, 100, 100)  # nor does an answer change who writes the next one
    assert choose().name == SMALL
    next_start()
    assert choose().name == "starter"
    assert "qwen2.5-coder-0.5b needs 980 MB of memory and 100 MB are free" in choose().reason


def test_a_slow_machine() -> None:
    install(SMALL, LARGE)
    wrote(SMALL, 80, 10)
    assert choose().name == SMALL  # 8.0 measured, so the larger one would do 3.5
    assert "8.0 tokens a second, measured" in choose().reason
    assert f"{LARGE} would write about 3.5 tokens a second here, and 6 are the least" in choose().reason
    wrote(LARGE, 70, 10)
    next_start()
    assert choose().name == LARGE  # what is measured counts more than what was expected


def test_a_slow_first_answer_does_not_stay() -> None:
    install(SMALL)
    wrote(SMALL, 50, 10)
    assert choose().name == "starter"
    assert f"{SMALL} writes 5.0 tokens a second here, and 6 are the least" in choose().reason
    wrote(SMALL, 200, 10)
    wrote(SMALL, 70, 10)  # the best counts
    next_start()
    assert "20.0 tokens a second, measured" in choose().reason


def test_what_is_older_than_thirty_days_counts_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    install(SMALL)
    wrote(SMALL, 200, 10)
    monkeypatch.setattr("planfirst.models.choice._today", lambda: date.today() + timedelta(31))
    assert "its pace here is not measured yet" in choose().reason
    wrote(SMALL, 70, 10)
    next_start()
    assert "7.0 tokens a second, measured" in choose().reason


@pytest.mark.parametrize("text", ["[1", "[]", '{"machine": 1, "pace": []}', "{}", "[" * 5000])
def test_what_is_measured_elsewhere_or_damaged_says_nothing(
    own_data_folder: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    install(SMALL)
    wrote(SMALL, 30, 30)
    assert choose().name == "starter"
    with monkeypatch.context() as patch:
        patch.setattr("planfirst.models.choice.platform.node", lambda: "another")
        next_start()
        assert choose().name == SMALL
    (own_data_folder / "speeds.json").write_text(text, encoding="utf-8")
    next_start()
    assert choose().name == SMALL
    wrote(SMALL, 30, 1)  # and is written over
    next_start()
    assert "30.0 tokens a second, measured" in choose().reason


def test_a_short_answer_and_a_file_of_ones_own_are_no_measurement(own_data_folder: Path, tmp_path: Path) -> None:
    install(SMALL)
    wrote(SMALL, 23, 1)
    remember(write_gguf(tmp_path / f"{SMALL}.gguf"), 100, 1)
    assert not (own_data_folder / "speeds.json").exists()


def test_nothing_is_left_of_a_figure_that_cannot_be_written(own_data_folder: Path) -> None:
    install(SMALL)
    (own_data_folder / "speeds.json").mkdir()
    with pytest.raises(OSError, match="speeds"):
        wrote(SMALL, 100, 1)
    assert sorted(path.name for path in own_data_folder.iterdir()) == ["models", "speeds.json"]
