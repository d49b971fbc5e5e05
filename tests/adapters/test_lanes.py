"""Several answers at once, on a real model with random weights: they are what each would be alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from planfirst.adapters.lane import Lane
from planfirst.adapters.llama import LlamaModel
from planfirst.core.types import Decoding, Prompt

pytestmark = pytest.mark.real
ASKED = [
    Prompt("be brief", "say something"),
    Prompt("be brief", "say something else, and say it at some length, so that this one is read for longer"),
    Prompt("be brief", "say something"),
    Prompt("", "what?", turns=(("who?", "me"),), begun="well, "),
]


def never() -> bool:
    return False


@pytest.fixture
def model(random_llama: Path) -> Iterator[LlamaModel]:
    model = LlamaModel(random_llama, 1024, 1, lanes=4)
    yield model
    model.close()


def together(model: LlamaModel, prompts: list[Prompt], decoding: Decoding) -> list[str]:
    texts = [""] * len(prompts)
    for n, piece in model.stream_all([(prompt, decoding) for prompt in prompts], never):
        texts[n] += piece
    return texts


def alone(path: Path, prompt: Prompt, decoding: Decoding) -> str:
    model = LlamaModel(path, 1024, 1)
    try:
        return "".join(model.stream(prompt, decoding, never))
    finally:
        model.close()


@pytest.mark.parametrize("decoding", [Decoding(24), Decoding(24, temperature=1.0, seed=5)])
def test_answers_at_once_are_those_of_each_alone(model: LlamaModel, random_llama: Path, decoding: Decoding) -> None:
    wanted = [alone(random_llama, prompt, decoding) for prompt in ASKED]
    assert together(model, ASKED, decoding) == wanted
    assert together(model, ASKED[::-1], decoding) == wanted[::-1]  # with what the cache holds by now


def test_a_shared_prompt_is_read_once(model: LlamaModel) -> None:
    read: list[int] = []
    decode = model._roles.generator.lanes._decode
    model._roles.generator.lanes._decode = lambda rows: read.extend(len(tokens) for _, tokens in rows) or decode(rows)
    long = Prompt("be brief", "say something " * 20)
    together(model, [long] * 4, Decoding(1))
    assert sum(read) < len(model.prompt_tokens(long)) + 4 * 2


def test_a_conversation_outlives_another_prompt(model: LlamaModel) -> None:
    said = Prompt("be brief", "say something " * 20)
    answer = "".join(model.stream(said, Decoding(8), never))
    list(model.stream(Prompt("be long", "say another thing " * 20), Decoding(8), never))
    read: list[int] = []
    decode = model._roles.generator.lanes._decode
    model._roles.generator.lanes._decode = lambda rows: read.extend(len(tokens) for _, tokens in rows) or decode(rows)
    second = Prompt("be brief", "and?", turns=((said.user, answer),))
    list(model.stream(second, Decoding(1), never))
    assert sum(read) <= len(model.prompt_tokens(second)) - len(model.prompt_tokens(said))


def test_one_is_stopped_and_the_others_go_on(model: LlamaModel) -> None:
    stopped = model.begin(ASKED[0], Decoding(400), lambda: True)
    other = model.begin(ASKED[1], Decoding(10), never)
    texts: dict[Lane, str] = {stopped: "", other: ""}
    while other.busy:
        for lane, piece in model.step():
            texts[lane] += piece
    assert texts[stopped] == ""
    assert texts[other]
    assert model.free() == 4


def test_a_short_one_is_not_held_up_by_a_long_one(model: LlamaModel) -> None:
    long = model.begin(Prompt("", "x" * 600), Decoding(200), never)
    short = model.begin(ASKED[0], Decoding(5), never)
    while short.busy:
        list(model.step())
    assert long.busy


def test_a_conversation_is_kept_for_a_while_and_an_answer_is_taken_over(model: LlamaModel) -> None:
    lanes = model._roles.generator.lanes
    turn = Prompt("be brief", "say something " * 8)
    together(model, [turn], Decoding(1))
    (first,) = [lane for lane in lanes._lanes if lane.held]
    held = len(first.held)
    read = 0
    while read <= 4 * held - 64:
        before = lanes._tokens
        together(model, [Prompt("be brief", f"{read} else", begun="well, ")], Decoding(8))
        read += lanes._tokens - before
        assert len(first.held) == held
        assert sum(bool(lane.held) for lane in lanes._lanes) == 2  # each answer takes over the last
    together(model, [turn], Decoding(1))  # somebody comes back, so it counts anew
    assert len(first.held) == held
    for n in range(held):
        together(model, [Prompt("be brief", f"{n} else", begun="well, ")], Decoding(8))
    assert first.held == []


def test_answers_that_were_written_at_once_do_not_stay(model: LlamaModel) -> None:
    lanes = model._roles.generator.lanes
    together(model, [replace(one, begun="well, ") for one in ASKED], Decoding(8))
    assert all(lane.held for lane in lanes._lanes)
    for n in range(40):
        together(model, [Prompt("be brief", f"{n} else", begun="well, ")], Decoding(24))
    assert sum(bool(lane.held) for lane in lanes._lanes) == 1


def test_idle_lanes_give_way_when_the_cache_is_full(random_llama: Path) -> None:
    model = LlamaModel(random_llama, 512, 1, lanes=4)  # a cache of 1,024
    for letter in "abcdefgh":
        assert list(model.stream(Prompt("", letter * 400), Decoding(4), never))
    model.close()


@pytest.mark.parametrize("kept", ["\n", "e", "ee", "zz"])
def test_a_stop_text_ends_an_answer_and_is_no_part_of_it(model: LlamaModel, random_llama: Path, kept: str) -> None:
    whole = alone(random_llama, ASKED[0], Decoding(60))
    stop = whole[7:9] if kept == "zz" else kept
    (text,) = together(model, ASKED[:1], Decoding(60, stops=(stop,)))
    assert text == whole.partition(stop)[0]


def test_a_remark_on_an_answer_leaves_it_as_it_is_and_reads_nothing_again(model: LlamaModel) -> None:
    lanes = model._roles.generator.lanes
    whole = Prompt("be brief", "q", begun="one two three four five six seven eight nine ten eleven twelve")
    list(model.stream(whole, Decoding(4), bool))
    kept = max((list(lane.held) for lane in lanes._lanes), key=len)
    for words in (3, 7, 9, 5, 11):
        text = " ".join(whole.begun.split()[:words])
        lane = model.begin(replace(whole, begun=text), Decoding(3, aside=True), bool)
        assert len(lane.todo) <= 2, "it was read with the answer"
        while lane.busy:
            list(model.step())
        assert kept in [one.held for one in lanes._lanes]


def test_a_remark_beside_the_answer_that_it_is_about(model: LlamaModel, random_llama: Path) -> None:
    whole = Prompt("be brief", "q", begun="one two three four five six seven eight nine ten eleven twelve")
    remarked = replace(whole, begun="one two three four five six")
    answer = model.begin(whole, Decoding(12), bool)
    list(model.step())
    remark = model.begin(remarked, Decoding(6, aside=True), bool)
    assert len(remark.todo) <= 2
    while answer.busy or remark.busy:
        list(model.step())
    assert answer.text == alone(random_llama, whole, Decoding(12))
    assert remark.text == alone(random_llama, remarked, Decoding(6))
