"""``planfirst models fit``: with a real model file, from the first trial to its removal."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock

from planfirst.adapters.running import Running
from planfirst.models import fitted
from planfirst.models.fitted import File, Fitted
from tests.cli.command_line import answer, complaint, in_process, planfirst
from tests.random_llama import write_random_llama
from tests.small_gguf import write_gguf


@pytest.mark.real
def test_in_a_second_nothing_is_kept_that_was_not_measured(tmp_path: Path) -> None:
    model = write_random_llama(tmp_path / "mine.gguf")
    before = model.read_bytes()
    result = answer(planfirst("models", "fit", model, "--seconds", "1", "--json"))
    assert not result["complete"]
    assert result["here"] == fitted.here()
    tried = {outcome["tried"]: outcome for outcome in result["tried"]}
    assert (result["path"] is None) == (not any("layout" in each and tried[each]["kept"] for each in tried))
    assert not list(fitted.folder().glob(".*"))
    assert model.read_bytes() == before


def test_what_is_there_is_listed_explained_and_removed(own_data_folder: Path) -> None:
    model = write_gguf(own_data_folder / "models" / "mine.gguf")
    copy = write_gguf(fitted.copy_of(model))
    fitted.write(model, Fitted(File.of(model), "IQ4_NL", File.of(copy), Running(threads=3)))
    (line,) = [line for line in in_process("models", "list").stdout.splitlines() if line.startswith("mine ")]
    assert line.endswith(", fitted to this machine: IQ4_NL")
    assert ". Fitted to this machine: IQ4_NL, threads: 3." in planner_line()
    copy.write_bytes(copy.read_bytes() + b"x")
    assert "is not used, since the copy was altered; " in planner_line()
    assert "fitted" not in planner_line("--set", "planner.fitted=false")
    done = in_process("models", "fit", "mine", "--forget")
    assert (done.returncode, done.stdout) == (0, "Removed what was fitted for mine: 0 MB\n")
    assert not copy.exists()
    assert model.exists()


def planner_line(*more: str) -> str:
    """What the doctor says of the model ``mine``."""
    done = planfirst("doctor", "--set", "planner.model=mine", *more)
    (line,) = [line for line in done.stdout.splitlines() if " Planner " in line]
    return line


def test_two_at_a_time(tmp_path: Path) -> None:
    model = write_gguf(tmp_path / "mine.gguf")
    fitted.folder().mkdir(parents=True)
    with FileLock(fitted.record_of(model).with_suffix(".lock")):
        said = complaint(planfirst("models", "fit", model), 1)
    assert said == "Another process is fitting mine. Wait until it is done."


def test_no_such_model(tmp_path: Path) -> None:
    assert complaint(in_process("models", "fit", "none"), 1).startswith("There is no model named 'none'.")
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(b"GGUF")
    assert "cannot be used as a model" in complaint(in_process("models", "fit", damaged), 1)
