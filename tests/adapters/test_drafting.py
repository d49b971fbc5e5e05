"""Guessed tokens: what is guessed when, and that no guess changes a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from planfirst.adapters.drafting import Drafting, Pace
from planfirst.adapters.llama import LlamaModel
from planfirst.core.types import Decoding, Prompt

REPEATED = "for row in rows: total += row.price; for row in rows: total += row.price; for row in rows:"


def test_what_followed_the_same_tokens_is_guessed() -> None:
    drafting = Drafting([1, 2, 3, 4, 5, 6, 7, 8, 9])
    assert drafting.guess() == []
    for token in (1, 2, 3):
        drafting.accept(token)
        assert drafting.guess() == []
    drafting.accept(4)
    assert drafting.guess() == [5, 6, 7]


def test_the_last_place_counts_and_a_guess_ends_with_what_was_written() -> None:
    drafting = Drafting([1, 2, 3, 4, 5, 1, 2, 3, 4, 6, 1, 2, 3, 4])
    assert drafting.guess() == [6, 1, 2]
    assert Drafting([1, 1, 1, 1, 1]).guess() == [1]


def test_the_longer_the_run_the_more_is_guessed() -> None:
    run = list(range(30))
    assert Drafting([*run, 99, *run[5:15]]).guess() == list(range(15, 22))
    assert Drafting([*run, 99, *run[5:14]]).guess() == list(range(14, 17))


def test_a_size_that_does_not_pay_is_left_out_and_tried_again_later() -> None:
    pace = Pace()
    for _ in range(3):
        assert pace.pays(1, 4)  # nobody knows yet
        pace.took(1, 0.1)
        pace.took(4, 0.5)
        pace.took(8, 0.3)
    assert [pace.pays(1, 4) for _ in range(256)] == [False] * 255 + [True]
    assert pace.pays(1, 1)
    assert pace.pays(1, 8)
    for _ in range(40):
        pace.took(4, 0.2)  # something else has ended
    assert pace.pays(1, 4)


def test_beside_other_answers_a_guess_must_be_read_faster_than_all_of_them_write() -> None:
    pace = Pace()
    for _ in range(3):
        pace.took(3, 0.3)
        pace.took(6, 0.5)
        pace.took(8, 0.75)
    assert pace.pays(3, 6)  # 0.2 s for three tokens, of which three lanes write 2.4 in 0.24 s
    assert not pace.pays(3, 8)


def test_wrong_guesses_make_it_rest_for_longer_and_longer() -> None:
    drafting = Drafting([1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4])
    rests = []
    for _ in range(9):
        assert drafting.guess()
        drafting.learn(3, 0)
        rests.append(0)
        while not drafting.guess():
            rests[-1] += 1
    assert rests == [4, 8, 16, 32, 64, 128, 256, 256, 256]
    drafting.learn(3, 3)
    drafting.learn(3, 1)
    assert [bool(drafting.guess()) for _ in range(5)] == [False] * 4 + [True]


@pytest.mark.real
@pytest.mark.parametrize("begun", ["", "```python\n"])
@pytest.mark.parametrize("decoding", [Decoding(90), *(Decoding(90, temperature=1.0, seed=seed) for seed in range(3))])
def test_no_guess_changes_a_text(random_llama: Path, decoding: Decoding, begun: str) -> None:
    texts, batches = [], []
    for drafts in (False, True):
        model = LlamaModel(random_llama, 1024, 1, drafts=drafts)
        lane = model.begin(Prompt("be brief", REPEATED, begun=begun), decoding, lambda: False)
        pieces: list[str] = []
        steps = 0
        while lane.busy:
            pieces += [piece for _, piece in model.step()]
            steps += 1
        texts.append("".join(pieces))
        batches.append(steps)
        again = "".join(model.stream(Prompt("be brief", REPEATED, begun=begun), decoding, lambda: False))
        assert again == texts[-1], "what is held in the cache is not what was written"
        model.close()
    assert texts[0] == texts[1]
    assert batches[1] <= batches[0]
    if not decoding.temperature:
        assert batches[1] < batches[0], "nothing was guessed right, so nothing was tried"


@pytest.mark.real
def test_answers_that_are_written_at_once_guess_too(random_llama: Path) -> None:
    texts, batches = [], []
    for drafts in (False, True):
        model = LlamaModel(random_llama, 1024, 1, 3, drafts=drafts)
        prompts = [Prompt("be brief", REPEATED, begun=begun) for begun in ("", "```python\n", "def ")]
        said = {model.begin(prompt, Decoding(90), lambda: False): "" for prompt in prompts}
        steps = 0
        while any(lane.busy for lane in said):
            for lane, piece in model.step():
                said[lane] += piece
            steps += 1
        texts.append(list(said.values()))
        batches.append(steps)
        model.close()
    assert texts[0] == texts[1]
    assert batches[1] < batches[0]


@pytest.mark.real
def test_nothing_is_guessed_before_the_first_token(random_llama: Path) -> None:
    model = LlamaModel(random_llama, 1024, 1)
    stub = REPEATED.splitlines(keepends=True)[0]
    prompt = Prompt("be brief", REPEATED, begun=stub)
    list(model.stream(prompt, Decoding(0), bool))  # read ahead
    lane = model.begin(prompt, Decoding(8), bool)
    assert lane.drafting is not None
    assert lane.drafting.guess(), "the answer begins as something in its prompt does"
    assert len(lane.todo) == 1
    held = len(lane.held)
    seen: list[int] = []
    lane.drafting.learn = lambda guessed, right: seen.append(guessed)  # type: ignore[method-assign]
    list(model.step())
    assert not seen
    assert len(lane.held) == held + 1
    while lane.busy:
        list(model.step())
    assert seen, "nothing was guessed later either"
    model.close()
