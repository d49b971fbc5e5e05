"""The sampler of a model that copies, on a real model with random weights, whose choices are nearly uniform."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from planfirst.adapters.copying import Copying
from planfirst.adapters.llama import LlamaModel
from planfirst.adapters.sampler import Sampler
from planfirst.core import plan as plans
from planfirst.core.types import Decoding

pytestmark = pytest.mark.real

TEXT = list(range(60, 90))


@pytest.fixture
def model(random_llama: Path) -> Iterator[LlamaModel]:
    model = LlamaModel(random_llama, 256, 1)
    yield model
    model.close()


def read(model: LlamaModel, tokens: list[int], at: int) -> None:
    """Lets the model read tokens from a position on, and forget what it had there."""
    cpp = model._cpp
    cpp.llama_memory_seq_rm(cpp.llama_get_memory(model.context), 0, at, -1)
    given = (cpp.llama_token * len(tokens))(*tokens)
    assert cpp.llama_decode(model.context, cpp.llama_batch_get_one(given, len(tokens))) == 0


def drawn(model: LlamaModel, decoding: Decoding) -> list[int]:
    """As `follow`, with no copying."""
    read(model, TEXT + TEXT[:12], 0)
    with Sampler(model._cpp, model.context, model.vocab, decoding) as sampler:
        chosen: list[int] = []
        for n in range(decoding.max_tokens):
            chosen.append(sampler.next())
            read(model, chosen[-1:], len(TEXT) + 12 + n)
        return chosen


def follow(
    model: LlamaModel,
    copying: Copying | None,
    count: int,
    temperature: float = 0.0,
    seed: int = 7,
    grammar: str = "",
    check_first: bool = False,
) -> list[int]:
    """The tokens that are chosen after the model has read, and the copying has noted, the beginning of the text."""
    read(model, TEXT + TEXT[:12], 0)
    decoding = Decoding(count, temperature, seed, grammar=grammar)
    with Sampler(model._cpp, model.context, model.vocab, decoding, copying, check_first) as sampler:
        for token in TEXT[:12] if copying else ():
            copying.accept(token)
        chosen: list[int] = []
        for n in range(count):
            chosen.append(sampler.next())
            read(model, chosen[-1:], len(TEXT) + 12 + n)
        return chosen


def test_what_cannot_be_drawn_is_not_drawn(model: LlamaModel) -> None:
    likeliest = follow(model, None, 6)
    hot = Decoding(6, 50.0, 3, top_k=0, top_p=1.0)
    assert drawn(model, hot) != likeliest
    for only in (replace(hot, top_k=1), replace(hot, top_p=0.0), replace(hot, min_p=1.0)):
        assert drawn(model, only) == likeliest


def test_what_was_just_said_becomes_less_likely(model: LlamaModel) -> None:
    said = drawn(model, Decoding(40))
    penalised = drawn(model, Decoding(40, repeat_penalty=50.0))
    assert len(set(penalised)) > len(set(said))


def test_where_the_model_is_not_sure_it_follows_the_prompt(model: LlamaModel) -> None:
    assert follow(model, None, 8) != TEXT[12:20]
    assert follow(model, Copying(TEXT), 8) == TEXT[12:20]


def test_a_token_that_is_spent_is_not_chosen_again(model: LlamaModel) -> None:
    first = follow(model, None, 1)[0]
    copying = Copying([*TEXT[9:12], first])
    copying.accept(TEXT[9])
    copying.accept(TEXT[10])
    copying.accept(TEXT[11])
    copying.accept(first)
    assert follow(model, copying, 1)[0] != first


def test_with_a_temperature_the_hint_is_taken_by_its_share(model: LlamaModel) -> None:
    firsts = [follow(model, Copying(TEXT), 1, temperature=0.8, seed=seed)[0] for seed in range(60)]
    assert firsts == [follow(model, Copying(TEXT), 1, temperature=0.8, seed=seed)[0] for seed in range(60)]
    assert 0.55 * 60 < firsts.count(TEXT[12]) < 0.95 * 60


# The second allows so few tokens that none is among the likeliest.
@pytest.mark.parametrize("grammar", [plans.grammar(), 'root ::= "ab" "c"* "d"'])
def test_a_grammar_asked_after_the_choice_gives_the_same_greedy_tokens(model: LlamaModel, grammar: str) -> None:
    after, ahead = (follow(model, None, 24, grammar=grammar, check_first=first) for first in (False, True))
    assert after == ahead
    assert after != follow(model, None, 24)
