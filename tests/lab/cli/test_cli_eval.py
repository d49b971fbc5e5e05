"""``planfirst eval starter`` with the shipped model and the real embedding model."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from planfirst.words import Message
from tests.cli.command_line import COMMAND, answer, complaint, environment, in_process, planfirst

MBPP = [
    {
        "task_id": n,
        "prompt": "Write a function to double a number.",
        "code": "def double(n):\n    return 2 * n",
        "test_imports": [],
        "test_list": ["assert double(2) == 4"],
    }
    for n in range(2)
]


def test_without_a_store(own_data_folder: Path) -> None:
    line = complaint(planfirst("eval", "starter"), 1)
    store = own_data_folder / "store"
    assert line == str(Message("store-missing", place=store))


def test_a_model_and_a_file_that_are_not_there(tmp_path: Path) -> None:
    assert complaint(in_process("eval", "starter", "--model", "nosuch"), 1).startswith("There is no model named")
    line = complaint(in_process("eval", "starter", "--mbpp", tmp_path / "none.json"), 2)
    assert line.endswith(
        "Give the file sanitized-mbpp.json of the data set, mbpp.jsonl, or MBPP+ as a table of JSON lines."
    )


@pytest.mark.real
def test_it_measures_writes_and_resumes(cookbook_home: Path, tmp_path: Path) -> None:
    mbpp, out = tmp_path / "mbpp.json", tmp_path / "out"
    mbpp.write_text(json.dumps(MBPP), encoding="utf-8")
    command = ["eval", "starter", "--limit", "3", "--samples", "2", "--mbpp", str(mbpp), "--out", str(out)]
    result = answer(planfirst(*command, "--json", home=cookbook_home))
    assert json.loads((out / "report.json").read_text(encoding="utf-8")) == result
    for name in ("in_store", "left_out", "plain", "example", "plan"):
        assert result[name]["n"] == 3
        assert 0 <= result[name]["pass@1"] <= 1
    assert result["left_out"]["pass@2 n"] == 3
    assert {"full", "plain"} <= result["mbpp"].keys()
    assert result["mbpp"]["full"]["n"] == 2
    assert result["retrieval"]["n"] == 3
    assert result["model"]["name"] == "starter"
    assert result["speed"]["plan"]["median"] > 0
    assert (out / "pass1.png").read_bytes().startswith(b"\x89PNG")

    lines = (out / "generations.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3 * 5 + 3 * 2 + 2 * 2 * 3
    for line in map(json.loads, lines):
        assert line["passed"] or line["error"]
        if line["arm"] == "left_out":
            assert line["example"] != f"cookbook:{line['item']}"

    again = planfirst(*command, home=cookbook_home)
    assert again.returncode == 0, again.stderr
    assert "in store: example + plan, pass@1" in again.stdout
    assert "MBPP, full, pass@1" in again.stdout
    assert (out / "generations.jsonl").read_text(encoding="utf-8").splitlines() == lines


@pytest.mark.real
@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C cannot be sent to one process there")
def test_control_c_keeps_what_was_done(cookbook_home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [*COMMAND, "eval", "starter", "--samples", "100", "--out", str(out)]
    written = out / "generations.jsonl"
    with subprocess.Popen(
        command,
        env=environment(cookbook_home, {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        while process.poll() is None and not (written.is_file() and written.read_bytes().count(b"\n") > 5):
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)
        printed, said = process.communicate(timeout=60)
    assert (process.returncode, printed, said) == (1, "", "planfirst: Stopped.\n")
    lines = written.read_text(encoding="utf-8").splitlines()
    assert len(lines) > 5
    assert all(json.loads(line)["item"] for line in lines)
    assert not (out / "report.json").exists()
