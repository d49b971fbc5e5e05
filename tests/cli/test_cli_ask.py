"""``planfirst plan``, ``prompt`` and ``generate`` with the real embedding model and a real, random GGUF."""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from planfirst.words import Message
from tests.cli.command_line import COMMAND, Done, answer, environment, last_line, planfirst
from tests.random_llama import LONG_NAME, write_random_llama

pytestmark = pytest.mark.real
QUESTION = "read a csv file into a list of dicts"
KEYS = {"request", "examples", "plan", "prompt", "code", "model", "notices", "timings_ms"}
STAGES = {
    "plan": ["retrieve", "plan"],
    "prompt": ["retrieve", "plan", "prompt"],
    "generate": ["retrieve", "plan", "prompt", "generate"],
}
BLOCK = "import csv\r\n\r\n\t# read a csv file\r\n\t# into a list of dicts\r\n\tpass\r\n".replace("\t", "")
STUB = 'import csv\n\n\ndef load(path):\n    """Read a csv file into a list of dicts."""'


def checked(done: Done, command: str) -> Any:
    """The JSON of an answer, after what holds for all of them was checked."""
    found = answer(done)
    assert set(found) == KEYS
    assert list(found["timings_ms"]) == STAGES[command]
    assert all(milliseconds >= 0 for milliseconds in found["timings_ms"].values())
    assert all(step.strip() for step in found["plan"])
    assert 1 <= len(found["plan"]) <= 6
    assert found["model"] == "random"
    assert bool(found["prompt"]) == (command != "plan")
    assert done.stderr.splitlines() == found["notices"]
    return found


@pytest.mark.parametrize("command", ["plan", "generate"])
def test_a_request_in_words(cookbook_home: Path, quick: list[str], command: str) -> None:
    found = checked(planfirst(command, QUESTION, "--json", *quick, home=cookbook_home), command)
    assert found["request"] == QUESTION
    best = found["examples"][0]
    assert set(best) == {"question", "code", "score", "match", "source", "licence", "place", "used"}
    assert (best["question"], best["source"], best["used"]) == (QUESTION, "cookbook", True)
    assert 0.6 < best["score"] <= 1.0
    assert best["licence"]
    assert best["place"] == "cookbook/csv_data.toml#read-csv-dicts"
    assert [example["used"] for example in found["examples"]] == [True] + [False] * 9
    if command != "plan":
        assert QUESTION in found["prompt"]
        assert best["code"] in found["prompt"]
        assert all(step in found["prompt"] for step in found["plan"])


@pytest.mark.parametrize(
    ("content", "line", "request_text"),
    [
        (BLOCK, "4", "read a csv file\ninto a list of dicts"),
        (STUB, "4", "Read a csv file into a list of dicts."),
    ],
    ids=["comment with CRLF", "stub without a final newline"],
)
def test_a_request_in_a_file(
    cookbook_home: Path, quick: list[str], tmp_path: Path, content: str, line: str, request_text: str
) -> None:
    path = tmp_path / "source.py"
    path.write_bytes(content.encode())
    arguments = ["--file", str(path), "--line", line, "--json", *quick]
    found = checked(planfirst("prompt", *arguments, home=cookbook_home), "prompt")
    assert found["request"] == request_text
    assert found["examples"][0]["used"]
    assert "import csv" in found["prompt"]
    assert "\r" not in found["prompt"]
    assert path.read_bytes() == content.encode()


def test_a_very_long_request_is_trimmed_and_that_is_said(cookbook_home: Path, quick: list[str]) -> None:
    request = ("sort the names, " * 6_250)[:100_000]
    done = planfirst("prompt", request, *quick, home=cookbook_home)
    assert done.returncode == 0
    assert 0 < len(done.stdout) < 20_000
    assert "sort the names, sort the names" in done.stdout
    *_, said = done.stderr.splitlines()
    assert said.startswith("The last ")
    assert "tokens of your comment did not fit" in said
    assert "prompt.requestTokens" in said


@pytest.mark.skipif(os.name == "nt", reason="arguments are always valid text there")
def test_an_argument_that_is_not_utf8_and_no_store(quick: list[str], own_data_folder: Path) -> None:
    done = planfirst("plan", b"sort \xff the \xed\x95\x9c names", "--json", *quick)
    found = checked(done, "plan")
    assert found["request"] == "sort \udcff the 한 names"
    assert found["examples"] == []
    assert found["notices"] == [
        f"{Message('store-missing', place=own_data_folder / 'store')} This time, no example is used."
    ]


def test_a_model_process_that_is_killed(quick: list[str]) -> None:
    with subprocess.Popen(
        [*COMMAND, "generate", "sort the names", *quick],
        env=environment(None, {}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        parent = psutil.Process(process.pid)
        while process.poll() is None:  # also the one that is loaded ahead, while the search goes on
            with suppress(psutil.Error):
                for child in parent.children():
                    if child.cmdline()[-1:] == ["model"]:
                        child.kill()
            time.sleep(0.005)
        printed, said = process.communicate(timeout=60)
    line = last_line(subprocess.CompletedProcess(process.args, process.returncode, printed, said), 2)
    assert (process.returncode, printed) == (1, "")
    assert line.startswith("The model process ended unexpectedly (")
    assert "planfirst doctor" in line


def test_the_rules_of_the_project_stand_in_the_prompt(cookbook_home: Path, quick: list[str], tmp_path: Path) -> None:
    model = write_random_llama(tmp_path / "general.gguf", writes=LONG_NAME)
    (tmp_path / "AGENTS.md").write_text("Use tabs.", encoding="utf-8")
    path = tmp_path / "source.py"
    path.write_text("# add two numbers\n", encoding="utf-8")
    arguments = ["prompt", "--file", str(path), "--line", "1", *quick, "--set", f"planner.model={model}"]
    shown = planfirst(*arguments, "--set", "prompt.rules=on", home=cookbook_home)
    assert shown.stdout.startswith("Rules of this project:\nUse tabs.\n")
    assert "Use tabs." not in planfirst(*arguments, "--set", "prompt.rules=off", home=cookbook_home).stdout
