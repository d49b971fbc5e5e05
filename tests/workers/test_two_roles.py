"""A planner with an adapter and the generator, in one real model process."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from planfirst.adapters.lora_file import read_lora
from planfirst.build import Engine
from planfirst.core.errors import ModelRefused, PlanfirstError
from planfirst.core.ports import Writer
from planfirst.core.types import Decoding, Prompt
from planfirst.models import resolve
from planfirst.models.model_adapters import planning
from planfirst.settings import Settings
from planfirst.settings_reader import parse
from planfirst.workers.proxies import AdaptedModel, ModelWorker
from tests.random_llama import write_random_llama
from tests.random_lora import write_random_lora

pytestmark = pytest.mark.real
PROMPT = Prompt("be brief", "say something")


@pytest.fixture
async def model(random_llama: Path) -> AsyncIterator[ModelWorker]:
    model = ModelWorker(resolve(str(random_llama), 1024), 1)
    yield model
    await model.worker.close()


@pytest.fixture
def planner(model: ModelWorker, random_llama: Path, tmp_path: Path) -> AdaptedModel:
    return AdaptedModel(
        model, read_lora(write_random_lora(tmp_path / "planner.gguf", random_llama)), planning(model.profile)
    )


def settings(model: Path, adapter: str, generator: str = "", **planner: object) -> Settings:
    found, problems = parse(
        {"planner": {"model": str(model), "adapter": adapter, **planner}, "generator": {"model": generator}}
    )
    assert not problems
    return found


async def text_of(writer: Writer, tokens: int = 20) -> str:
    return "".join([piece async for piece in writer.stream(PROMPT, Decoding(tokens))])


async def test_both_answer_from_one_process_and_neither_changes_the_other(
    model: ModelWorker, planner: AdaptedModel
) -> None:
    code, plan = await text_of(model), await text_of(planner)
    assert code != plan
    assert (planner.name, planner.profile.plan, model.profile.plan) == ("random + planner", "first", "draft")
    together = await asyncio.gather(*(text_of(each) for each in (model, planner, planner, model, planner)))
    assert together == [code, plan, plan, code, plan]
    await planner.warm("be brief")
    model.forget_planner()
    assert [await text_of(each) for each in (model, planner)] == [code, plan]


async def test_a_plan_is_cancelled_while_code_is_written(model: ModelWorker, planner: AdaptedModel) -> None:
    expected = await text_of(model, 200)
    writing = asyncio.create_task(text_of(model, 200))
    async for _ in planner.stream(PROMPT, Decoding(900)):
        break
    assert await writing == expected
    assert await text_of(planner)  # there is one lane for plans, and it is free again


async def test_plans_for_two_adapters_are_both_written(
    model: ModelWorker, planner: AdaptedModel, random_llama: Path, tmp_path: Path
) -> None:
    second = AdaptedModel(
        model, read_lora(write_random_lora(tmp_path / "b.gguf", random_llama, seed=1)), planning(model.profile)
    )
    wanted = [await text_of(planner), await text_of(second)]
    assert wanted[0] != wanted[1]
    assert await asyncio.gather(*(text_of(one) for one in (planner, second, planner, second))) == wanted * 2


async def test_whatever_the_adapter_holds_the_code_is_written(
    model: ModelWorker, planner: AdaptedModel, tmp_path: Path
) -> None:
    code, pid = await text_of(model, 5), model.worker.pid
    path, draw = tmp_path / "planner.gguf", random.Random(3)
    raw = path.read_bytes()
    for _ in range(200):
        changed = bytearray(raw)
        for _ in range(draw.choice((1, 3, 30))):
            changed[draw.randrange(draw.choice((2500, len(raw))))] = draw.randrange(256)
        changed = changed[: draw.choice((len(raw), len(raw), draw.randrange(len(raw))))]
        path.write_bytes(changed)
        with suppress(ModelRefused):  # a WorkerError would say that the process died
            await text_of(planner, 3)
    path.unlink()
    with pytest.raises(PlanfirstError, match="no adapter at"):
        await text_of(planner)
    assert (await text_of(model, 5), model.worker.pid) == (code, pid)


async def test_the_engine_makes_one_process_of_two_roles_and_keeps_it(random_llama: Path, tmp_path: Path) -> None:
    adapter = str(write_random_lora(tmp_path / "planner.gguf", random_llama))
    engine = Engine(settings(random_llama, adapter))
    try:
        pipeline = engine.pipeline()
        assert (pipeline.planner.name, pipeline.generator.name) == ("random + planner", "random")
        assert (pipeline.planner.profile.plan, pipeline.generator.profile.plan) == ("first", "draft")
        plan, code = await text_of(pipeline.planner), await text_of(pipeline.generator)
        (worker,) = engine._models.own
        pid = worker.worker.pid
        engine.reconfigure(settings(random_llama, ""))
        assert (engine.pipeline().planner, engine.pipeline().generator) == (worker, worker)
        assert await text_of(engine.pipeline().planner) == code != plan
        engine.reconfigure(settings(random_llama, adapter))
        assert await text_of(engine.pipeline().planner) == plan
        assert (tuple(engine._models.own), worker.worker.pid) == ((worker,), pid)
        engine.reconfigure(settings(random_llama, adapter, threads=2))
        engine.pipeline()
        assert tuple(engine._models.own) != (worker,)
    finally:
        await engine.close()


async def test_the_code_may_come_from_another_model(random_llama: Path, tmp_path: Path) -> None:
    other = write_random_llama(tmp_path / "other.gguf", seed=9)
    adapter = write_random_lora(tmp_path / "planner.gguf", random_llama)
    engine = Engine(settings(random_llama, str(adapter), generator=str(other)))
    try:
        pipeline = engine.pipeline()
        assert await text_of(pipeline.planner) != await text_of(pipeline.generator)
        assert len(engine._models.own) == 2
        engine.reconfigure(settings(other, str(adapter)))
        with pytest.raises(ModelRefused, match="another model"):
            await text_of(engine.pipeline().planner)
        assert await text_of(engine.pipeline().generator)
    finally:
        await engine.close()


async def test_a_changed_plan_is_followed_with_an_adapter_in_the_same_process(
    random_llama: Path, tmp_path: Path
) -> None:
    said = {"planfirst.use": "change"}
    adapter = str(write_random_lora(tmp_path / "changes.gguf", random_llama, keys=said))
    planner = str(write_random_lora(tmp_path / "planner.gguf", random_llama, seed=3))

    def chosen(changes: str, plans: str = "") -> Settings:
        found, problems = parse(
            {"planner": {"model": str(random_llama), "adapter": plans}, "generator": {"changes": changes}}
        )
        assert not problems
        return found

    engine = Engine(chosen(adapter))
    try:
        pipeline = engine.pipeline()
        assert pipeline.follower is not None
        assert (pipeline.follower.name, pipeline.follower.profile) == ("random + changes", pipeline.generator.profile)
        followed, code = await text_of(pipeline.follower), await text_of(pipeline.generator)
        assert followed != code
        (worker,) = engine._models.own
        pid = worker.worker.pid
        engine.reconfigure(chosen(adapter, planner))
        pipeline = engine.pipeline()
        assert pipeline.follower is not None
        plan = await text_of(pipeline.planner)
        assert [await text_of(one) for one in (pipeline.follower, pipeline.planner)] == [followed, plan]
        engine.reconfigure(chosen(""))
        assert engine.pipeline().follower is None
        assert (await text_of(engine.pipeline().generator), worker.worker.pid) == (code, pid)
    finally:
        await engine.close()
