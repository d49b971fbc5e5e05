"""From what became of a command to what the port promises."""

from __future__ import annotations

from planfirst.adapters.sandbox.process import Ran
from planfirst.core.runs import LimitName, RunLimits, RunResult

# The last line of a traceback tells of those limits that the kernel enforces with an error and not with a signal.
_SAID: tuple[tuple[str, LimitName], ...] = (
    ("MemoryError", "memory"),
    ("OSError: [Errno 12] Cannot allocate memory", "memory"),
    ("BlockingIOError: [Errno 11] Resource temporarily unavailable", "processes"),
    ("RuntimeError: can't start new thread", "processes"),
    ("OSError: [Errno 24]", "open_files"),
    ("OSError: [Errno 27]", "file"),
    ("OSError: [Errno 28]", "scratch"),
)
_KILLED = 9
_SIGNALS: dict[int, LimitName] = {24: "cpu", 25: "file"}  # SIGXCPU and SIGXFSZ, which Windows has no names for


def result(ran: Ran, limits: RunLimits) -> RunResult:
    """The result of a run. How the program ended is the first process's word, unless we ended the sandbox."""
    told = ran.told
    if ran.limit is not None or told.status is None:
        exit_code, ended_by = None, _KILLED
    elif by := told.status & 0x7F:
        exit_code, ended_by = None, by
    else:
        exit_code, ended_by = told.status >> 8, None
    limit = ran.limit or _limit(exit_code, ended_by, told.cpu, told.stderr, limits)
    return RunResult(
        exit_code=exit_code,
        signal=ended_by,
        stdout=_text(ran.stdout, limits),
        stderr=_text(told.stderr, limits),
        limit=limit,
        seconds=told.seconds or ran.seconds,
        cut=limit == "output",
    )


def _limit(
    exit_code: int | None, ended_by: int | None, cpu: float, stderr: bytes, limits: RunLimits
) -> LimitName | None:
    if ended_by == _KILLED and cpu >= limits.cpu:
        return "cpu"
    if ended_by is not None:
        return _SIGNALS.get(ended_by)
    if exit_code == 1:
        last = (stderr.decode("utf-8", "replace").strip().splitlines() or [""])[-1]
        return next((limit for said, limit in _SAID if last.startswith(said)), None)
    return None


def _text(output: bytes, limits: RunLimits) -> str:
    return output[: limits.output].decode("utf-8", "backslashreplace")
