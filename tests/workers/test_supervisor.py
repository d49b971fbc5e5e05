"""Child processes: real ones, with a real GGUF, killed and cancelled for real."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import psutil
import pytest

from planfirst.core.errors import ModelMissing, ModelRefused, StoreMissing, WorkerError
from planfirst.core.ports import CUT
from planfirst.core.types import Decoding, Prompt
from planfirst.models import ModelSpec
from planfirst.workers import crashes
from planfirst.workers.crashes import Crashes
from planfirst.workers.proxies import ModelWorker, RetrieverWorker

pytestmark = pytest.mark.real
PROMPT = Prompt("be brief", "say something")


def spec(path: Path, context: int = 2048) -> ModelSpec:
    return ModelSpec("random", path, "compact", context)


@pytest.fixture
async def model(random_llama: Path) -> AsyncIterator[ModelWorker]:
    model = ModelWorker(spec(random_llama), 1)
    yield model
    await model.worker.close()


async def text_of(model: ModelWorker, tokens: int = 12, prompt: Prompt = PROMPT) -> str:
    return "".join([piece async for piece in model.stream(prompt, Decoding(tokens))])


async def until_gone(pid: int, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        await asyncio.sleep(0.02)
    return False


async def test_starts_lazily_streams_and_counts(model: ModelWorker) -> None:
    assert model.worker.pid is None
    assert await text_of(model)
    assert await model.count(["", "abc", "한글"]) == [0, 3, 6]


async def test_an_answer_that_its_limit_ended_is_marked(model: ModelWorker) -> None:
    cut = [piece async for piece in model.stream(PROMPT, Decoding(5))]
    assert cut[-1] is CUT
    stop = "".join(cut)[-1]
    stopped = [piece async for piece in model.stream(PROMPT, Decoding(5, stops=(stop,)))]
    assert stop not in "".join(stopped)
    assert not any(piece is CUT for piece in stopped)


async def test_two_requests_at_once_during_the_start(model: ModelWorker) -> None:
    first, second = await asyncio.gather(text_of(model), text_of(model))
    assert first == second


async def test_a_killed_child_fails_what_it_had_in_hand_and_is_started_again(model: ModelWorker) -> None:
    expected = await text_of(model)
    old = model.worker.pid
    assert old is not None
    with pytest.raises(WorkerError, match="ended unexpectedly"):
        async for _ in model.stream(PROMPT, Decoding(1500)):
            os.kill(old, signal.SIGKILL)
    assert await text_of(model) == expected
    assert model.worker.pid != old


async def test_a_model_that_is_not_used_ends_and_comes_back(model: ModelWorker) -> None:
    model.worker.unload = 0.05
    expected = await text_of(model)
    old = model.worker.pid
    assert old is not None
    assert await until_gone(old)
    assert await text_of(model) == expected
    assert model.worker.pid not in (None, old)


async def test_a_timer_that_is_late_ends_no_request(model: ModelWorker) -> None:
    expected = await text_of(model, 40)
    writing = model.stream(PROMPT, Decoding(40))
    said = await anext(writing)
    model.worker._end_idle()
    assert said + "".join([piece async for piece in writing]) == expected


async def test_a_model_that_works_is_not_ended(model: ModelWorker) -> None:
    model.worker.unload = 0.001
    first = asyncio.ensure_future(text_of(model, 200))
    while not model.worker.pid:
        await asyncio.sleep(0)
    await model.count(["something short beside it"])
    assert await first


async def test_restarts_wait_longer_each_time(random_llama: Path) -> None:
    model = ModelWorker(spec(random_llama), 1)
    waits = []
    for _ in range(3):
        started = time.monotonic()
        await model.count(["x"])
        waits.append(time.monotonic() - started)
        pid = model.worker.pid
        assert pid is not None
        model.worker._crashes.count = len(waits)  # as after so many crashes without a success between them
        os.kill(pid, signal.SIGKILL)
        while model.worker.pid is not None:
            await asyncio.sleep(0.01)
    assert waits[2] - waits[0] > 0.5
    await model.worker.close()


async def test_a_child_that_keeps_ending_is_left_alone_for_a_while(random_llama: Path) -> None:
    model = ModelWorker(spec(random_llama), 1)
    model.worker._crashes = Crashes(0.0)
    for _ in range(5):
        writing = asyncio.create_task(text_of(model, 2000))
        while model.worker.pid is None:
            await asyncio.sleep(0.01)
        os.kill(model.worker.pid, signal.SIGKILL)
        with pytest.raises(WorkerError) as ended:
            await writing
        assert ended.value.code == "worker-ended"
    with pytest.raises(WorkerError) as refused:
        await model.count(["x"])
    assert refused.value.code == "worker-keeps-ending"
    assert refused.value.message.args["reason"] == "SIGKILL"
    assert model.worker.pid is None, "it was started all the same"


def test_crashes_far_apart_or_with_answers_between_them_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr(crashes, "monotonic", lambda: now)
    it = crashes.Crashes(0.5)
    assert it.wait == 0.0
    waits = []
    for _ in range(5):
        assert not it.are_too_many
        it.add("SIGSEGV")
        waits.append(it.wait)
        now += 40
    assert it.are_too_many
    assert waits == [0.5, 1.0, 2.0, 4.0, 4.0]
    now += 150  # 190 seconds after the last
    assert not it.are_too_many
    it.add("SIGSEGV")
    assert not it.are_too_many, "the first of them was long ago"
    it.clear()
    assert (it.wait, it.count) == (0.0, 0)


async def test_cancelling_stops_the_model_soon_also_while_it_reads_the_prompt(slow_llama: Path) -> None:
    model = ModelWorker(spec(slow_llama, 8192), 2)
    await model.count(["load"])
    reading = asyncio.create_task(text_of(model, 5, Prompt("", "x" * 7000)))
    await asyncio.sleep(0.3)
    reading.cancel()
    started = time.monotonic()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await model.count(["free again"]) == [10]
    assert time.monotonic() - started < 1.0
    await model.worker.close()


async def test_closing_the_stream_early_frees_the_child(model: ModelWorker) -> None:
    async with aclosing(model.stream(PROMPT, Decoding(2000))) as pieces:
        async for _ in pieces:
            break
    assert await model.count(["x"]) == [1]


async def test_what_is_wrong_with_a_model_arrives_as_its_error(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        await text_of(ModelWorker(spec(tmp_path / "none.gguf"), 1))
    (tmp_path / "empty.gguf").touch()
    broken = ModelWorker(spec(tmp_path / "empty.gguf"), 1)
    with pytest.raises(ModelRefused):
        await text_of(broken)
    with pytest.raises(ModelRefused):  # and again, with a new child
        await text_of(broken)


async def test_a_missing_store_arrives_as_its_error(tmp_path: Path) -> None:
    retriever = RetrieverWorker(tmp_path / "nowhere", "")
    with pytest.raises(StoreMissing, match="planfirst index build"):
        await retriever.search("anything", 3)
    await retriever.worker.close()


async def test_after_closing_it_does_not_start_again(random_llama: Path) -> None:
    model = ModelWorker(spec(random_llama), 1)
    await model.count(["x"])
    pid = model.worker.pid
    assert pid is not None
    await model.worker.close()
    assert await until_gone(pid)
    with pytest.raises(WorkerError, match="shut down"):
        await model.count(["x"])


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
async def test_children_end_when_their_parent_is_killed(slow_llama: Path) -> None:
    script = f"""
        import asyncio
        from pathlib import Path
        from planfirst.core.types import Decoding, Prompt
        from planfirst.models import ModelSpec
        from planfirst.workers.proxies import ModelWorker

        async def main():
            model = ModelWorker(ModelSpec("slow", Path({str(slow_llama)!r}), "compact", 8192), 1)
            await model.count(["load"])
            print(model.worker.pid, flush=True)
            async for _ in model.stream(Prompt("", "x" * 7000), Decoding(5)):
                pass

        asyncio.run(main())
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(await asyncio.to_thread(parent.stdout.readline))
        await asyncio.sleep(0.3)  # now it is inside llama.cpp
        parent.kill()
    assert await until_gone(child)
