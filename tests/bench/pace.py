"""How fast a model reads and writes: through the server, in our own process, and in plain llama-cpp-python."""

from __future__ import annotations

import json
import statistics
import subprocess
import time
from pathlib import Path

from measured import Measured, row
from real_requests import DOCUMENTED, LONG
from session import Bare, Session

from planfirst.adapters.llama import LlamaModel, threads_for
from planfirst.core.types import Decoding, Prompt
from planfirst.models import ModelSpec

_WRITTEN = 96  # tokens, of which the first counts as reading
_ASKED = "Write a Python class for matrices with addition, product, inverse, determinant and a text form."


async def through_server(name: str, spec: ModelSpec, rounds: int, program: Path | None) -> list[Measured]:
    """Tokens a second of an answer through the language server, against two that do nothing else with the same file.

    Args:
        program: llama.cpp's own ``llama-bench``, built from the source archive of llama-cpp-python; None for none.
    """
    ours: list[float] = []
    bare: list[float] = []
    loop = Bare(spec.path, flash=spec.running.flash_attention)
    session = await Session.start(spec.original or spec.path, spec.original is not None)
    try:
        for n in range(rounds):
            stub = DOCUMENTED[n % len(DOCUMENTED)]
            asked = await session.ask("generate", session.open(stub), leaveOut=["plan"])
            ours.append(asked.answer["tokensPerSecond"])
            # Ours goes on from the stub, so it stands twice in front of what is written: each token looks at all of it.
            bare.append(loop.writing(f"{asked.answer['prompt']['user']}\n{stub}", _WRITTEN))
    finally:
        await session.stop()
    rows = [row(f"{name}: tokens/s of writing through the server to a bare loop", ours, bare, "at least 0.98")]
    if program is not None:
        best = max((_benched(program, spec, rounds, flash) for flash in ("0", "1")), key=statistics.median)
        rows.append(row(f"{name}: the same to llama.cpp's own bench at its best", ours, best, "at least 0.95"))
    return rows


def _benched(program: Path, spec: ModelSpec, rounds: int, flash: str) -> list[float]:
    """What llama-bench writes behind a prompt of some length, in tokens a second."""
    threads = str(threads_for(spec.path.stat().st_size))
    how = ["-p", "0", "-n", str(_WRITTEN), "-d", "256", "-t", threads, "-fa", flash, "-r", str(rounds), "-o", "json"]
    done = subprocess.run([program, "-m", spec.path, *how], capture_output=True, text=True, check=True)
    (found,) = json.loads(done.stdout)
    return list(found["samples_ts"])


def as_run(name: str, spec: ModelSpec, rounds: int) -> list[Measured]:
    """Reading and writing as it is run here, against the original file in llama-cpp-python."""
    original = Bare(spec.original or spec.path)
    ours = LlamaModel(spec.path, 4096, running=spec.running, drafts=False)
    reads: tuple[list[float], list[float]] = ([], [])
    writes: tuple[list[float], list[float]] = ([], [])
    for n in range(rounds):
        text = f"# Case {n}\n{LONG[:6000]}"
        for side in (0, 1) if n % 2 else (1, 0):
            reads[side].append(original.reading(text) if side else _reading(ours, text))
            writes[side].append(original.writing(_ASKED, _WRITTEN) if side else _writing(ours))
    ours.close()
    return [
        row(f"{name}: tokens/s of reading to the original in llama-cpp-python", *reads, "at least 1.3"),
        row(f"{name}: tokens/s of writing, likewise", *writes, "at least 1.35"),
    ]


def _reading(model: LlamaModel, text: str) -> float:
    prompt = Prompt("", text)
    tokens = len(model.prompt_tokens(prompt))
    began = time.perf_counter()
    list(model.stream(prompt, Decoding(1), bool))
    return tokens / (time.perf_counter() - began)


def _writing(model: LlamaModel) -> float:
    times: list[float] = []
    text = ""
    for piece in model.stream(Prompt("", _ASKED), Decoding(_WRITTEN), bool):
        times.append(time.perf_counter())
        text += piece
    return (model.count([text])[0] - 1) / (times[-1] - times[0])
