"""Runs Python code that nobody vouches for within a time and a memory; native code that it calls is not interrupted."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import psutil

Made = TypeVar("Made")


class _OverrunError(BaseException):
    """It is raised in the midst of the code, which must not catch it."""


def bounded(work: Callable[[], Made], seconds: float, memory: int) -> Made:
    """What ``work`` returns.

    Args:
        memory: bytes that the process may take beyond what it has. Only where there are such limits: not on Windows.

    Raises:
        TimeoutError: it takes longer.
        MemoryError: it takes more.
    """
    thread, lock, is_over = threading.get_ident(), threading.Lock(), False

    def stop() -> None:
        with lock:
            if not is_over:
                _raise_in(thread, _OverrunError)

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        try:
            with _room(memory):
                return work()
        finally:
            timer.cancel()
            with lock:
                is_over = True
                _raise_in(thread, None)  # one that was not delivered yet
    except _OverrunError:
        raise TimeoutError(f"it takes longer than {seconds:.0f} s") from None


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error) if error else None)


@contextmanager
def _room(memory: int) -> Iterator[None]:
    """Limits the addresses of the process. Other threads are limited, too."""
    try:
        import resource
    except ImportError:  # Windows
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_AS)
    most = psutil.Process().memory_info().vms + memory
    if before[0] != resource.RLIM_INFINITY:
        most = min(most, before[0])
    with suppress(ValueError, OSError):  # macOS knows the limit, and not always lets it be set
        resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    try:
        yield
    finally:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, before)
