"""A model file that is asked several things at a time, some of which are given up: each answer is its own."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from pathlib import Path

import pytest

from planfirst.adapters.lora_file import read_lora
from planfirst.core.ports import Writer
from planfirst.core.types import Decoding, Prompt
from planfirst.models import resolve
from planfirst_lab.evaluation.writer import Adapters, InProcessWriter
from tests.random_lora import write_random_lora

pytestmark = pytest.mark.real


async def answer(writer: Writer, n: int) -> str:
    """The answer to one of several prompts; of every third one, no more than its beginning is read."""
    text = ""
    async with aclosing(writer.stream(Prompt("", f"say {n} " * (1 + n % 5)), Decoding(6 + n % 7))) as pieces:
        async for piece in pieces:
            text += piece
            if n % 3 == 0 and len(text) > 2:
                break
    return text


async def test_answers_at_a_time_are_those_of_one_after_the_other(random_llama: Path) -> None:
    spec = resolve(str(random_llama), 512)
    one, several = InProcessWriter(spec, 1), InProcessWriter(spec, 1, at_once=4)
    try:
        alone = [await answer(one, n) for n in range(60)]
        together = await asyncio.wait_for(asyncio.gather(*(answer(several, n) for n in range(60))), 60)
    finally:
        one.close()
        several.close()
    assert together == alone


async def test_plans_with_an_adapter_and_answers_without_do_not_mix(random_llama: Path, tmp_path: Path) -> None:
    spec = resolve(str(random_llama), 512)
    adapter = read_lora(write_random_lora(tmp_path / "small.gguf", random_llama, strength=2.0))
    writer = InProcessWriter(spec, 1, at_once=3, adapters=Adapters(adapter))
    try:
        assert writer.adapted is not None
        assert writer.adapted.profile.plan == "first"
        plain = [await answer(writer, n) for n in (1, 2)]
        tuned = [await answer(writer.adapted, n) for n in (1, 2)]
        mixed = await asyncio.wait_for(
            asyncio.gather(*(answer(by, n) for n in (1, 2) for by in (writer, writer.adapted))), 60
        )
    finally:
        writer.close()
    assert mixed == [plain[0], tuned[0], plain[1], tuned[1]]
    assert plain != tuned


async def test_an_error_reaches_everyone_who_waits(random_llama: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = InProcessWriter(resolve(str(random_llama), 512), 1, at_once=2)

    def fail() -> None:
        raise RuntimeError("llama_decode returned -3")

    monkeypatch.setattr(writer._model, "step", fail)
    try:
        results = await asyncio.wait_for(
            asyncio.gather(*(answer(writer, n) for n in (1, 2)), return_exceptions=True), 10
        )
    finally:
        writer.close()
    assert [type(result) for result in results] == [RuntimeError, RuntimeError]
