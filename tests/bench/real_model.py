"""What a person waits for with a real model, each time against the bare model's answer to the same request.

Where it is said, the model is run as it was fitted to this machine; the bare one is always the original file.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pace
from conversation import second_turn
from lsprotocol import types as lsp
from measured import Measured, row
from real_requests import COMMENTS, DOCUMENTED, IN_VAIN, LONG, REPEATING, STUBS
from session import POLL, Bare, Session, used

from planfirst.adapters.llama import LlamaModel
from planfirst.core.types import Decoding, Prompt
from planfirst.models import ModelSpec

_COMMENTS = 3  # a round, since their answers differ most: by how much each of the two models writes


async def measure(spec: ModelSpec, rounds: int, program: Path | None = None) -> list[Measured]:
    """The rows for one model; each of ``rounds`` is another request, and who goes first takes turns.

    Args:
        program: llama.cpp's own ``llama-bench``, if there is one.
    """
    original = spec.original or spec.path
    fitted = original is not spec.path
    bare, session = Bare(original), await Session.start(original, fitted)
    times: dict[str, list[float]] = {}

    def note(name: str, seconds: float) -> None:
        times.setdefault(name, []).append(seconds)

    try:
        await session.ask("generate", session.open(STUBS[-1]))  # loads the model
        bare.seconds("print(1)")
        for n in range(rounds):
            stub, documented = STUBS[n % len(STUBS)], DOCUMENTED[n % len(DOCUMENTED)]
            if n % 2:
                note("bare stub", bare.seconds(stub))
                note("bare documented", bare.seconds(documented))
            note(
                "documented",
                (await session.ask("generate", session.open(documented), leaveOut=["plan"])).seconds,
            )
            note("stub", (await session.ask("generate", session.open(stub), leaveOut=["plan"])).seconds)
            planned = await session.ask("plan", uri := session.open(f"{stub}\n\n# {n}\n"), fresh=True)
            note("plan", planned.seconds)
            note("first step", planned.plan)
            note("plan, code", planned.seconds + (await session.ask("generate", uri)).seconds)
            vain = session.open(_in_vain(stub))
            tried = await session.ask("generate", vain, leaveOut=["plan"], trusted=True, mayRun=True)
            note("verified", tried.seconds)
            if not n % 2:
                note("bare stub", bare.seconds(stub))
                note("bare documented", bare.seconds(documented))
            for comment in (COMMENTS[(_COMMENTS * n + k) % len(COMMENTS)] for k in range(_COMMENTS)):
                below = session.open(f"{comment}\n")
                note("comment", (await session.ask("generate", below, leaveOut=["plan"])).seconds)
                note("bare comment", bare.seconds(comment))
        memory = session.model_process().memory_info().rss
        reading = [await _cancelled_reading(session, n) for n in range(max(3, rounds))]
        shared = await _shared(session)
    finally:
        await session.stop()
    writing = await _cancelled_writing(original, fitted, max(3, rounds))
    again, alone = _drafted(spec.path)
    first, second = await _fresh(original, fitted, rounds)
    cold, rested = await _rested(original, fitted, rounds)
    name, size = spec.name + (", fitted" if fitted else ""), spec.path.stat().st_size
    return [
        *await pace.through_server(name, spec, rounds, program),
        *pace.as_run(name, spec, rounds),
        row(f"{name}: a stub's code to the bare answer", times["stub"], times["bare stub"], "at most 0.5"),
        row(
            f"{name}: the same where the docstring has several lines",
            times["documented"],
            times["bare documented"],
            "at most 0.5",
        ),
        row(f"{name}: code below a comment to the bare answer", times["comment"], times["bare comment"], "at most 1.0"),
        row(f"{name}: a plan to the bare answer", times["plan"], times["bare stub"], "at most 0.7"),
        row(f"{name}: a plan's first step to the bare answer", times["first step"], times["bare stub"], "at most 0.35"),
        row(f"{name}: plan, then code, to the bare answer", times["plan, code"], times["bare stub"], "at most 1.2"),
        row(
            f"{name}: four candidates, all failing, to the bare answer",
            times["verified"],
            times["bare stub"],
            "at most 1.2",
        ),
        row(f"{name}: first request of a process, its model loaded, to the second", first, second, "at most 1.3"),
        row(f"{name}: first token after a rest on the comment to without", rested, cold, "at most 0.3"),
        row(f"{name}: first token beside a long request to alone", *shared, "at most 2"),
        second_turn(name, spec.path, rounds),
        row(f"{name}: tokens/s where the prompt is repeated, guessed ahead to not", again, alone, "at least 1.5"),
        row(
            f"{name}: seconds from a cancel while a prompt is read to an idle process, to 0.15",
            reading,
            [0.15] * len(reading),
            "at most 1",
        ),
        row(
            f"{name}: the same from a cancel while four candidates are written",
            writing,
            [0.15] * len(writing),
            "at most 1",
        ),
        row(
            f"{name}: memory of its process to the file's size", [memory], [size], f"at most {1.25 + 150e6 / size:.2f}"
        ),
    ]


def _drafted(model: Path) -> tuple[list[float], list[float]]:
    """Tokens a second of answers that repeat much of their prompt, with guessed tokens and without."""
    rates: dict[bool, list[float]] = {True: [], False: []}
    models = {drafts: LlamaModel(model, 2048, drafts=drafts) for drafts in rates}
    for n, asked in enumerate(REPEATING):
        prompt = Prompt("", asked, begun="```python\n")
        for drafts in (True, False) if n % 2 else (False, True):
            list(models[drafts].stream(prompt, Decoding(0), bool))
            began = time.perf_counter()
            text = "".join(models[drafts].stream(prompt, Decoding(160, stops=("```",)), bool))
            rates[drafts].append(models[drafts].count([text])[0] / (time.perf_counter() - began))
    for one in models.values():
        one.close()
    return rates[True], rates[False]


async def _fresh(model: Path, fitted: bool, rounds: int) -> tuple[list[float], list[float]]:
    """The first and the second request of fresh servers whose model is loaded and has read nothing.

    Two requests take turns in being the first, and each is compared with itself.
    """
    first: dict[str, list[float]] = {stub: [] for stub in STUBS[:2]}
    second: dict[str, list[float]] = {stub: [] for stub in STUBS[:2]}
    for n in range(2 * max(1, rounds // 2)):
        session = await Session.start(model, fitted)
        await session.ask("prompt", session.open(STUBS[2]), leaveOut=["plan", "example"])  # counts its tokens
        stubs = STUBS[:2] if n % 2 else STUBS[1::-1]
        for times, stub in zip((first, second), stubs, strict=True):
            asked = await session.ask("generate", session.open(stub), leaveOut=["plan", "example"])
            times[stub].append(asked.seconds)
        await session.stop()
    return [each for stub in first for each in first[stub]], [each for stub in first for each in second[stub]]


async def _rested(model: Path, fitted: bool, rounds: int) -> tuple[list[float], list[float]]:
    """The first token of a request without and with the cursor having rested on its comment, both models loaded."""
    cold: list[float] = []
    rested: list[float] = []
    session = await Session.start(model, fitted, warmUp=True)
    context = "\n".join(f"import {name}" for name in ("os", "re", "json", "csv")) + "\n\n"
    await session.ask("generate", session.open(STUBS[-1]))
    for n in range(rounds):
        for times in (cold, rested):
            stub = STUBS[n % len(STUBS)].replace('"""\n', f' Case {n}{times is cold}, of the bench."""\n')
            uri = session.open(context + stub)
            line = context.count("\n") + 1
            if times is rested:
                here = lsp.Range(lsp.Position(line, 4), lsp.Position(line, 4))
                asked = lsp.CodeActionParams(lsp.TextDocumentIdentifier(uri), here, lsp.CodeActionContext([]))
                await session.client.text_document_code_action_async(asked)
                await asyncio.sleep(3)  # what is measured is what this rest is used for
            times.append((await session.ask("generate", uri, line, leaveOut=["plan"])).code)
    await session.stop()
    return cold, rested


async def _cancelled_reading(session: Session, n: int) -> float:
    """The seconds from a cancel to an idle process, while a prompt of some 2,000 tokens is read.

    It is cancelled when its reading has begun and taken 0.3 s of processor time, and before it has written anything.
    """
    lines = "".join(f"# {line.strip()}\n" for line in LONG.splitlines()[2:140])
    live = session.send("generate", session.open(f"# Case {n} of a request:\n{lines}"), leaveOut=["plan", "example"])
    await live.until(1, kind="stage", stage="generate", ms=None)
    process = session.model_process()
    began = used(process)
    while used(process) < began + 0.3:
        live.must_go_on()
        await asyncio.sleep(POLL)
    seconds = await session.cancel(live)
    if live.times(kind="text"):
        raise RuntimeError("the prompt had been read before the cancel")
    return seconds


async def _cancelled_writing(model: Path, fitted: bool, rounds: int) -> list[float]:
    """The seconds from a cancel to an idle process, while four candidates are written.

    The first candidate fails, and four others follow at once. Two of them take over the first one's prompt, a third
    most of it, and the one that mends it reads another, which is longer; their text is not told. So the cancel comes
    when they have taken three times the processor time for which the first one read, and before any of them has ended.
    """
    session = await Session.start(model, fitted, attempts=5, seconds=600)
    seconds: list[float] = []
    try:
        await session.ask("generate", session.open(STUBS[-1]), leaveOut=["plan"])  # loads the model
        process = session.model_process()
        for n in range(rounds):
            text = f"from datetime import date\n\n\n{_in_vain(DOCUMENTED[n % len(DOCUMENTED)], n)}"
            live = session.send("generate", session.open(text), 3, leaveOut=["plan"], trusted=True, mayRun=True)
            await live.until(1, kind="stage", stage="generate", ms=None)
            began = used(process)
            await live.until(1, kind="text", stage="generate")
            read = used(process) - began
            await live.until(5, kind="stage", stage="generate", ms=None)
            began = used(process)
            while used(process) < began + 3 * read:
                live.must_go_on()
                await asyncio.sleep(POLL)
            seconds.append(await session.cancel(live))
            if len(live.times(kind="attempt", doing="check")) > 1:
                raise RuntimeError("one of the four had ended before the cancel")
    finally:
        await session.stop()
    return seconds


def _in_vain(stub: str, n: int | str = "") -> str:
    """The same with an example that no code can hold, under another name."""
    name = stub.partition("(")[0].removeprefix("def ")
    renamed = stub.replace(f"{name}(", f"{name}{n}(")
    return renamed.replace('"""\n', f'{IN_VAIN.format(name=f"{name}{n}")}    """\n')


async def _shared(session: Session) -> tuple[list[float], list[float]]:
    """The first token of a short request beside a long one, and alone."""
    beside: list[float] = []
    alone: list[float] = []
    for stub in STUBS[:3]:  # under other names, so that nothing of either was read before
        renamed = [stub.replace("def ", f"def {how}_") for how in ("alone", "beside")]
        alone.append((await session.ask("generate", session.open(renamed[0]), leaveOut=["plan"])).code)
        beside.append(await _beside(session, renamed[1]))
    return beside, alone


async def _beside(session: Session, text: str) -> float:
    """The first token of a short request while another one writes a long answer, which has ended afterwards."""
    long = "# a class for matrices with addition, product, inverse, determinant and a text form\n"
    writing = session.send("generate", session.open(long), leaveOut=["plan"])
    await writing.until(1, kind="text", stage="generate")
    beside = (await session.ask("generate", session.open(text), leaveOut=["plan"])).code
    await session.cancel(writing)
    return beside
