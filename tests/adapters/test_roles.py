"""One model, two roles: the real llama.cpp with a random model and a random adapter."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from planfirst.adapters.checksums import sha256_of
from planfirst.adapters.lane import Lane
from planfirst.adapters.llama import LlamaModel
from planfirst.core import plan as plans
from planfirst.core.errors import ModelMissing, ModelRefused
from planfirst.core.types import Decoding, Prompt
from tests.random_llama import write_random_llama
from tests.random_lora import write_random_lora

pytestmark = pytest.mark.real
PROMPT = Prompt("be brief", "say something")
OTHER = Prompt("be brief", "say something else, and say it at some length, so that this one is read for longer")


def never() -> bool:
    return False


@pytest.fixture
def model(random_llama: Path) -> Iterator[LlamaModel]:
    model = LlamaModel(random_llama, 1024, 1, lanes=4)
    yield model
    model.close()


@pytest.fixture(scope="module")
def adapter(random_llama: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_random_lora(tmp_path_factory.mktemp("planners") / "planner.gguf", random_llama)


def written(model: LlamaModel, prompt: Prompt, adapter: Path | None = None, tokens: int = 30) -> str:
    return "".join(model.stream(prompt, Decoding(tokens), never, adapter))


def finish(model: LlamaModel, lanes: list[Lane]) -> None:
    while any(lane.busy for lane in lanes):
        list(model.step())


def test_with_an_adapter_it_writes_something_else(model: LlamaModel, adapter: Path) -> None:
    assert written(model, PROMPT) != written(model, PROMPT, adapter)
    assert written(model, PROMPT, adapter) == written(model, PROMPT, adapter)


def test_an_adapter_that_changes_nothing_changes_nothing(model: LlamaModel, random_llama: Path, tmp_path: Path) -> None:
    nothing = write_random_lora(tmp_path / "nothing.gguf", random_llama, strength=0.0)
    assert written(model, PROMPT, nothing) == written(model, PROMPT)


def test_the_generator_is_the_same_before_while_and_after_the_planner_works(model: LlamaModel, adapter: Path) -> None:
    prompts = [PROMPT, OTHER]
    before = [written(model, prompt) for prompt in prompts]
    plan = written(model, OTHER, adapter)
    model.forget_planner()
    lanes = [model.begin(prompt, Decoding(30), never) for prompt in prompts]
    planning = model.begin(OTHER, Decoding(30), never, adapter)
    finish(model, [*lanes, planning])
    assert [lane.text for lane in lanes] == before
    assert planning.text == plan
    assert [written(model, prompt) for prompt in prompts] == before


def test_neither_role_spoils_what_the_other_has_read(model: LlamaModel, adapter: Path) -> None:
    written(model, OTHER)
    written(model, OTHER, adapter)
    for role in (None, adapter):
        lane = model.begin(OTHER, Decoding(1), never, role)
        assert len(lane.todo) == 1, "it is read again"
        model.end(lane)


def test_neither_role_waits_for_the_other(model: LlamaModel, adapter: Path) -> None:
    long = model.begin(Prompt("", "x" * 600), Decoding(200), never)
    plan = model.begin(PROMPT, Decoding(5), never, adapter)
    finish(model, [plan])
    assert long.busy
    model.end(long)
    long = model.begin(Prompt("", "x" * 600), Decoding(200), never, adapter)
    code = model.begin(PROMPT, Decoding(5), never)
    finish(model, [code])
    assert long.busy


def test_the_planner_stops_and_keeps_to_a_grammar(model: LlamaModel, adapter: Path) -> None:
    stopped = model.begin(PROMPT, Decoding(400), lambda: True, adapter)
    finish(model, [stopped])
    assert stopped.text == ""
    decoding = Decoding(60, temperature=2.0, seed=3, grammar=plans.grammar())
    assert plans.parse("".join(model.stream(PROMPT, decoding, never, adapter))) is not None


def test_the_planners_context_begins_when_it_is_asked_and_can_be_given_back(model: LlamaModel, adapter: Path) -> None:
    written(model, PROMPT)
    assert model._roles._planner is None
    lane = model.begin(PROMPT, Decoding(5), never, adapter)
    model.forget_planner()
    assert model._roles._planner is not None, "it was at work"
    finish(model, [lane])
    model.forget_planner()
    assert model._roles._planner is None
    assert written(model, PROMPT, adapter)


def test_another_adapter_waits_until_the_first_is_done(model: LlamaModel, adapter: Path, random_llama: Path) -> None:
    second = write_random_lora(adapter.with_name("second.gguf"), random_llama, seed=1)
    first = written(model, PROMPT, adapter)
    lane = model.begin(PROMPT, Decoding(5), never, adapter)
    assert (model.free(adapter), model.free(second), model.free()) == (0, 0, 4)
    finish(model, [lane])
    assert (model.free(adapter), model.free(second)) == (1, 1)
    assert written(model, PROMPT, second) != first == written(model, PROMPT, adapter)


def test_one_that_was_trained_again_is_read_again(model: LlamaModel, random_llama: Path, tmp_path: Path) -> None:
    path = write_random_lora(tmp_path / "planner.gguf", random_llama)
    first = written(model, PROMPT, path)
    write_random_lora(path, random_llama, seed=1, rank=2)
    assert written(model, PROMPT, path) != first


def test_refusals_leave_the_model_as_it_was(model: LlamaModel, adapter: Path, tmp_path: Path) -> None:
    expected, planned = written(model, PROMPT), written(model, PROMPT, adapter)
    other = write_random_llama(tmp_path / "other.gguf", seed=9)
    with pytest.raises(ModelRefused, match="another model"):
        written(model, PROMPT, write_random_lora(tmp_path / "planner.gguf", other))
    with pytest.raises(ModelMissing):
        written(model, PROMPT, tmp_path / "none.gguf")
    assert (written(model, PROMPT), written(model, PROMPT, adapter)) == (expected, planned)


def test_a_copy_counts_as_its_original(random_llama: Path, adapter: Path, tmp_path: Path) -> None:
    copy = tmp_path / "fitted.gguf"
    copy.write_bytes(random_llama.read_bytes() + bytes(32))
    with pytest.raises(ModelRefused, match="another model"):
        written(LlamaModel(copy, 512, 1), PROMPT, adapter)
    assert written(LlamaModel(copy, 512, 1, base=lambda: sha256_of(random_llama)), PROMPT, adapter)


def test_changed_weights_are_refused_or_survived(model: LlamaModel, adapter: Path, tmp_path: Path) -> None:
    raw = adapter.read_bytes()
    expected, draw = written(model, PROMPT, tokens=5), random.Random(7)
    grammar = Decoding(5, grammar=plans.grammar())
    for n in range(200):
        changed = bytearray(raw)
        for _ in range(draw.choice((1, 2, 40))):
            changed[draw.randrange(draw.choice((2500, len(raw))))] = draw.randrange(256)
        path = tmp_path / f"{n}.gguf"
        path.write_bytes(changed)
        with suppress(ModelRefused):
            assert isinstance("".join(model.stream(PROMPT, grammar, never, path)), str)
        path.unlink()
    assert written(model, PROMPT, tokens=5) == expected
