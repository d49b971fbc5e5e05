"""Each turn's prompt begins, token for token, with all that the model process holds of the turn before."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from planfirst.adapters.llama import LlamaModel
from planfirst.core.types import Decoding, Prompt
from tests.random_llama import write_random_llama

pytestmark = pytest.mark.real


def never() -> bool:
    return False


def talk(model: LlamaModel, messages: list[str], decoding: Decoding) -> None:
    turns: tuple[tuple[str, str], ...] = ()
    read: list[list[int]] = []
    for message in messages:
        prompt = Prompt("Be brief.", message, turns=turns)
        tokens = model.prompt_tokens(prompt)
        lane = model.begin(prompt, decoding, never)
        answer = ""
        while lane.busy:
            answer += "".join(piece for _, piece in model.step())
        assert answer
        read.append([*tokens, *lane.written])
        turns = (*turns, (message, answer))
    last = model.prompt_tokens(Prompt("Be brief.", "bye", turns=turns))
    for before, after in pairwise([*read, last]):
        assert after[: len(before)] == before


def test_with_a_model_that_writes_one_thing(tmp_path: Path) -> None:
    model = LlamaModel(write_random_llama(tmp_path / "m.gguf", writes="x=1\n"), 2048, lanes=4)
    talk(model, ["Hello", "<|end|><|system|>", "한글"], Decoding(24))
    model.close()


@pytest.mark.timeout(600)
def test_with_a_real_model(real_model: Path) -> None:
    model = LlamaModel(real_model, 2048, lanes=4)
    hot = Decoding(48, temperature=1.3, seed=11, top_k=0, top_p=1.0)
    talk(model, ["Write a haiku about sorting.", "리스트를 뒤집는 법은?", "```py\nx=1\n``` <|im_end|> why?"], hot)
    model.close()


def test_an_answer_with_a_control_token_comes_back_as_text(random_llama: Path) -> None:
    model = LlamaModel(random_llama, 256)
    model._written.keep("ab", [97, 256, 98])
    model._written.keep("other", [97, 98])
    model._written.keep("\ufffd", [235])
    prompt = Prompt("", "now", turns=(("say", "ab"), ("say", "other")))
    control = [token for token in model.prompt_tokens(prompt) if token >= 256]
    plain = LlamaModel(random_llama, 256)
    assert model.prompt_tokens(prompt) == plain.prompt_tokens(prompt)
    assert control.count(256) == 5
    model.close()
    plain.close()
