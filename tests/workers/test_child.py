"""The child process itself, apart from what it serves."""

from __future__ import annotations

import subprocess
import sys

_LOADS_FOR_EVER = """
import sys, threading
from planfirst.workers.child import Child

def open_host():
    print("loading", flush=True)
    threading.Event().wait()

Child(sys.stdin.buffer, sys.stdout.buffer).run(open_host)
"""


def test_ends_with_its_parent_while_what_it_serves_is_still_loading() -> None:
    command = [sys.executable, "-c", _LOADS_FOR_EVER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline().split() == [b"loading"]
        child.stdin.close()
        try:
            assert child.wait(60) == 0
        finally:
            child.kill()
