"""Compiles and runs a program of another language within the sandbox, and says how far it came.

It is never imported: its text is what the sandbox runs (``verify/programs/running.py``). Orders come as one line of
JSON on standard input. What it says follows a token that is drawn for each run; the program inherits its output.
"""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
from typing import Any

_SAID = 2000  # characters of what a compiler says


def main() -> None:
    orders = json.loads(sys.stdin.readline())
    environment = {**os.environ, **orders["environment"]}
    for command in orders["compile"]:
        done = subprocess.run(  # noqa: S603
            command, stdin=subprocess.DEVNULL, capture_output=True, env=environment, check=False
        )
        if done.returncode != 0:
            said = (done.stderr + done.stdout).decode("utf-8", "replace").strip()
            _say(orders, step="compiled", code=done.returncode, said=said[:_SAID])
            return
    _say(orders, step="compiled", code=0, said="")
    if not orders["run"]:
        return
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    program = subprocess.run(  # noqa: S603
        orders["run"],
        stdin=subprocess.DEVNULL,
        env=environment,
        preexec_fn=lambda: _become_program(orders["cpu"]),
        check=False,
    )
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime
    _say(orders, step="ended", code=program.returncode, cpu=cpu)


def _become_program(cpu: int) -> None:
    """Its own limit of processor time, without what the compiler was allowed on top."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def _say(orders: dict[str, Any], **step: object) -> None:
    sys.stdout.write(f"\n{orders['token']}{json.dumps(step)}\n")
    sys.stdout.flush()


main()
