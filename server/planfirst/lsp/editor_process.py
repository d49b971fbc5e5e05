"""Ends the server when its editor is gone, even if the editor was killed and whatever our threads are doing."""

from __future__ import annotations

import os
import threading
import time

import psutil

_INTERVAL = 2.0
_GRACE = 5.0  # the end of standard input usually ends us first, and in good order


def end_with(pid: int) -> None:
    """Watches a process from a separate thread; once it is gone, this one ends within seconds.

    The child processes end too: their input closes with us.
    """
    threading.Thread(target=_watch, args=(pid,), name="parent watch", daemon=True).start()


def end_soon() -> None:
    """Ends this process after a grace period, in case the orderly shutdown hangs."""
    timer = threading.Timer(_GRACE, os._exit, args=(1,))
    timer.daemon = True
    timer.start()


def _watch(pid: int) -> None:
    while psutil.pid_exists(pid):
        time.sleep(_INTERVAL)
    time.sleep(_GRACE)
    os._exit(1)
