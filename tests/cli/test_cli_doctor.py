"""``planfirst doctor``: one line for each part, and how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Done, planfirst

CHECKS = ["Python", "Packages", "llama.cpp", "Planner", "Store", "Answer"]


def report(done: Done) -> dict[str, tuple[str, str]]:
    """What was said of each part, and ``ok`` or ``fault``."""
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
    assert said["Store"][1] == f"There is no store of examples in {store}. Build it with `planfirst index build`."
    assert said["Planner"][1].startswith(f"There is no model file at {missing}. ")
    assert said["Answer"][1] == said["Planner"][1]
    assert "llama-cpp-python 0." in said["Packages"][1]


@pytest.mark.real
def test_all_is_well(cookbook_home: Path, quick: list[str], random_llama: Path) -> None:
    done = planfirst("doctor", *quick, home=cookbook_home)
    assert done.returncode == 0, done.stdout
    said = report(done)
    assert {mark for mark, _ in said.values()} == {"ok"}
    assert said["Planner"][1].endswith(str(random_llama))
    assert "(cookbook " in said["Store"][1]
    assert said["Answer"][1].startswith("random answered with ")
