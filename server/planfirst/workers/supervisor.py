"""A supervised child process: started when first needed, restarted with back-off after a crash, ended with its parent.

After five crashes within three minutes and no answer in between it is left alone for three minutes, and requests are
told so at once.

All methods belong to one event loop. It knows nothing of what the child does.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import signal
import sys
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from planfirst.core.errors import PlanfirstError, WorkerError
from planfirst.words import Message
from planfirst.workers import wire
from planfirst.workers.crashes import Crashes

log = logging.getLogger(__name__)
_PATIENCE = 2.0  # seconds that a child has to end by itself
_SOON = 0.1  # seconds


class Worker:
    """One child process and the requests it has in hand.

    Args:
        kind: which host it runs, a key of `planfirst.workers.hosts.HOSTS`.
        title: what to call it in messages.
        opening: parameters of the ``open`` request that every new child is sent first.
        backoff: seconds to wait before the first restart; doubled with each further crash.
        unload: seconds without a request after which the child ends and its memory is free; the next request starts it
            again. 0 keeps it.
    """

    def __init__(
        self, kind: str, title: Message, opening: Mapping[str, Any], backoff: float = 0.5, unload: float = 0.0
    ) -> None:
        self.title = title
        self._kind = kind
        self._opening = dict(opening)
        self.unload = unload
        self._unloading: asyncio.TimerHandle | None = None
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Queue[wire.Message]] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._reader: asyncio.Task[None] | None = None
        self._start: asyncio.Task[None] | None = None
        self._crashes = Crashes(backoff)
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def warm(self, **params: Any) -> None:
        """Starts the child and lets it load; errors come with the first real request."""
        with contextlib.suppress(PlanfirstError):
            await self.call("warm", **params)

    async def call(self, method: str, **params: Any) -> Any:
        """The result of a request without partial results."""
        result = None
        async with contextlib.aclosing(self.stream(method, **params)) as messages:
            async for kind, value in messages:
                if kind == "result":
                    result = value
        return result

    async def stream(self, method: str, **params: Any) -> AsyncGenerator[tuple[str, Any], None]:
        """Partial results as ``("item", value)``, then ``("result", value)``.

        Closing it, or cancelling the task that reads it, cancels the request in the child.

        Raises:
            PlanfirstError: what the child answered; WorkerError when it died.
        """
        self._stay()
        await self._ensure_started()
        number, answers = self._send(method, params)
        try:
            while True:
                message = await answers.get()
                if "item" in message:
                    yield "item", message["item"]
                elif "error" in message:
                    raise wire.error_from_wire(message["error"])
                else:
                    self._crashes.clear()
                    yield "result", message["result"]
                    return
        finally:
            if self._waiting.pop(number, None) is not None:
                self._write({"cancel": number})
            if self.unload and not self._waiting:
                self._stay()
                self._unloading = asyncio.get_running_loop().call_later(self.unload, self._end_idle)

    def tell(self, method: str, **params: Any) -> None:
        """Sends a request whose answer nobody waits for; a child that does not run is not started for it."""
        self._write({"id": next(self._numbers), "method": method, "params": params})

    def rest(self) -> None:
        """Ends the child as soon as it has nothing in hand; the next request starts another one."""
        self.unload = _SOON
        if not self._waiting:
            self._stay()
            self._end_idle()

    async def replace(self) -> None:
        """As `close`, and fails what is in hand, which would wait for ever: another process answers from now on."""
        await self.close()
        self._fail_all(WorkerError("worker-ended-by-us", process=self.title))

    async def close(self) -> None:
        """Ends the child: first politely, then by force. Who closes it cancels those that wait for its answers."""
        self._closed = True
        self._stay()
        if self._start is not None:
            self._start.cancel()
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), _PATIENCE)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._reader is not None:
            await asyncio.wait([self._reader], timeout=_PATIENCE)

    def _stay(self) -> None:
        if self._unloading is not None:
            self._unloading.cancel()
            self._unloading = None

    def _end_idle(self) -> None:
        """Closes the input of the child, which ends it; the next request starts another one."""
        if self._waiting:  # a request was on its way when the timer was set; its end sets another one
            return
        process, self._process = self._process, None
        if process is not None and process.stdin is not None:
            log.info("%s ends, since it was not used for %g seconds", self.title, self.unload)
            process.stdin.close()

    async def _ensure_started(self) -> None:
        if self._closed:
            raise WorkerError("worker-closed", process=self.title)
        if self.pid is None and self._crashes.are_too_many:
            raise WorkerError("worker-keeps-ending", process=self.title, reason=self._crashes.reason)
        if self._start is None or (self._start.done() and self.pid is None):
            self._start = asyncio.create_task(self._start_child(), name=f"start {self._kind}")
            self._start.add_done_callback(lambda task: task.cancelled() or task.exception())
        # Shielded: who gives up waiting must not leave the next one with a child that is half started.
        await asyncio.shield(self._start)

    async def _start_child(self) -> None:
        await asyncio.sleep(self._crashes.wait)
        try:
            # -P: a file in the folder the editor started us in must not pass for one of our modules.
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-P",
                "-m",
                "planfirst.workers.child",
                self._kind,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=wire.LONGEST,
            )
        except OSError as error:
            self._crashes.add(str(error))
            raise WorkerError("worker-not-started", process=self.title, reason=error) from error
        self._reader = asyncio.create_task(self._read(self._process), name=f"read {self._kind}")
        _, answers = self._send("open", self._opening)
        message = await answers.get()
        if "error" in message:
            await self._discard()  # it lives but has nothing loaded; the next request starts a new one
            raise wire.error_from_wire(message["error"])

    async def _discard(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    def _send(self, method: str, params: Mapping[str, Any]) -> tuple[int, asyncio.Queue[wire.Message]]:
        number = next(self._numbers)
        answers: asyncio.Queue[wire.Message] = asyncio.Queue()
        self._waiting[number] = answers
        self._write({"id": number, "method": method, "params": dict(params)})
        return number, answers

    def _write(self, message: wire.Message) -> None:
        process = self._process
        if process is None or process.stdin is None or process.stdin.is_closing():
            return  # the reader has told, or will tell, everyone that waits
        with contextlib.suppress(ConnectionError, RuntimeError):
            process.stdin.write(wire.encode(message))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        """Hands out the answers of the child; when they end, fails every request that still waits."""
        assert process.stdout is not None
        try:
            while (message := await wire.receive(process.stdout)) is not None:
                if (answers := self._waiting.get(int(message["id"]))) is not None:
                    answers.put_nowait(message)
                    if "item" not in message:
                        del self._waiting[int(message["id"])]
        except (ValueError, KeyError):
            log.exception("%s sent something unreadable", self.title)
            process.kill()
        code = await process.wait()
        if process is not self._process:
            return  # we ended it ourselves
        self._crashes.add(_ending(code))
        self._process = None
        log.error("%s ended with %s", self.title, _ending(code))
        self._fail_all(WorkerError("worker-ended", process=self.title, reason=_ending(code)))

    def _fail_all(self, problem: WorkerError) -> None:
        """Fails every request that still waits."""
        for answers in self._waiting.values():
            answers.put_nowait({"error": wire.error_to_wire(problem)})
        self._waiting.clear()


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
