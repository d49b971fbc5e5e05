"""What ``auto`` stands for: by what is installed, free memory and measured pace."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from planfirst.models import resolve
from planfirst.models.choice import choose, remember
from planfirst.models.entries import entry_named, path_of
from small_gguf import write_gguf

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
        write_gguf(path_of(entry))


def test_with_nothing_else_it_is_the_starter() -> None:
    assert choose().name == resolve("auto").name == "starter"
    assert "planfirst models pull qwen2.5-coder-0.5b" in choose().reason


def test_the_best_that_fits() -> None:
    install(SMALL)
    assert choose().name == SMALL
    install(LARGE, "llama-3.2-1b")
    assert choose().name == resolve(" Auto ").name == LARGE
    assert "not measured yet" in choose().reason


def test_too_little_memory_and_the_choice_stays(memory: SimpleNamespace) -> None:
    install(SMALL, LARGE)
    memory.available = 1500 << 20
    assert choose().name == SMALL
    assert "qwen2.5-coder-1.5b needs 1577 MB of memory and 1500 MB are free" in choose().reason
    memory.available = 100 << 20  # now that it is loaded
    assert choose().name == SMALL
    remember(SMALL, 100, 10)
    assert choose().name == "starter"


def test_a_slow_machine(own_data_folder: Path) -> None:
    install(SMALL, LARGE)
    remember(SMALL, 80, 10)
    assert choose().name == SMALL  # 8.0 measured, so the larger one would do 3.5
    assert "8.0 tokens/s measured" in choose().reason
    remember(LARGE, 70, 10)
    assert choose().name == LARGE  # what is measured counts more than what was expected


def test_what_is_measured_elsewhere_or_damaged_says_nothing(
    own_data_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(SMALL)
    remember(SMALL, 10, 10)
    assert choose().name == "starter"
    with monkeypatch.context() as patch:
        patch.setattr("planfirst.models.choice.platform.node", lambda: "another")
        assert choose().name == SMALL
    (own_data_folder / "speeds.json").write_text("[1", encoding="utf-8")
    assert choose().name == SMALL


def test_a_short_answer_is_no_measurement(own_data_folder: Path) -> None:
    remember(SMALL, 3, 1)
    remember("somebody's", 100, 1)
    assert not (own_data_folder / "speeds.json").exists()
