"""Dialogues in the real sandbox, and the whole command: offline, and with scripted endpoints."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from planfirst.core.errors import BadSetting, EndpointDown, PlanfirstError
from planfirst_lab.evaluation.checks import Check
from planfirst_lab.training.instruct import command, config
from planfirst_lab.training.instruct.command import Options, verify_instruct
from planfirst_lab.training.instruct.copies import Copies
from planfirst_lab.training.instruct.dialogue import Dropped, Kept, hold, record
from planfirst_lab.training.instruct.interpreter import Interpreter
from planfirst_lab.training.instruct.problems import Problem
from planfirst_lab.training.instruct.programmers import CookbookProgrammer, Turn
from tests.adapters import sandbox_outside as outside
from tests.adapters.completion_server import HEAD, event, serving

REASON = outside.why_not_here()
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON)
QUIET = Console(quiet=True)
PLAN = replace(config.load().dialogue, mutants=2, rounds=2, killed=0.9)
RIGHT = "def double(x):\n    return 2 * x"
TESTS = "assert double(2) == 4\nassert double(0) == 0\nassert double(5) == 10"
PROBLEM = Problem("double", "double a number", "def double(x):", Check("asserts", TESTS))
POSED = f"QUESTION: double a number\nSIGNATURE: def double(x):\nTESTS:\n{TESTS}\n"


class Scripted:
    """Gives one answer after another, and keeps what it was told."""

    name = "scripted"

    def __init__(self, *answers: str) -> None:
        self.answers, self.told = list(answers), list[list[Turn]]()

    async def answer(self, problem: Problem, before: Sequence[Turn]) -> str:
        self.told.append(list(before))
        if not self.answers:
            raise EndpointDown("plain", what="It is silent.", next="Try again.")
        return self.answers.pop(0)


async def held(problem: Problem, programmer: Any, copies: Copies | None = None) -> Kept | Dropped:
    async with Interpreter(5.0) as interpreter:
        return await hold(problem, programmer, interpreter, copies or Copies([], 0.5), PLAN, 1)


async def test_an_answer_is_mended_after_its_error_and_kept() -> None:
    programmer = Scripted("def double(x):\n    return x", RIGHT)
    kept = await held(PROBLEM, programmer)
    assert isinstance(kept, Kept)
    assert [bool(turn.error) for turn in kept.turns] == [True, False]
    assert "double(2) == 4" in programmer.told[1][0].error
    assert kept.killed == kept.tried > 0
    line = record(kept, {"stage": "teaching"})
    assert [message["role"] for message in line["messages"]] == ["user", "assistant"] * 2
    assert "The tests say: assert double(2) == 4" in line["messages"][2]["content"]
    assert line["answer"] == RIGHT


@pytest.mark.parametrize(
    ("problem", "answers", "reason"),
    [
        (PROBLEM, ["x = 1", "def double(x):\n    return x"], "not right after 2 rounds"),
        (PROBLEM, [], "the programmer did not answer"),
        (replace(PROBLEM, reference="def double(x):\n    return x"), [RIGHT], "its own solution fails its tests"),
        (replace(PROBLEM, reference=f"import numpy\n{RIGHT}"), [RIGHT], "needs a package"),
        (replace(PROBLEM, check=Check("asserts", "assert callable(double)")), [RIGHT], "tests that cannot fail"),
        (replace(PROBLEM, check=Check("asserts", "assert double(1)")), [RIGHT], "tests that cannot fail"),
    ],
)
async def test_why_dialogues_fall(problem: Problem, answers: list[str], reason: str) -> None:
    dropped = await held(problem, Scripted(*answers))
    assert isinstance(dropped, Dropped)
    assert dropped.reason == reason
    assert dropped.detail


async def test_a_dialogue_is_kept_once() -> None:
    copies = Copies([], 0.5)
    assert isinstance(await held(PROBLEM, Scripted(RIGHT), copies), Kept)
    again = await held(replace(PROBLEM, id="other", question="twice a number"), Scripted(RIGHT), copies)
    assert isinstance(again, Dropped)
    assert (again.reason, again.detail) == ("a copy of another dialogue", "double")


async def test_a_slip_that_passes_shows_that_the_tests_are_too_weak() -> None:
    weak = replace(PROBLEM, check=Check("asserts", "assert double(1)"), reference=RIGHT)
    ends = [await held(replace(weak, id=str(n)), CookbookProgrammer(1.0, 5)) for n in range(5)]
    assert all(isinstance(end, Dropped) and end.reason == "tests that cannot fail" for end in ends)
    assert any(isinstance(end, Dropped) and end.detail == "an answer broken on purpose passes" for end in ends)


def small(tmp_path: Path, **more: Any) -> Options:
    text = config.SHIPPED.read_text(encoding="utf-8").replace("mutants = 6", "mutants = 1")
    tmp_path.mkdir(exist_ok=True)
    path = tmp_path / "small.toml"
    path.write_text(
        text.replace("held_out = 40", "held_out = 2").replace("slips = 0.4", "slips = 1.0"), encoding="utf-8"
    )
    given: dict[str, Any] = {"questioner": "offline", "teacher": "offline", "student": "", "problems": 3}
    return Options(**(given | more), out=tmp_path / "out", config=path)


async def test_offline_and_again(tmp_path: Path) -> None:
    options = small(tmp_path)
    found = await verify_instruct(options, QUIET)
    assert found["tried"] == 3 == found["kept"] + sum(found["why the others fell"].values())
    assert found["kept"] >= 1
    data = options.out / command.DATA
    lines = [json.loads(line) for line in data.read_text(encoding="utf-8").splitlines()]
    assert all(line["provenance"]["licence"] == "Apache-2.0" and line["rounds"] == 2 for line in lines)
    assert (options.out / command.PLOT).read_bytes().startswith(b"\x89PNG")

    whole = data.read_bytes()
    data.write_bytes(whole + b'{"id": "torn')  # as a kill in the middle of a line leaves it
    more = await verify_instruct(replace(options, problems=4), QUIET)
    assert more["tried"] == 4
    assert data.read_bytes().startswith(whole)
    assert b"torn" not in data.read_bytes()
    with pytest.raises(BadSetting, match="another configuration"):
        await verify_instruct(replace(options, config=None), QUIET)


def said(text: str) -> bytes:
    return HEAD + event(text, finish_reason="stop")


async def test_two_endpoints_play_the_roles(tmp_path: Path) -> None:
    wrong, right = said("```python\ndef double(x):\n    return x\n```"), said(f"```python\n{RIGHT}\n```")
    refusal, posed = said("I cannot do that."), said(POSED)
    async with serving(refusal, posed) as questioner, serving(wrong, right) as programmer:
        options = small(
            tmp_path,
            questioner=f"http://127.0.0.1:{questioner.port}/v1#asker",
            teacher=f"http://127.0.0.1:{programmer.port}/v1#coder",
            problems=3,
        )
        found = await verify_instruct(replace(options, store=False), QUIET)
    assert found["kept"] == 1
    assert found["why the others fell"] == {
        "the questioner's answer has another form": 1,
        "a copy of another dialogue": 1,
    }
    asked = [request[2]["messages"][-1]["content"] for request in programmer.requests]
    assert "double a number" in asked[0]
    assert "The tests say: assert double(2) == 4" in asked[1]
    line = json.loads((options.out / command.DATA).read_text(encoding="utf-8"))
    assert line["provenance"]["programmer"].startswith("coder at")
    assert line["provenance"]["inspired by"]
    assert line["rounds"] == 2


async def test_a_student_that_knows_no_more_does_not_take_over(tmp_path: Path) -> None:
    async with serving(said("no code at all")) as server:
        options = small(tmp_path, student=f"http://127.0.0.1:{server.port}/v1#student", problems=1)
        found = await verify_instruct(replace(options, store=False), QUIET)
    assert found["held out"]["stage"] == "teaching"
    assert found["held out"]["student"]["passes"] == 0


async def test_the_offline_teacher_cannot_answer_what_it_does_not_know(tmp_path: Path) -> None:
    options = small(tmp_path, questioner="http://127.0.0.1:9/v1#asker")
    with pytest.raises(BadSetting, match="offline questioner only"):
        await verify_instruct(options, QUIET)
    with pytest.raises(BadSetting, match="No model is named"):
        await verify_instruct(small(tmp_path / "b", teacher="http://127.0.0.1:9/v1"), QUIET)


async def test_a_silent_programmer_stops_the_run_and_nothing_is_written(tmp_path: Path) -> None:
    broken = b"HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n"
    async with serving(broken) as server:
        options = small(tmp_path, teacher=f"http://127.0.0.1:{server.port}/v1#coder", problems=9)
        with pytest.raises(PlanfirstError, match="3 times in a row the programmer did not answer"):
            await verify_instruct(replace(options, store=False), QUIET)
    assert (options.out / command.DROPPED).read_text(encoding="utf-8") == ""
