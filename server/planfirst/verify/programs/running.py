"""Runs a program of another language in the sandbox, and reads how far it came."""

from __future__ import annotations

import json
import math
import secrets
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from planfirst.core.ports import Sandbox
from planfirst.core.runs import RunLimits, RunResult
from planfirst.verify.programs.toolchain import Toolchain
from planfirst.verify.running import ended, ending
from planfirst.words import Message

LIMITS = RunLimits(wall=20.0, cpu=5.0)  # of the program alone; a tool chain adds what its compiler needs
_DRIVER = Path(__file__).with_name("driver.py")  # never imported here


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended.

    Attributes:
        compile_error: what the compiler said, when it refused the program, which then was not run.
        code: its exit status, negative for a signal; None when it never came back.
        why: why it came to no good end; None when it ended with 0.
        done: the run as a whole, with all that it wrote.
    """

    compile_error: str
    code: int | None
    why: Message | None
    done: RunResult


async def run(sandbox: Sandbox, toolchain: Toolchain, files: Mapping[str, bytes], limits: RunLimits = LIMITS) -> Ended:
    """Compiles ``files`` and runs the program, all in one sandbox of its own.

    Args:
        limits: of the program; compiling comes on top.

    Raises:
        SandboxRefused: no sandbox can be set up; nothing was run.
        ValueError: a path leads out of the folder, or the files are too large.
    """
    token = secrets.token_hex(16)
    orders = {
        "token": token,
        "compile": toolchain.compile,
        "run": toolchain.run,
        "environment": dict(toolchain.environment),
        "cpu": math.ceil(limits.cpu),
    }
    wide = toolchain.limits(limits)
    given = f"{json.dumps(orders)}\n".encode()
    done = await sandbox.run(_DRIVER.read_text(encoding="utf-8"), files, wide, given, toolchain.shown)
    compiled, code, cpu, said = False, None, 0.0, ""
    for line in done.stdout.split("\n"):
        if line.startswith(token):
            with suppress(ValueError):
                step = json.loads(line.removeprefix(token))
                if step["step"] == "compiled":
                    compiled, said = step["code"] == 0, str(step["said"])
                else:
                    code, cpu = int(step["code"]), float(step["cpu"])
    if not compiled:
        return Ended(said or f"compiling it came to no end: {ending(done, wide)}", None, None, done)
    if code is None:
        return Ended("", None, ending(done, limits), done)
    return Ended("", code, _status(code, cpu, limits), done)


def _status(code: int, cpu: float, limits: RunLimits) -> Message | None:
    if code == 0:
        return None
    if code == -signal.SIGXCPU or cpu >= limits.cpu:  # a run time that takes the signal is killed a second later
        return Message("program-too-much-time", seconds=limits.cpu)
    return ended(code, -code if code < 0 else None)
