"""Programs that try to outlive their run."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.core.runs import RunLimits
from tests.adapters import sandbox_outside as outside
from tests.adapters.hostile import HERE, TIGHT, Run, said

pytestmark = HERE


def test_a_daemon_does_not_outlive_its_program(run: Run) -> None:
    program = """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for descriptor in (0, 1, 2): os.close(descriptor)
        time.sleep(600)
    os._exit(0)
subprocess.Popen(["/bin/sleep", "600"], start_new_session=True)
print("0")
"""
    done = run(program)
    assert said(done) == 0
    assert done.seconds < 20


def test_a_flood_of_children_does_not_outlive_its_program(run: Run) -> None:
    program = """
def breed():
    while True:
        try:
            if os.fork() == 0: pass
        except OSError: os._exit(0)
if os.fork() == 0: breed()
"""
    done = run(program)
    assert done.exit_code == 0 or done.limit == "processes"


def test_a_thread_that_never_ends(run: Run) -> None:
    assert run("threading.Thread(target=time.sleep, args=(600,)).start()", wall=1.0).limit == "wall"


def test_a_run_that_is_cancelled(mark: str) -> None:
    async def cancelled() -> None:
        found = await find_sandbox()
        program = outside.PREAMBLE.format(mark=mark) + "os.fork()\nos.setsid()\ntime.sleep(600)"
        running = asyncio.create_task(found.run(program, {}, RunLimits(**TIGHT)))  # type: ignore[arg-type]
        await until(lambda: len(outside.marked(mark)) == 2)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running

    asyncio.run(cancelled())


@pytest.mark.parametrize("user", ["ourselves", "nobody"])
def test_a_parent_that_is_killed(user: str, mark: str, code: Path) -> None:
    if user == "nobody" and (reason := outside.why_not_nobody()):
        pytest.skip(reason)
    program = outside.PREAMBLE.format(mark=mark) + "os.fork()\ntime.sleep(600)"
    order = {"user": user, "program": program, "files": {}, "limits": TIGHT | {"wall": 600}, "stdin": ""}
    parent = outside.started(user, code)
    assert parent.stdin is not None
    parent.stdin.write(json.dumps(order).encode())
    parent.stdin.close()
    parent.stdin = None  # so that communicate does not look for it
    asyncio.run(until(lambda: len(outside.marked(mark)) == 2))
    parent.kill()
    parent.communicate()
    asyncio.run(until(lambda: outside.marked(mark) == []))


async def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
