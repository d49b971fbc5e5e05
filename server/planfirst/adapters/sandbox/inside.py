"""The first process inside a sandbox: lays the files out, sets the limits, starts the program, says how it ended.

It is never imported. Its text is handed to a Python in the sandbox, so it uses the standard library alone. It reads
its orders from standard input, and leaves what follows them to the program. What it has to say it says on standard
error, in lines that begin with a token which the program cannot know.
"""

import base64
import contextlib
import json
import os
import resource
import select
import signal
import sys
import time
from typing import Any

_NICE = 5  # so that whoever watches gets the processor when many processes want it
_PR_SET_DUMPABLE = 4
_DESCRIPTORS = 1024
_SPARE_TASKS = 2  # this process, and one so that the watcher sees the count go beyond the limit


def main() -> None:
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123
        score.write("1000")  # should memory run out after all, this is what the kernel ends first
    given = _orders()
    token = given["token"]
    if given["user"]:
        os.setgroups([])
        os.setresgid(given["user"], given["user"], given["user"])
        os.setresuid(given["user"], given["user"], given["user"])
    _hide()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # without this, Python would take it from the program
    os.chdir(given["scratch"])
    _lay_out(given["files"])
    said, failed = os.pipe()
    _say(token, "started")
    began = time.monotonic()
    woken = _wake_on_death()
    child = os.fork()
    if child == 0:
        _become(given, failed)
    os.close(failed)
    os.close(0)
    os.close(1)
    failure = _read(said, 1 << 16)
    status = _await(child, woken, began + given["seconds"])
    seconds = time.monotonic() - began
    _end_all(child)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    ending = {"status": status, "seconds": seconds, "cpu": used.ru_utime + used.ru_stime}
    _say(token, json.dumps(ending if not failure else {"failure": failure.decode("utf-8", "replace")}))


def _orders() -> dict[str, Any]:
    size = b""
    while not size.endswith(b"\n"):
        byte = os.read(0, 1)
        if not byte:
            sys.exit("the orders broke off")
        size += byte
    wanted = int(size)
    text = _read(0, wanted)
    if len(text) != wanted:
        sys.exit("the orders broke off")
    orders: dict[str, Any] = json.loads(text)
    return orders


def _read(descriptor: int, size: int) -> bytes:
    pieces = []
    while size and (piece := os.read(descriptor, size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _hide() -> None:
    """Keeps the program, which has the same user, from reading and writing this process's memory."""
    if sys.platform == "linux":
        import ctypes

        if ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
            sys.exit("prctl failed")


def _lay_out(files: dict[str, str]) -> None:
    for path, text in files.items():
        folder = os.path.dirname(path)  # noqa: PTH120 (pathlib would double the time to start)
        if folder:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
        with open(path, "xb") as file:  # noqa: PTH123
            file.write(base64.b64decode(text))


def _become(given: dict[str, Any], failed: int) -> None:
    try:
        for name in ("SIGINT", "SIGPIPE", "SIGXFSZ"):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        os.nice(_NICE)
        for name, value in given["rlimits"].items():
            if hasattr(resource, name):
                _limit(getattr(resource, name), value)
        if given["own_group"]:
            os.setpgid(0, 0)
        os.closerange(3, failed)  # what the way here left open
        os.closerange(failed + 1, _DESCRIPTORS)
        arguments = [sys.executable, "-s", "-B", "-u", "-X", "utf8", given["program"]]
        os.execve(sys.executable, arguments, given["environment"])  # noqa: S606
    except BaseException as error:
        os.write(failed, f"{type(error).__name__}: {error}".encode())
        os._exit(1)


def _limit(which: int, value: int) -> None:
    soft = value + (_SPARE_TASKS if which == resource.RLIMIT_NPROC else 0)
    hard = soft + (1 if which == resource.RLIMIT_CPU else 0)  # the signal for the soft limit tells why it came
    most = resource.getrlimit(which)[1]
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(which, (soft, hard))


def _wake_on_death() -> int:
    """A descriptor that can be read from when a child has died."""
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    return woken


def _await(child: int, woken: int, latest: float) -> int:
    """The wait status of the program; what else has died is reaped on the way.

    When nobody reads our standard error any more, or the time is long over, nobody is left outside who would end this.
    bubblewrap's own way to die with its parent is lost when this process changes its user.
    """
    poll = select.poll()
    poll.register(2, 0)  # only whether it is broken
    poll.register(woken, select.POLLIN)
    while True:
        dead, status = -1, 0
        while dead:
            dead, status = os.waitpid(-1, os.WNOHANG)
            if dead == child:
                return status
        left = latest - time.monotonic()
        happened = dict(poll.poll(max(0.0, left) * 1000))
        if left <= 0 or 2 in happened:
            _give_up(child)
        with contextlib.suppress(BlockingIOError):
            os.read(woken, 1 << 16)


def _end_all(child: int) -> None:
    """Ends whatever the program left behind; as the first process of a namespace that is everything but ourselves."""
    while True:
        try:
            if os.getpid() == 1:
                os.kill(-1, signal.SIGKILL)
            else:
                os.killpg(child, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _give_up(child: int) -> None:
    if os.getpid() != 1:
        os.killpg(child, signal.SIGKILL)
    os._exit(1)


def _say(token: str, text: str) -> None:
    line = f"{token} {text}\n".encode()
    while line:
        line = line[os.write(2, line) :]


main()
