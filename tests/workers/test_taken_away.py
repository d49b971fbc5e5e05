"""A model process whose file or memory is taken away while it works, as a network disk or a full machine does it."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from planfirst.core.errors import ModelError, WorkerError
from planfirst.core.types import Decoding, Prompt
from planfirst.models import ModelSpec
from planfirst.workers.proxies import ModelWorker

pytestmark = [pytest.mark.real, pytest.mark.skipif(os.name == "nt", reason="an open file cannot be cut there")]
PROMPT = Prompt("be brief", "say something")


@pytest.fixture
async def loaded(slow_llama: Path, tmp_path: Path) -> AsyncIterator[ModelWorker]:
    """A model that has been asked, and so is loaded from a file of its own."""
    path = shutil.copy(slow_llama, tmp_path / "model.gguf")
    model = ModelWorker(ModelSpec("slow", Path(path), "compact", 8192), 1)
    await text_of(model)
    yield model
    await model.worker.close()


async def text_of(model: ModelWorker, prompt: Prompt = PROMPT) -> str:
    return "".join([piece async for piece in model.stream(prompt, Decoding(4))])


async def test_a_file_that_is_cut_while_it_is_mapped_costs_the_request_only(
    loaded: ModelWorker, slow_llama: Path, tmp_path: Path
) -> None:
    expected, path, old = await text_of(loaded), tmp_path / "model.gguf", loaded.worker.pid
    os.truncate(path, 4096)
    with pytest.raises((WorkerError, ModelError)):
        await text_of(loaded, Prompt("be brief", "say something else"))
    with pytest.raises(ModelError):  # and not a crash again and again
        await text_of(loaded)
    shutil.copy(slow_llama, path)
    assert await text_of(loaded) == expected
    assert loaded.worker.pid != old


@pytest.mark.skipif(not hasattr(psutil.Process, "rlimit"), reason="only Linux limits another process")
async def test_memory_that_shrinks_costs_the_request_at_most(loaded: ModelWorker) -> None:
    expected, old = await text_of(loaded), loaded.worker.pid
    assert old is not None
    used = psutil.Process(old).memory_info().vms
    psutil.Process(old).rlimit(psutil.RLIMIT_AS, (used, used))
    long = Prompt("be brief", "say something " * 400)
    with suppress(WorkerError, ModelError):  # the cache has its memory already, so it may well answer
        await text_of(loaded, long)
    assert await text_of(loaded) == expected
