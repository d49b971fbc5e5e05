"""The child process: reads requests from its standard input, answers on its standard output, logs on standard error.

Native code may write to file descriptor 1, so the answers go to a private copy of it and 1 is pointed at the log. One
thread reads, so that a cancel gets through while the main thread is inside llama.cpp. When the input ends, because
the parent is gone for whatever reason, the process ends at once. Reading begins before what serves is imported, so that
it ends even then.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from typing import Any, BinaryIO

from planfirst.core.errors import PlanfirstError, WorkerError
from planfirst.workers import wire
from planfirst.workers.host import Host, Later

log = logging.getLogger("planfirst.child")


class Child:
    """Serves one host until its input ends."""

    def __init__(self, requests: BinaryIO, answers: BinaryIO) -> None:
        self._requests = requests
        self._answers = answers
        self._todo: queue.SimpleQueue[wire.Message] = queue.SimpleQueue()
        self._cancelled: set[int] = set()

    def run(self, open_host: Callable[[], Host]) -> None:
        """Never returns: the reading thread ends the process."""
        threading.Thread(target=self._listen, name="listen", daemon=True).start()
        host = open_host()
        while True:
            with contextlib.suppress(queue.Empty):
                self._answer(host, self._todo.get(block=not host.busy))
            if host.busy:
                try:
                    host.step()
                except Exception:
                    log.exception("the answers that were being made have failed")

    def _listen(self) -> None:
        try:
            while (message := wire.read(self._requests)) is not None:
                if "cancel" in message:
                    self._cancelled.add(int(message["cancel"]))
                else:
                    self._todo.put(message)
        except Exception:
            log.exception("the parent sent something unreadable")
        os._exit(0)  # not sys.exit: the main thread may be deep inside native code

    def _answer(self, host: Host, message: wire.Message) -> None:
        number = int(message["id"])

        def stop() -> bool:
            return number in self._cancelled

        def emit(item: Any) -> None:
            self._send({"id": number, "item": item})

        def answer(result: Any) -> None:
            self._send({"id": number, "result": result})
            self._cancelled.discard(number)

        def refuse(error: Exception) -> None:
            self._send({"id": number, "error": wire.error_to_wire(_told(error))})
            self._cancelled.discard(number)

        try:
            method = host.methods[str(message["method"])]
            result = None if stop() else method(message["params"], emit, stop)
        except CancelledError:  # how some methods say that they stopped when they were told to
            answer(None)
        except Exception as error:
            if not isinstance(error, PlanfirstError):
                log.exception("%s failed", message.get("method"))
            refuse(error)
        else:
            if isinstance(result, Later):
                result.result, result.error = answer, refuse
            else:
                answer(result)

    def _send(self, message: wire.Message) -> None:
        self._answers.write(wire.encode(message))
        self._answers.flush()


def _told(error: Exception) -> PlanfirstError:
    """The error as it is told to the parent."""
    if isinstance(error, PlanfirstError):
        return error
    return WorkerError("worker-fault", kind=type(error).__name__, reason=error)


def main(kind: str) -> None:
    """Serves the host of that kind on standard input and output."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    # llama.cpp's loader silences 1 and 2 for a while; the log has a copy of its own.
    diagnostics = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace", buffering=1)
    os.dup2(2, 1)
    level = os.environ.get("PLANFIRST_LOG", "WARNING").upper()
    logging.basicConfig(stream=diagnostics, level=level, format=f"%(levelname)s {kind}: %(message)s")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal reaches the parent, which then ends us
    Child(sys.stdin.buffer, answers).run(lambda: _host(kind))


def _host(kind: str) -> Host:
    from planfirst.workers.hosts import HOSTS

    return HOSTS[kind]()


if __name__ == "__main__":
    main(sys.argv[1])
