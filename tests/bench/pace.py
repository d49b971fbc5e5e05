"""How fast a model reads and writes: through the server, in our own process, and in plain llama-cpp-python."""

from __future__ import annotations

import time

from measured import Measured, row
from real_requests import DOCUMENTED, LONG
from session import Bare, Session

from planfirst.adapters.llama import LlamaModel
from planfirst.core.types import Decoding, Prompt
from planfirst.models import ModelSpec

_WRITTEN = 96  # tokens, of which the first counts as reading
_ASKED = "Write a Python class for matrices with addition, product, inverse, determinant and a text form."


async def through_server(name: str, spec: ModelSpec, rounds: int) -> Measured:
    """Tokens a second of an answer through the language server, against a bare loop on the same file and prompt.

    Nothing is guessed ahead here, so that both take their tokens one by one.
    """
    ours: list[float] = []
    bare: list[float] = []
    loop = Bare(spec.path, flash=spec.running.flash_attention)
    session = await Session.start(spec.original or spec.path, spec.original is not None)
    try:
        for n in range(rounds):
            asked = await session.ask("generate", session.open(DOCUMENTED[n % len(DOCUMENTED)]), leaveOut=["plan"])
            ours.append(asked.answer["tokensPerSecond"])
            bare.append(loop.writing(asked.answer["prompt"]["user"], _WRITTEN))
    finally:
        await session.stop()
    return row(f"{name}: tokens/s of writing through the server to a bare loop", ours, bare, "at least 0.98")


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
