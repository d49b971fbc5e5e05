"""``planfirst doctor``: one line for each part, and how to mend it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from planfirst.cli import doctor
from planfirst.settings_reader import parse
from planfirst.words import Message
from tests.cli.command_line import Done, planfirst
from tests.small_gguf import write_gguf

CHECKS = ["Python", "Packages", "llama.cpp", "Planner", "Embedding", "Store", "Answer", "Sandbox"]


def report(done: Done) -> dict[str, tuple[str, str]]:
    """What was said of each part, and ``ok``, ``fault`` or, of a sandbox, ``none``."""
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    *lines, folder = done.stdout.splitlines()
    assert folder.startswith("Data folder: ")
    parts = [line.split(maxsplit=2) for line in lines]
    assert [part for _, part, _ in parts] == CHECKS
    return {part: (mark, said) for mark, part, said in parts}


def test_everything_that_is_missing_is_told_with_what_to_do(tmp_path: Path, own_data_folder: Path) -> None:
    missing = tmp_path / "missing.gguf"
    done = planfirst("doctor", "--set", f"planner.model={missing}")
    assert done.returncode == 1
    said = report(done)
    assert [part for part, (mark, _) in said.items() if mark == "fault"] == ["Planner", "Store", "Answer"]
    store = own_data_folder / "store"
    assert said["Store"][1] == str(Message("store-missing", place=store))
    assert said["Planner"][1].startswith(f"There is no model file at {missing}. ")
    assert said["Answer"][1] == said["Planner"][1]
    assert "llama-cpp-python 0." in said["Packages"][1]


def test_a_sandbox_that_is_missing_is_no_fault_and_it_is_said_how_to_get_one(tmp_path: Path) -> None:
    said = report(planfirst("doctor", "--set", f"planner.model={tmp_path / 'missing.gguf'}", PATH=str(tmp_path)))
    mark, words = said["Sandbox"]
    assert mark == "none"
    assert words.startswith("No sandbox works on this machine. ")
    assert "nstall" in words
    assert words.endswith("Until then generated code is read, and not run.")


def test_a_model_larger_than_free_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_gguf(tmp_path / "large.gguf")
    os.truncate(path, 2 << 30)
    free = SimpleNamespace(available=1 << 30)
    monkeypatch.setattr("planfirst.models.choice.psutil.virtual_memory", lambda: free)
    settings, _ = parse({"planner": {"model": str(path)}})
    said = doctor._planner(settings)
    assert said.startswith("large, 2,147 MB, window of 512 tokens, asked as an unknown model, ")
    assert said.endswith(
        ". It needs 2560 MB of memory and 1024 MB are free, so it may be very slow; "
        "choose a smaller one, or close other programs."
    )
    free.available = 4 << 30
    assert doctor._planner(settings).endswith(
        f"large.gguf. `planfirst models fit {path}` looks for a copy that is quicker on this machine."
    )


@pytest.mark.real
def test_all_is_well(cookbook_home: Path, quick: list[str], random_llama: Path) -> None:
    done = planfirst("doctor", *quick, home=cookbook_home)
    assert done.returncode == 0, done.stdout
    said = report(done)
    assert {mark for part, (mark, _) in said.items() if part != "Sandbox"} == {"ok"}
    assert said["Planner"][1].endswith(str(random_llama))
    assert said["Embedding"][1].startswith("all-MiniLM-L6-v2 ")
    assert said["Embedding"][1].endswith(" on llama.cpp, 384 numbers a text")
    assert "(cookbook " in said["Store"][1]
    assert re.fullmatch(r"random answered with \d+ tokens, [\d.,]+ a second", said["Answer"][1])
