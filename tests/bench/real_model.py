"""What a person waits for with a real model, each time against the bare model's answer to the same request.

The bare model is the same file, run by llama-cpp-python with its own defaults but for the number of threads, and asked
as its makers ask it. Its answer ends where the model ends it, or after 512 tokens, as ours does.
"""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import llama_cpp
import psutil
from conversation import second_turn
from lsprotocol import types as lsp
from measured import Measured, connect, leave, row
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient
from real_requests import COMMENTS, DOCUMENTED, IN_VAIN, LONG, REPEATING, STUBS

from planfirst.adapters.amx import without_amx
from planfirst.adapters.gguf_header import read_header
from planfirst.adapters.llama import LlamaModel, threads_for
from planfirst.core.types import Decoding, Prompt
from planfirst.lsp.messages import OUR_CLIENT
from planfirst.lsp.protocol import plain
from planfirst.models import ModelSpec

OURS = [sys.executable, "-P", "-m", "planfirst", "serve"]
TOKENS = 512
_POLL = 0.005  # seconds
_STILL = 1.0  # seconds without any work, after which a process counts as idle; a busy machine lets it run far sooner
_PATIENCE = 60.0  # seconds, after which something is wrong


@dataclass
class Asked:
    """When an answer was there, and the first text of plan and of code, in seconds after it was asked for."""

    seconds: float
    plan: float
    code: float
    answer: dict[str, Any]


@dataclass
class Live:
    """A request that was sent, and what was told of it so far, with the time of each."""

    number: str
    answer: asyncio.Future[Any]
    told: list[tuple[float, dict[str, Any]]] = field(default_factory=list)

    def times(self, **says: object) -> list[float]:
        """When the events came that say all of this; None for what they must not say."""
        return [at for at, event in self.told if all(event.get(key) == value for key, value in says.items())]

    async def until(self, count: int, **says: object) -> None:
        """Waits for so many such events.

        Raises:
            RuntimeError: the request has ended before.
        """
        while len(self.times(**says)) < count:
            self.must_go_on()
            await asyncio.sleep(_POLL)

    def must_go_on(self) -> None:
        """Raises RuntimeError if the request has ended."""
        if self.answer.done():
            raise RuntimeError(f"nothing is left to be measured, the request has ended: {self.answer!r:.300}")


class Session:
    """A server with the model, and the documents opened in it."""

    def __init__(self, client: LanguageClient) -> None:
        self.client, self._opened = client, 0
        self._asked: dict[str | int, Live] = {}
        client.protocol.fm.features.pop(lsp.PROGRESS, None)

        def progress(params: lsp.ProgressParams) -> None:
            self._asked[params.token].told.append((time.perf_counter(), plain(params.value)))

        client.feature(lsp.PROGRESS)(progress)

    @classmethod
    async def start(cls, model: Path, attempts: int = 4, seconds: float = 30, **editor: bool) -> Session:
        options = {
            "client": OUR_CLIENT,
            "planner": {"model": str(model), "fitted": False},
            "verify": {"attempts": attempts, "seconds": seconds},
            "prompt": {"requestTokens": 2048},
        }
        return cls(await connect(OURS, {**options, "editor": {"warmUp": False, **editor}}))

    async def stop(self) -> None:
        await leave(self.client)

    def open(self, text: str) -> str:
        self._opened += 1
        uri = f"file:///bench{self._opened}.py"
        document = lsp.TextDocumentItem(uri, "python", 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(document))
        return uri

    def send(self, goal: str, uri: str, line: int = 0, **more: object) -> Live:
        number = f"bench{len(self._asked)}"
        where = {"textDocument": {"uri": uri, "version": 1}, "range": {"start": {"line": line}, "end": {"line": line}}}
        params = {**where, "partialResultToken": number, **more}
        answer = self.client.protocol.send_request_async(f"planfirst/{goal}", params, msg_id=number)
        live = self._asked[number] = Live(number, asyncio.ensure_future(answer))
        return live

    async def ask(self, goal: str, uri: str, line: int = 0, **more: object) -> Asked:
        began = time.perf_counter()
        live = self.send(goal, uri, line, **more)
        answer = plain(await live.answer)
        seconds = time.perf_counter() - began
        plan, code = (live.times(kind="text", stage=stage) for stage in ("plan", "generate"))
        return Asked(seconds, plan[0] - began if plan else seconds, code[0] - began if code else seconds, answer)

    async def cancel(self, live: Live) -> float:
        """Cancels a request as an editor does.

        Returns:
            The seconds from just before ``$/cancelRequest`` is sent until the processor time of the model's process
            stands still. It is told in hundredths of a second, and so is this.

        Raises:
            RuntimeError: the request had ended, or nobody worked on it, or it is answered in spite of the cancel.
        """
        process = self.model_process()
        await self._at_work(process, live)
        began = last = time.perf_counter()
        self.client.cancel_request(lsp.CancelParams(live.number))
        worked = _worked(process)
        while time.perf_counter() < last + _STILL:
            await asyncio.sleep(_POLL)
            if (now := _worked(process)) > worked:
                worked, last = now, time.perf_counter()
            if last > began + _PATIENCE:
                raise RuntimeError("the model works on after the cancel")
        try:
            raise RuntimeError(f"it was answered in spite of the cancel: {await live.answer!r:.300}")
        except JsonRpcException as error:
            if error.code != lsp.LSPErrorCodes.RequestCancelled:
                raise RuntimeError("it ended, but not by the cancel") from error
        return last - began

    async def _at_work(self, process: psutil.Process, live: Live) -> None:
        """Waits for the next hundredth of a second that the model works."""
        worked, began = _worked(process), time.perf_counter()
        while _worked(process) == worked:
            live.must_go_on()
            if time.perf_counter() > began + _PATIENCE:
                raise RuntimeError("nobody works on the request")
            await asyncio.sleep(_POLL)
        live.must_go_on()

    def model_process(self) -> psutil.Process:
        """The child that holds the model."""
        server = psutil.Process(self.client._server.pid)  # type: ignore[union-attr]
        return next(one for one in server.children(recursive=True) if one.cmdline()[-1] == "model")


class Bare:
    """The file in llama-cpp-python, asked in one message as its makers do."""

    def __init__(self, model: Path) -> None:
        threads = threads_for(model.stat().st_size)
        with without_amx(llama_cpp, read_header(model).layer_types):
            self._model = llama_cpp.Llama(
                str(model), n_ctx=4096, n_threads=threads, n_threads_batch=threads, verbose=False
            )

    def seconds(self, code: str) -> float:
        """How long its whole answer takes."""
        what = "Write a self-contained Python script that solves the following problem in a markdown code block:"
        self._model.reset()
        began = time.perf_counter()
        self._model.create_chat_completion(
            [{"role": "user", "content": f"{what}\n```python\n{code.strip()}\n```"}], max_tokens=TOKENS, temperature=0.0
        )
        return time.perf_counter() - began


async def measure(spec: ModelSpec, rounds: int) -> list[Measured]:
    """The rows for one model; each of ``rounds`` is another request, and who goes first takes turns."""
    bare, session = Bare(spec.path), await Session.start(spec.path)
    times: dict[str, list[float]] = {}

    def note(name: str, seconds: float) -> None:
        times.setdefault(name, []).append(seconds)

    try:
        await session.ask("generate", session.open(STUBS[-1]))  # loads the model
        bare.seconds("print(1)")
        for n in range(rounds):
            stub, comment = STUBS[n % len(STUBS)], COMMENTS[n % len(COMMENTS)]
            documented = DOCUMENTED[n % len(DOCUMENTED)]
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
            note("comment", (await session.ask("generate", session.open(f"{comment}\n"), leaveOut=["plan"])).seconds)
            if not n % 2:
                note("bare stub", bare.seconds(stub))
                note("bare documented", bare.seconds(documented))
            note("bare comment", bare.seconds(comment))
        memory = session.model_process().memory_info().rss
        reading = [await _cancelled_reading(session, n) for n in range(max(3, rounds))]
        shared = await _shared(session)
    finally:
        await session.stop()
    writing = await _cancelled_writing(spec.path, max(3, rounds))
    again, alone = _drafted(spec.path)
    first, second = await _fresh(spec.path, rounds)
    cold, rested = await _rested(spec.path, rounds)
    name, size = spec.name, spec.path.stat().st_size
    return [
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


async def _fresh(model: Path, rounds: int) -> tuple[list[float], list[float]]:
    """The first and the second request of fresh servers whose model is loaded and has read nothing.

    Two requests take turns in being the first, and each is compared with itself.
    """
    first: dict[str, list[float]] = {stub: [] for stub in STUBS[:2]}
    second: dict[str, list[float]] = {stub: [] for stub in STUBS[:2]}
    for n in range(2 * max(1, rounds // 2)):
        session = await Session.start(model)
        await session.ask("prompt", session.open(STUBS[2]), leaveOut=["plan", "example"])  # counts its tokens
        stubs = STUBS[:2] if n % 2 else STUBS[1::-1]
        for times, stub in zip((first, second), stubs, strict=True):
            asked = await session.ask("generate", session.open(stub), leaveOut=["plan", "example"])
            times[stub].append(asked.seconds)
        await session.stop()
    return [each for stub in first for each in first[stub]], [each for stub in first for each in second[stub]]


async def _rested(model: Path, rounds: int) -> tuple[list[float], list[float]]:
    """The first token of a request without and with the cursor having rested on its comment, both models loaded."""
    cold: list[float] = []
    rested: list[float] = []
    session = await Session.start(model, warmUp=True)
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
    began = _worked(process)
    while _worked(process) < began + 0.3:
        live.must_go_on()
        await asyncio.sleep(_POLL)
    seconds = await session.cancel(live)
    if live.times(kind="text"):
        raise RuntimeError("the prompt had been read before the cancel")
    return seconds


async def _cancelled_writing(model: Path, rounds: int) -> list[float]:
    """The seconds from a cancel to an idle process, while four candidates are written.

    The first candidate fails, and four others follow at once. Two of them take over the first one's prompt, a third
    most of it, and the one that mends it reads another, which is longer; their text is not told. So the cancel comes
    when they have taken four times the processor time for which the first one read, and before any of them has ended.
    """
    session = await Session.start(model, attempts=5, seconds=600)
    seconds: list[float] = []
    try:
        await session.ask("generate", session.open(STUBS[-1]), leaveOut=["plan"])  # loads the model
        process = session.model_process()
        for n in range(rounds):
            text = f"from datetime import date\n\n\n{_in_vain(DOCUMENTED[n % len(DOCUMENTED)], n)}"
            live = session.send("generate", session.open(text), 3, leaveOut=["plan"], trusted=True, mayRun=True)
            await live.until(1, kind="stage", stage="generate", ms=None)
            began = _worked(process)
            await live.until(1, kind="text", stage="generate")
            read = _worked(process) - began
            await live.until(5, kind="stage", stage="generate", ms=None)
            began = _worked(process)
            while _worked(process) < began + 4 * read:
                live.must_go_on()
                await asyncio.sleep(_POLL)
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
    for n, stub in enumerate(STUBS[:3]):
        alone.append((await session.ask("generate", session.open(f"{stub}\n# alone {n}\n"), leaveOut=["plan"])).code)
        beside.append(await _beside(session, f"{stub}\n# beside {n}\n"))
    return beside, alone


async def _beside(session: Session, text: str) -> float:
    """The first token of a short request while another one writes a long answer, which has ended afterwards."""
    long = "# a class for matrices with addition, product, inverse, determinant and a text form\n"
    writing = session.send("generate", session.open(long), leaveOut=["plan"])
    await writing.until(1, kind="text", stage="generate")
    beside = (await session.ask("generate", session.open(text), leaveOut=["plan"])).code
    await session.cancel(writing)
    return beside


def _worked(process: psutil.Process) -> float:
    """The seconds of processor time that it has used."""
    return sum(process.cpu_times()[:2])
