"""Models on trial in child processes: real llama.cpp on a small model of random weights."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from planfirst.adapters.gguf_header import read_header
from planfirst.adapters.running import Running
from planfirst.cli.fit import sample
from planfirst.core.errors import ModelRefused
from planfirst.core.types import Decoding, Prompt
from planfirst.models import ModelSpec
from planfirst.models.fit.search import LAYOUTS
from planfirst.models.fit.verdict import Quality
from planfirst.workers.proxies import ModelWorker
from planfirst.workers.trials import ChildTrials
from tests.small_gguf import write_gguf

pytestmark = pytest.mark.real
TEXT = sample()


async def test_a_copy_in_each_layout_expects_nearly_the_same(random_llama: Path, tmp_path: Path) -> None:
    trials, before = ChildTrials(TEXT), random_llama.read_bytes()
    original = await trials.expected(random_llama, 64)
    assert len(original[0]) == len(original[1]) == 63
    assert all(likelihood <= 0 for likelihood in original[1])
    assert Quality.of(original, original) == Quality(1.0, 0.0)
    q8, q4 = tmp_path / "q8.gguf", tmp_path / "q4.gguf"
    await trials.make(random_llama, q8, "q8_0")
    await trials.make(q8, q4, "q4_0")  # weights that are quantised already
    assert {read_header(path).file_type_name for path in (q8, q4)} <= LAYOUTS.keys()
    assert abs(Quality.of(original, await trials.expected(q8, 64)).loss) < 0.05
    assert sorted(path.name for path in tmp_path.iterdir()) == ["q4.gguf", "q8.gguf"]
    assert random_llama.read_bytes() == before


async def test_two_are_measured_beside_each_other(random_llama: Path) -> None:
    trials = ChildTrials(TEXT)
    other = Running(threads=1, batch=32, flash_attention=True, mmap=False)
    async with trials.loaded(random_llama, Running(), 64) as one, trials.loaded(random_llama, other, 64) as two:
        for each in (one, two):
            read, written = await each.read(64), await each.write(8)
            assert read.tokens % 64 == 0 < read.tokens
            assert written.tokens % 8 == 0 < written.tokens
            assert min(read.wall, read.cpu, written.wall, written.cpu) > 0
            assert each.resident > 1 << 20


async def test_what_is_no_model(tmp_path: Path) -> None:
    trials, foreign = ChildTrials(TEXT), write_gguf(tmp_path / "small.gguf")
    with pytest.raises(ModelRefused):
        await trials.expected(foreign, 64)
    with pytest.raises(ModelRefused):
        await trials.make(foreign, tmp_path / "copy.gguf", "q4_0")
    assert [path.name for path in tmp_path.iterdir()] == ["small.gguf"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_disk_that_is_full_leaves_nothing_half(random_llama: Path, tmp_path: Path) -> None:
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from planfirst.core.errors import ModelRefused\n"
        "from planfirst.models.quantise import quantise\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))\n"
        "try: quantise(Path(sys.argv[1]), Path(sys.argv[2]), 1, 'q8_0', again=True)\n"
        "except ModelRefused: print('refused')\n"
    )
    command = [sys.executable, "-c", script, str(random_llama), str(tmp_path / "copy.gguf")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "refused"
    assert list(tmp_path.iterdir()) == []


async def test_a_fitted_copy_that_llama_refuses_gives_way_to_the_original(random_llama: Path, tmp_path: Path) -> None:
    """Its header is whole, so nothing before llama.cpp can tell."""
    copy = write_gguf(tmp_path / "copy.gguf")
    model = ModelWorker(ModelSpec("random", copy, "compact", 512, original=random_llama), 1)
    try:
        pieces = [piece async for piece in model.stream(Prompt("", "say something"), Decoding(8))]
    finally:
        await model.worker.close()
    assert "".join(pieces)


@pytest.mark.parametrize(
    "opened",
    [
        "from planfirst.adapters.llama import LlamaModel; LlamaModel(path, 512, 2)",
        "from planfirst.adapters.trial import Trial; Trial(path, 'x' * 99, 64, Running(threads=2))",
    ],
)
def test_threads_that_wait_sleep_soon(random_llama: Path, opened: str) -> None:
    """OpenMP reads how long they spin when it is loaded: whatever loads llama.cpp must have said it before."""
    script = (
        f"from pathlib import Path; from planfirst.adapters.running import Running; path = Path({str(random_llama)!r})"
    )
    spin = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
    inherited = {name: value for name, value in os.environ.items() if name not in spin}
    said = {}
    for chosen in ({}, {"GOMP_SPINCOUNT": "77"}):
        done = subprocess.run(
            [sys.executable, "-c", f"{script}; {opened}"],
            env=inherited | chosen | {"OMP_DISPLAY_ENV": "verbose"},
            capture_output=True,
            text=True,
            check=True,
        )
        said[tuple(chosen.values())] = re.findall(r"GOMP_SPINCOUNT = '(\d+)'", done.stderr)
    if not any(said.values()):
        pytest.skip("llama.cpp is not built with GNU's OpenMP here")
    assert said == {(): ["1000"], ("77",): ["77"]}
