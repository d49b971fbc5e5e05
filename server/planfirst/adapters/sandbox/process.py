"""Runs one sandbox's command from its start to its end: feeds it, reads it, watches it, and ends it at a limit."""

from __future__ import annotations

import asyncio
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from planfirst.adapters.sandbox.wire import Told, has_started, new_token, told
from planfirst.core.errors import SandboxRefused
from planfirst.core.runs import LimitName, RunLimits

_LOOK = 0.025  # seconds between two looks at what the program uses
_START = 30.0  # seconds until the program must have been started
_END = 10.0  # seconds until a killed sandbox must be gone
_TOLD = 1024  # bytes on standard error that are ours and not the program's
_CHUNK = 64 << 10


class Watch(Protocol):
    """Sees from outside what a sandbox uses, and ends it."""

    def over(self, limits: RunLimits) -> LimitName | None:
        """The limit that is exceeded at this moment, if one is."""
        ...

    def kill(self) -> None:
        """Ends everything inside. May be asked more than once."""
        ...


@dataclass(frozen=True, slots=True)
class Ran:
    """What became of a command: the ``limit`` for which it was ended, and the seconds since the program's start."""

    told: Told
    stdout: bytes
    limit: LimitName | None
    seconds: float


async def run(
    command: Sequence[str],
    orders: Callable[[str], bytes],
    stdin: bytes,
    limits: RunLimits,
    watch: Callable[[int], Watch],
    environment: Mapping[str, str] | None = None,
    descriptors: Sequence[int] = (),
) -> Ran:
    """Runs ``command``, whose process id ``watch`` is given. However this ends, the sandbox ends too.

    Raises:
        SandboxRefused: the program was never started.
    """
    token = new_token()
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            cwd="/",
            env=dict(environment or {}),
            pass_fds=descriptors,
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxRefused("sandbox-failed", reason=error) from error
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    watcher = watch(process.pid)
    full = asyncio.Event()
    stdout, stderr = _Stream(process.stdout, limits.output, full), _Stream(process.stderr, limits.output + _TOLD, full)
    feeding = asyncio.create_task(_feed(process.stdin, orders(token) + stdin))
    reading = asyncio.gather(stdout.read(), stderr.read())
    ended = asyncio.create_task(process.wait())
    began, limit = time.monotonic(), None
    try:
        while not (has_started(token, bytes(stderr.kept)) or ended.done() or time.monotonic() - began > _START):
            await asyncio.wait({ended}, timeout=_LOOK / 5)
        began = time.monotonic()
        while not ended.done() and limit is None:
            await asyncio.wait({ended}, timeout=_LOOK)
            limit = _limit(watcher, limits, full, time.monotonic() - began) if not ended.done() else None
    finally:
        await asyncio.shield(_end(process, watcher, ended, feeding, reading))
    heard = told(token, bytes(stderr.kept))
    if not heard.started:
        raise SandboxRefused("sandbox-failed", reason=_why(heard))
    if limit is None and full.is_set():
        limit = "output"
    return Ran(heard, bytes(stdout.kept), limit, time.monotonic() - began)


class _Stream:
    """One of the two streams: what is kept of it, and whether there was more than that."""

    def __init__(self, pipe: asyncio.StreamReader, most: int, full: asyncio.Event) -> None:
        self._pipe, self._most, self._full = pipe, most, full
        self.kept = bytearray()

    async def read(self) -> None:
        """Reads to the end. What is over the limit is read too, so that nobody waits, and dropped."""
        while piece := await self._pipe.read(_CHUNK):
            self.kept += piece[: self._most - len(self.kept)]
            if len(self.kept) >= self._most:
                self._full.set()


async def _feed(pipe: asyncio.StreamWriter, given: bytes) -> None:
    with suppress(ConnectionError):
        pipe.write(given)
        await pipe.drain()
        pipe.close()
        await pipe.wait_closed()


def _limit(watch: Watch, limits: RunLimits, full: asyncio.Event, seconds: float) -> LimitName | None:
    if full.is_set():
        return "output"
    if seconds > limits.wall:
        return "wall"
    return watch.over(limits)


async def _end(
    process: Process,
    watch: Watch,
    ended: asyncio.Task[int],
    feeding: asyncio.Task[None],
    reading: asyncio.Future[tuple[None, None]],
) -> None:
    """Ends what still runs, and waits until it has; then takes what was still in the pipes."""
    deadline = time.monotonic() + _END
    while not ended.done() and time.monotonic() < deadline:
        watch.kill()
        await asyncio.wait({ended}, timeout=_LOOK)
    if not ended.done():
        with suppress(ProcessLookupError):
            process.kill()
    await asyncio.wait({reading}, timeout=max(_LOOK, deadline - time.monotonic()))
    for task in (feeding, reading, ended):
        task.cancel()
    await asyncio.gather(feeding, reading, ended, return_exceptions=True)


def _why(heard: Told) -> str:
    """What it said last."""
    lines = heard.failure or heard.stderr.decode("utf-8", "backslashreplace").strip()
    return lines.splitlines()[-1].rstrip(".") if lines else "-"
