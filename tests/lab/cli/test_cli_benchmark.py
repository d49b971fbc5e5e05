"""``planfirst eval`` on the forms of public benchmarks, with real models and real sandboxes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.adapters import sandbox_outside as outside
from tests.adapters.completion_server import serving
from tests.cli.command_line import answer, complaint, in_process, planfirst
from tests.lab.evaluation.samples import HUMANEVAL, MBPP, ODEX, OWN, written

REASON = outside.why_not_here()
sandboxed = pytest.mark.skipif(bool(REASON), reason=REASON)


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    return written(tmp_path / "tasks.jsonl", HUMANEVAL, MBPP, ODEX, OWN)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["humaneval"], "The data of humaneval does not come with Planfirst. Give the path of its file."),
        (
            ["cookbook", "x.jsonl"],
            "The tasks of cookbook come with Planfirst, so it takes no file. Leave the path out.",
        ),
        (["nosuch.jsonl"], "The file nosuch.jsonl cannot be used: No such file or directory. Each line is an object"),
        (["humaneval", "x", "--arms", "best"], "There is no arm 'best'. Choose from bare,"),
        (["humaneval", "x", "--budget", "8"], "Invalid value for '--budget'"),
        (["nosuch"], "No such command 'nosuch'. See"),
    ],
)
def test_what_cannot_be_measured(arguments: list[str], said: str) -> None:
    assert complaint(in_process("eval", *arguments), 2).startswith(said)


@sandboxed
@pytest.mark.real
def test_right_and_wrong_solutions(tasks: Path, tmp_path: Path) -> None:
    found = answer(planfirst("eval", tasks, "--references", "--json"))
    assert [(one["name"], one["passed"], one["n"]) for one in found["solutions"]] == [
        ("the reference solution", 4, 4),
        ("the same, put into the file by Planfirst", 3, 3),
        ("an empty body", 0, 4),
        ("a wrong constant", 0, 4),
    ]
    wrong = written(tmp_path / "wrong.jsonl", OWN | {"reference": "def double(n):\n    return 3 * n"})
    done = planfirst("eval", "file", wrong, "--references")
    assert done.returncode == 1
    assert "the reference solution, double: double(2) gave 6, not 4" in done.stdout


@sandboxed
@pytest.mark.real
def test_a_check_that_needs_a_package(tmp_path: Path) -> None:
    file = written(tmp_path / "a.jsonl", OWN | {"tests": "import nosuchpackage\nassert double(1) == 2"})
    line = complaint(planfirst("eval", file, "--references"), 2)
    assert line.startswith("Every task's check needs packages that the sandbox does not have (nosuchpackage, for one).")
    file = written(tmp_path / "b.jsonl", OWN, OWN | {"id": "b", "tests": "import nosuchpackage\nassert 1"})
    assert answer(planfirst("eval", file, "--references", "--json"))["left_out"] == {"nosuchpackage": 1}


@sandboxed
@pytest.mark.real
def test_a_model_is_measured_and_the_run_taken_up(tasks: Path, tmp_path: Path, random_llama: Path) -> None:
    out = tmp_path / "out"
    command: list[Any] = ["eval", tasks, "--arms", "plain", "--model", random_llama, "--budget", "40"]
    command += ["--set", "planner.threads=1", "--out", out]
    result = answer(planfirst(*command, "--limit", "2", "--json"))  # without an example no store is needed
    assert json.loads((out / "report.json").read_text(encoding="utf-8")) == result
    assert result["arms"]["plain"]["n"] == result["benchmark"]["measured"] == 2
    assert result["arms"]["plain"]["tokens"]["most"] <= 40
    assert result["store"] is None
    assert result["sandbox"] == "bubblewrap"
    first = (out / "generations.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(first) == 2

    done = planfirst(*command, "--samples", "1")
    assert done.returncode == 0, done.stderr
    assert f"The report is {out / 'report.html'}" in done.stdout
    lines = (out / "generations.jsonl").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == first
    assert len(lines) == 4 + 4

    again = planfirst(*command, "--samples", "1", "--out", tmp_path / "again")
    assert again.returncode == 0, again.stderr
    other = (tmp_path / "again" / "generations.jsonl").read_text(encoding="utf-8").splitlines()
    kept = [
        {key: value for key, value in json.loads(line).items() if key not in ("seconds", "first")} for line in lines
    ]
    for line in map(json.loads, other):  # the same seed, the same answers
        line = {key: value for key, value in line.items() if key not in ("seconds", "first")}
        assert line in kept


@sandboxed
@pytest.mark.real
async def test_a_server_is_measured(tmp_path: Path) -> None:
    def said(code: str) -> bytes:
        piece = json.dumps({"choices": [{"delta": {"content": code}, "finish_reason": None}]})
        head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        return head + f"data: {piece}\n\ndata: [DONE]\n\n".encode()

    file = written(tmp_path / "a.jsonl", OWN, OWN | {"id": "b", "tests": ">>> double(3)\n7"})
    async with serving(said("```python\ndef double(n):\n    return n + n\n```")) as server:
        command: list[Any] = ["eval", file, "--arms", "plain", "--model", f"http://127.0.0.1:{server.port}/v1"]
        refused = await asyncio.to_thread(planfirst, *command)
        assert complaint(refused, 2).startswith("No model is named for the server 127.0.0.1.")
        command += ["--set", "generator.endpointModel=coder", "--out", tmp_path / "out", "--json"]
        result = answer(await asyncio.to_thread(planfirst, *command))
    assert result["model"]["name"] == "coder at 127.0.0.1"
    assert (result["arms"]["plain"]["passed"], result["arms"]["plain"]["n"]) == (1, 2)
    assert len(server.requests) == 2
    assert all(body["max_tokens"] == 384 for _, _, body in server.requests)
