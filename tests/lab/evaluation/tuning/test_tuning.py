"""Tuning finds the way in which a model is best asked, where it is known; within its time; and goes on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from planfirst.core.errors import EndpointDown
from planfirst.core.profile import INSTRUCT
from planfirst.core.types import Decoding, Prompt
from planfirst_lab.evaluation.tuning.command import measure
from planfirst_lab.evaluation.tuning.decisions import GATES
from tests.lab.evaluation.tuning.tuned_world import Heard, Model, tasks, tuned, world


def _has(prompt: Prompt, word: str) -> bool:
    return word in prompt.user or any(word in text for turn in prompt.turns for text in turn)


async def test_where_nothing_makes_a_difference_the_simpler_stands(tmp_path: Path) -> None:
    profile, decided = await tuned(Model(lambda n, prompt, how: n % 4 == 0), tmp_path)
    assert profile == replace(INSTRUCT, begun=True, example="none", plan="draft", candidates=1)
    assert [decided[name].told for name in ("begun", "example", "plan")] == [False, False, False]
    assert "cannot be told apart" in decided["begun"].says
    begun, whole = decided["begun"].options
    assert (begun.value, whole.value, begun.right, len(begun.rights)) == ("begun", "whole", whole.right, 30)
    assert begun.tokens < whole.tokens
    assert "min_score" not in decided  # no example is shown, so there is no gate to set


async def test_a_model_that_does_worse_when_its_answer_is_begun(tmp_path: Path) -> None:
    profile, decided = await tuned(Model(lambda n, prompt, how: not prompt.begun and n % 2 == 1), tmp_path)
    assert not profile.begun
    assert decided["begun"].told
    assert decided["begun"].says.startswith("whole is right 100 points more often than begun (")
    assert len(decided["begun"].options[0].rights) == 10  # it was plain before the end


async def test_a_server_that_does_not_go_on_is_not_begun(tmp_path: Path) -> None:
    model = Model(lambda n, prompt, how: True)
    profile, decided = await tuned(model, tmp_path, begins=False)
    assert not profile.begun
    assert "begun" not in decided
    assert {prompt.begun for prompt in model.asked if not prompt.turns} == {""}  # a draft's plan is begun by itself


@pytest.mark.parametrize("form", ["inline", "turn"])
async def test_the_form_in_which_an_example_helps(tmp_path: Path, form: str) -> None:
    def right(n: int, prompt: Prompt, how: Decoding) -> bool:
        inline, turn = "CLOSE" in prompt.user, bool(prompt.turns) and "CLOSE" in prompt.turns[0][1]
        return (inline and not turn) if form == "inline" else turn

    profile, decided = await tuned(Model(right), tmp_path)
    assert profile.example == form
    assert decided["example"].told
    assert f"{form} is right 100 points more often than none" in decided["example"].says
    assert {one.value for one in decided["example"].options} == {"none", "inline", "turn"}
    assert decided["example"].figure()["right"] == {"none": 0, "inline": 0, "turn": 0} | {
        form: len(decided["example"].options[0].rights)
    }


async def test_examples_that_mislead_are_kept_out_by_the_gate(tmp_path: Path) -> None:
    """Close ones (0.86) help, related ones (0.78) make right answers wrong: the gate stands at 0.8, and not at 0.75."""

    def right(n: int, prompt: Prompt, how: Decoding) -> bool:
        return _has(prompt, "CLOSE") or (n % 3 == 1 and not _has(prompt, "RELATED"))

    profile, decided = await tuned(Model(right), tmp_path)
    assert (profile.example, profile.min_score, profile.stub_score) == ("inline", 0.8, 0.85)
    assert decided["min_score"].told
    assert decided["stub_score"].told
    by_gate = {one.value: one.right for one in decided["min_score"].options}
    assert list(by_gate) == [f"{gate:g}" for gate in GATES]
    assert by_gate == {f"{gate:g}": 20 if 0.78 < gate < 0.86 else 10 for gate in GATES}


async def test_examples_that_help_from_further_off_lower_the_gate(tmp_path: Path) -> None:
    base = replace(INSTRUCT, min_score=0.85)
    profile, decided = await tuned(
        Model(lambda n, prompt, how: _has(prompt, "CLOSE") or _has(prompt, "RELATED")), tmp_path, base=base
    )
    assert (profile.min_score, profile.stub_score) == (0.75, 0.75)
    assert decided["min_score"].says.startswith("0.75 is right 50 points more often than 0.85 (20 and 10 of 20 right;")


async def test_a_gate_that_does_no_harm_stays_where_it_is(tmp_path: Path) -> None:
    profile, decided = await tuned(Model(lambda n, prompt, how: _has(prompt, "CLOSE")), tmp_path)
    assert profile.min_score == INSTRUCT.min_score
    assert decided["min_score"].says == "No other value does better (10 of 20 right)."


async def test_a_model_that_does_better_after_a_plan(tmp_path: Path) -> None:
    profile, decided = await tuned(Model(lambda n, prompt, how: "Follow this plan" in prompt.user), tmp_path)
    assert (profile.plan, profile.plan_tokens) == ("first", 60)
    assert decided["plan"].told
    assert decided["plan_tokens"].says == "10 of 10 plans have no more than 60 tokens."


@pytest.mark.parametrize(("step", "plan"), [("take what is given", "draft"), ("", "none")])
async def test_drafts_of_which_the_model_has_nothing_to_say(tmp_path: Path, step: str, plan: str) -> None:
    profile, decided = await tuned(Model(lambda n, prompt, how: True, step=step), tmp_path)
    assert profile.plan == plan
    if plan == "none":
        assert decided["plan"].says == "Of 10 plans from a draft only 0 say more than the code."


@pytest.mark.parametrize(("needed", "chosen"), [(1, 2), (3, 4), (9, 1)])
async def test_as_many_candidates_as_solve_more(tmp_path: Path, needed: int, chosen: int) -> None:
    model = Model(lambda n, prompt, how: how.temperature > 0 and how.seed >= needed)
    profile, decided = await tuned(model, tmp_path)
    assert profile.candidates == chosen
    assert decided["candidates"].says.startswith("Of 12 tasks that the first answer got wrong, one more answer solves ")


async def test_it_keeps_to_its_time_and_says_what_it_could_not_decide(tmp_path: Path) -> None:
    model = Model(lambda n, prompt, how: not prompt.begun, seconds=10)
    profile, decided = await tuned(model, tmp_path, seconds=100)
    assert profile == INSTRUCT
    assert model.time <= 110
    assert {decision.told for decision in decided.values()} == {False}
    assert decided["begun"].says.startswith("It takes 8 tasks to decide, and 1 could be compared in the time")


async def test_the_first_decisions_are_made_when_there_is_time_for_no_more(tmp_path: Path) -> None:
    model = Model(lambda n, prompt, how: not prompt.begun, seconds=10)
    profile, decided = await tuned(model, tmp_path, seconds=900)
    assert model.time <= 910
    assert not profile.begun
    assert decided["begun"].told


async def test_stopped_and_taken_up_it_comes_to_the_same_and_asks_nothing_twice(tmp_path: Path) -> None:
    def right(n: int, prompt: Prompt, how: Decoding) -> bool:
        return _has(prompt, "CLOSE") or (n % 3 == 1 and not _has(prompt, "RELATED"))

    whole, stopped = Model(right), Model(right)
    wanted, _ = await tuned(whole, tmp_path / "whole")
    for _ in range(3):
        stopped.stop_after = len(stopped.asked) + 37
        with pytest.raises(EndpointDown):
            await tuned(stopped, tmp_path / "stopped")
    stopped.stop_after = 1 << 30
    profile, _ = await tuned(stopped, tmp_path / "stopped")
    assert profile == wanted
    assert len(whole.asked) <= len(stopped.asked) <= len(whole.asked) + 3  # an answer that was cut off is made again
    asked = len(stopped.asked)
    assert (await tuned(stopped, tmp_path / "stopped"))[0] == wanted
    assert len(stopped.asked) == asked


async def test_several_answers_at_a_time_come_to_the_same(tmp_path: Path) -> None:
    model = Model(lambda n, prompt, how: _has(prompt, "CLOSE"))
    one, _ = await tuned(model, tmp_path / "one")
    four, _ = await tuned(model, tmp_path / "four", streams=4)
    assert one == four


async def test_it_tells_how_it_goes(tmp_path: Path) -> None:
    model, heard, given = Model(lambda n, prompt, how: _has(prompt, "CLOSE")), Heard(), tasks()
    made = world(model, tmp_path, given)
    with made.journal:
        _, decided = await measure(made, given, INSTRUCT, True, 1e6, heard)
    assert heard.begun == ["begun", "example", "min_score", "plan", "candidates"]
    assert heard.decisions == decided
    assert heard.steps >= len(made.journal)
