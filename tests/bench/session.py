"""A server that is asked as an editor asks it, with the time of all that it tells, and the bare model beside it.

The bare model is the original file, run by llama-cpp-python with its own defaults but for the number of threads, and
asked as its makers ask it. Its answer ends where the model ends it, or after 512 tokens, as ours does.
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
from lsprotocol import types as lsp
from measured import connect, leave
from pygls.exceptions import JsonRpcException
from pygls.lsp.client import LanguageClient

from planfirst.adapters.amx import without_amx
from planfirst.adapters.gguf_header import read_header
from planfirst.adapters.llama import threads_for
from planfirst.lsp.messages import OUR_CLIENT
from planfirst.lsp.protocol import plain

OURS = [sys.executable, "-P", "-m", "planfirst", "serve"]
TOKENS = 512
POLL = 0.005  # seconds
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
            await asyncio.sleep(POLL)

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
    async def start(cls, model: Path, fitted: bool, attempts: int = 4, seconds: float = 30, **editor: bool) -> Session:
        options = {
            "client": OUR_CLIENT,
            "planner": {"model": str(model), "fitted": fitted},
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
        worked = used(process)
        while time.perf_counter() < last + _STILL:
            await asyncio.sleep(POLL)
            if (now := used(process)) > worked:
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
        worked, began = used(process), time.perf_counter()
        while used(process) == worked:
            live.must_go_on()
            if time.perf_counter() > began + _PATIENCE:
                raise RuntimeError("nobody works on the request")
            await asyncio.sleep(POLL)
        live.must_go_on()

    def model_process(self) -> psutil.Process:
        """The child that holds the model."""
        server = psutil.Process(self.client._server.pid)  # type: ignore[union-attr]
        return next(one for one in server.children(recursive=True) if one.cmdline()[-1] == "model")


class Bare:
    """A file in llama-cpp-python, asked in one message as its makers do."""

    def __init__(self, model: Path, flash: bool = False) -> None:
        threads = threads_for(model.stat().st_size)
        with without_amx(llama_cpp, read_header(model).layer_types):
            self._model = llama_cpp.Llama(
                str(model), n_ctx=4096, n_threads=threads, n_threads_batch=threads, flash_attn=flash, verbose=False
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

    def reading(self, text: str) -> float:
        """Tokens a second in which a text is read."""
        tokens = self._model.tokenize(text.encode(), add_bos=False)
        self._model.reset()
        began = time.perf_counter()
        self._model.eval(tokens)
        return len(tokens) / (time.perf_counter() - began)

    def writing(self, asked: str, most: int) -> float:
        """Tokens a second of an answer, from its first token on."""
        self._model.reset()
        messages = [{"role": "user", "content": asked}]
        pieces = self._model.create_chat_completion(messages, max_tokens=most, temperature=0.0, stream=True)
        times = [time.perf_counter() for piece in pieces if piece["choices"][0]["delta"].get("content")]
        return (len(times) - 1) / (times[-1] - times[0])


def used(process: psutil.Process) -> float:
    """The seconds of processor time that it has used."""
    return sum(process.cpu_times()[:2])
