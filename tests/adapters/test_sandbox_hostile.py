"""Programs that try to break out of the sandbox, to outlive it, or to use up the machine. Nothing is mocked.

Each is run as whoever runs the tests and, when that is root, also as nobody, since bubblewrap works differently for the
two. After each, nothing of it may run, nothing may have been written outside, and a bystander must still be alive.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sandbox_outside as outside

from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.core.types import RunLimits, RunResult

Run = Callable[..., RunResult]
# Tight, so that a program that is not held does little harm; the wall is far off, for busy machines.
TIGHT = {"wall": 30.0, "cpu": 10.0, "memory": 128 << 20, "processes": 16, "file": 4 << 20, "scratch": 8 << 20}
FOLDERS = ["/", "/tmp", "/var/tmp", "/dev/shm", "/etc", "/usr/lib", "/run", str(Path.home()), str(Path.cwd())]


REASON = outside.why_not_here()
pytestmark = [pytest.mark.real, pytest.mark.skipif(bool(REASON), reason=REASON)]


@pytest.fixture(scope="module")
def code() -> Iterator[Path]:
    with outside.readable_code() as folder:
        yield folder


@pytest.fixture
def mark() -> str:
    return f"hostile{secrets.token_hex(4)}"  # 15 characters, all that a process's name can have


@pytest.fixture(autouse=True)
def nothing_is_left(mark: str) -> Iterator[None]:
    bystander = subprocess.Popen(["/bin/sleep", "600"])
    yield
    left = outside.marked(mark)
    written = [str(path) for folder in FOLDERS for path in Path(folder).glob(f"*{mark}*")]
    alive = bystander.poll() is None
    bystander.kill()
    bystander.wait()
    assert left == []
    assert written == []
    assert alive


@pytest.fixture(params=["ourselves", "nobody"])
def run(request: pytest.FixtureRequest, mark: str, code: Path) -> Run:
    user: str = request.param
    if user == "nobody" and (reason := outside.why_not_nobody()):
        pytest.skip(reason)

    def run_one(
        program: str, files: dict[str, str] | None = None, stdin: str = "", mark: str = mark, **limits: Any
    ) -> RunResult:
        order = {
            "user": user,
            "program": outside.PREAMBLE.format(mark=mark) + program,
            "files": files or {},
            "limits": TIGHT | limits,
            "stdin": stdin,
        }
        return outside.to_result(outside.here(order) if user == "ourselves" else outside.as_nobody(order, code))

    return run_one


def said(done: RunResult) -> Any:
    """What the program printed as JSON in its last line, when it ended well."""
    assert (done.exit_code, done.limit) == (0, None), done
    return json.loads(done.stdout.splitlines()[-1])


# Using up the machine


def test_fork_bomb(run: Run) -> None:
    done = run("while True:\n    try: os.fork()\n    except OSError: pass")
    assert done.limit == "processes"
    assert done.seconds < 20


def test_a_fork_bomb_that_ends_itself_is_bounded_too(run: Run) -> None:
    done = run("for n in range(1000):\n    if os.fork() == 0: time.sleep(60)")
    assert done.limit == "processes"


def test_thread_bomb(run: Run) -> None:
    program = "threading.stack_size(65536)\nwhile True: threading.Thread(target=time.sleep, args=(60,)).start()"
    assert run(program).limit == "processes"


def test_memory_bomb(run: Run) -> None:
    done = run("held = []\nwhile True: held.append(bytearray(1 << 20))")
    assert (done.exit_code, done.limit) == (1, "memory")


def test_a_memory_bomb_that_catches_the_error_stays_within_the_limit(run: Run) -> None:
    program = """
held = []
try:
    while True: held.append(bytearray(1 << 20))
except MemoryError:
    print(len(held), flush=True)
while True:
    try: held.append(bytearray(1 << 20))
    except MemoryError: pass
"""
    done = run(program, wall=5.0)
    assert int(done.stdout) < 128
    assert done.limit in ("wall", "cpu")


def test_a_memory_bomb_of_several_processes(run: Run) -> None:
    program = """
for n in range(8):
    if os.fork() == 0:
        held = bytearray(os.urandom(1 << 20) * 48)
        time.sleep(60)
time.sleep(60)
"""
    assert run(program).limit == "memory"


def test_what_processes_share_counts_once(run: Run) -> None:
    program = """
held = bytearray(os.urandom(1 << 20) * 40)
children = [os.fork() for n in range(1)]
for n in range(5):
    if children[0] == 0: break
    children.append(os.fork())
    if children[-1] == 0: children[0] = 0
if children[0] == 0:
    time.sleep(1)
    os._exit(0)
for child in children: os.waitpid(child, 0)
print(len(held))
"""
    assert said(run(program)) == 40 << 20


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_endless_output(run: Run, stream: str) -> None:
    done = run(f"while True: sys.{stream}.write('x' * 10_000)", output=100_000)
    assert (done.limit, done.cut) == ("output", True)
    assert len(getattr(done, stream)) == 100_000
    assert done.seconds < 20


def test_output_up_to_the_limit_is_whole(run: Run) -> None:
    done = run("sys.stdout.write('x' * 99_999)\nsys.stderr.write('y' * 99_999)", output=100_000)
    assert (len(done.stdout), len(done.stderr), done.cut, done.limit) == (99_999, 99_999, False, None)


def test_ten_gigabyte_sparse_file(run: Run) -> None:
    done = run("os.truncate(os.open('big', os.O_CREAT | os.O_RDWR), 10 << 30)")
    assert (done.exit_code, done.limit) == (1, "file")


def test_scratch_filled_to_the_brim(run: Run) -> None:
    done = run("for n in range(1000): open(f'{n}', 'wb').write(os.urandom(1 << 20))")
    assert (done.exit_code, done.limit) == (1, "scratch")


def test_scratch_is_one_and_no_larger_than_its_size(run: Run) -> None:
    program = """
import json
written = 0
for folder in ('/scratch', '/tmp', '/dev/shm', '/var/tmp', '/run', '/etc', '/dev', '/'):
    try:
        for n in range(40):
            written += open(f'{folder}/{n}-{folder.replace("/", "-")}', 'wb').write(bytes(1 << 20))
    except OSError:
        pass
print(json.dumps(written))
"""
    assert 6 << 20 <= said(run(program)) <= 8 << 20


def test_a_flood_of_empty_files(run: Run) -> None:
    assert run("n = 0\nwhile True:\n    n += 1\n    os.close(os.open(f'{n}', os.O_CREAT))", cpu=30.0).limit == "scratch"


def test_more_open_files_than_allowed(run: Run) -> None:
    assert run("held = []\nwhile True: held.append(open('/dev/null'))").limit == "open_files"


def test_processor_time_of_several_processes_is_one_sum(run: Run) -> None:
    done = run("os.fork()\nos.fork()\nwhile True: pass", cpu=1.5)
    assert done.limit == "cpu"


def test_processor_time_of_one_process(run: Run) -> None:
    assert run("while True: pass", cpu=1.0).limit == "cpu"


def test_waiting_for_ever(run: Run) -> None:
    done = run("print('before', flush=True)\ntime.sleep(600)", wall=1.0)
    assert (done.limit, done.exit_code, done.signal, done.stdout) == ("wall", None, signal.SIGKILL, "before\n")
    assert 1.0 <= done.seconds < 10


def test_a_process_that_ignores_every_signal(run: Run) -> None:
    program = """
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
while True: pass
"""
    assert run(program, wall=1.0).limit == "wall"


def test_a_process_that_stops_itself(run: Run) -> None:
    assert run("os.kill(os.getpid(), signal.SIGSTOP)", wall=1.0).limit == "wall"


def test_deep_recursion(run: Run) -> None:
    done = run("def down(n): return down(n + 1)\ndown(0)")
    assert (done.exit_code, done.limit) == (1, None)
    assert "RecursionError" in done.stderr


def test_recursion_without_bound(run: Run) -> None:
    program = "sys.setrecursionlimit(10**9)\nclass A:\n    def __repr__(self): return repr(self)\nrepr(A())"
    done = run(program)
    assert done.signal == signal.SIGSEGV or done.limit == "memory"


# Outliving the run


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


# Reading and writing outside


def test_nothing_of_the_user_can_be_read(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret")
    monkeypatch.setenv("PLANFIRST_SECRET", "a secret")
    paths = [secret, *(Path.home() / name for name in (".bashrc", ".profile", ".ssh", ".netrc")), Path(__file__)]
    paths += map(Path, ("/etc/passwd", "/etc/shadow", "/etc/ssl", "/var/log", "/home", "/mnt", "/sys", "/boot", "/opt"))
    program = f"""
import json
found = []
for path in {[str(path) for path in paths]!r}:
    for before in ("", "/proc/1/root", "/proc/self/root", "/proc/self/cwd/../..", "/scratch/.."):
        way = before + path
        if os.path.exists(way): found.append(way)
        os.symlink(way, "link")
        if os.path.exists("link"): found.append(way)
        os.unlink("link")
print(json.dumps(found))
"""
    assert said(run(program)) == []


def test_the_environment_is_empty_but_for_what_a_python_needs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANFIRST_SECRET", "a secret")
    program = """
import glob, json
seen = sorted(os.environ)
for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
    try: seen += ["leak"] * (b"SECRET" in open(path, "rb").read())
    except OSError: pass
print(json.dumps(seen))
"""
    assert said(run(program)) == [
        "HOME", "LANG", "MALLOC_ARENA_MAX", "MARK", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PATH", "TMPDIR",
    ]  # fmt: skip


def test_nothing_outside_can_be_written(run: Run) -> None:
    program = f"""
import json
def write(path): open(path, "x").close()
folders = {[*FOLDERS, sys.base_prefix + "/lib", "/proc/1/root/tmp", "/proc/sys/kernel", "/dev", "/usr/bin"]!r}
print(json.dumps({{folder: attempt(write, folder + "/" + MARK) for folder in folders}}))
"""
    answers = said(run(program))
    scratch = {folder for folder, answer in answers.items() if answer == "done"}
    assert scratch <= {"/tmp", "/dev/shm"}
    assert set(answers.values()) <= {"done", "EROFS", "EACCES", "ENOENT", "EEXIST", "EPERM"}


def test_what_proc_could_tell_of_the_user(run: Run) -> None:
    program = """
import json
print(json.dumps([open("/proc/keys").read(), open("/proc/self/oom_score_adj").read().strip()]))
"""
    assert said(run(program)) == ["", "1000"]


def test_no_descriptor_of_ours_is_open(run: Run) -> None:
    program = """
import json
open_ = {}
for name in os.listdir("/proc/self/fd"):
    try: open_[name] = os.readlink(f"/proc/self/fd/{name}").partition(":")[0]
    except OSError: pass
print(json.dumps(open_))
"""
    assert said(run(program)) == {"0": "pipe", "1": "pipe", "2": "pipe"}


def test_the_first_process_cannot_be_looked_into(run: Run) -> None:
    program = """
import json
ways = {way: attempt(open, f"/proc/1/{way}", "rb") for way in ("mem", "environ", "maps", "fd/2", "root/etc", "cwd/x")}
ways["fd"] = attempt(os.listdir, "/proc/1/fd")
ways["write"] = attempt(open, "/proc/1/mem", "wb")
ways["attach"] = syscall(101 if os.uname().machine == "x86_64" else 117, 16, 1, 0, 0)
print(json.dumps(ways))
"""
    assert set(said(run(program)).values()) <= {"EACCES", "EPERM"}


def test_only_its_own_processes_can_be_seen(run: Run) -> None:
    assert said(run("print([int(name) for name in sorted(os.listdir('/proc')) if name.isdigit()])")) == [1, 2]


def test_two_runs_know_nothing_of_each_other(run: Run) -> None:
    run("open('/tmp/left', 'w').write('here'); open('/dev/shm/left', 'w').write('here')")
    assert said(run("print(int(os.path.exists('/tmp/left') or os.path.exists('/dev/shm/left')))")) == 0


# Reaching others


def test_no_network(run: Run, tmp_path: Path) -> None:
    with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as named, socket.socket(socket.AF_UNIX) as abstract:
        tcp.bind(("127.0.0.1", 0))
        name, hidden = str(tmp_path / "s"), f"\0{secrets.token_hex(8)}"
        named.bind(name)
        abstract.bind(hidden)
        (tmp_path / "s").chmod(0o777)
        for server in (tcp, named, abstract):
            server.listen()
            server.setblocking(False)
        program = f"""
import json
def reach(family, address, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as client:
        client.settimeout(3)
        client.connect(address)
        client.send(b"out")
print(json.dumps({{
    "ip": attempt(reach, socket.AF_INET, ("1.1.1.1", 53)),
    "udp": attempt(reach, socket.AF_INET, ("1.1.1.1", 53), socket.SOCK_DGRAM),
    "ip6": attempt(reach, socket.AF_INET6, ("2606:4700:4700::1111", 53)),
    "metadata": attempt(reach, socket.AF_INET, ("169.254.169.254", 80)),
    "localhost": attempt(reach, socket.AF_INET, {tcp.getsockname()!r}),
    "unix": attempt(reach, socket.AF_UNIX, {name!r}),
    "abstract": attempt(reach, socket.AF_UNIX, {hidden!r}),
    "name": attempt(socket.getaddrinfo, "example.org", 80),
    "vsock": attempt(socket.socket, 40, socket.SOCK_STREAM),
    "netlink": attempt(socket.socket, 16, socket.SOCK_RAW),
    "packet": attempt(socket.socket, 17, socket.SOCK_RAW),
    "raw": attempt(socket.socket, socket.AF_INET, socket.SOCK_RAW, 1),
    "alg": attempt(socket.socket, 38, socket.SOCK_SEQPACKET),
}}))
"""
        answers = said(run(program))
        for server in (tcp, named, abstract):
            with pytest.raises(BlockingIOError):
                server.accept()
    assert {answers[way] for way in ("ip", "udp", "ip6", "metadata")} == {"ENETUNREACH"}
    assert {answers[way] for way in ("localhost", "abstract")} == {"ECONNREFUSED"}
    assert {answers[way] for way in ("vsock", "netlink", "packet", "alg")} == {"EAFNOSUPPORT"}
    assert (answers["unix"], answers["raw"]) == ("ENOENT", "EPERM")
    assert answers["name"] != "done"


def test_its_own_loopback_works(run: Run) -> None:
    program = """
with socket.create_server(("localhost", 0)) as server:
    with socket.create_connection(server.getsockname()) as client:
        server.accept()[0].sendall(b"1")
        print(client.recv(1).decode())
"""
    assert said(run(program)) == 1


def test_signals_reach_nobody_else(run: Run) -> None:
    program = f"""
import json
others = [{os.getpid()}, {os.getppid()}, os.getppid()]
answers = [attempt(os.kill, pid, number) for pid in others[:2] for number in (0, 15, 9)]
for number in range(1, 65): attempt(os.kill, os.getppid(), number)
attempt(os.kill, -1, 9)
for pid in range(3, 40000): attempt(os.kill, pid, 9)
for pid in range(3, 40000, 7): attempt(os.killpg, pid, 9)
time.sleep(0.2)
print(json.dumps(answers))
"""
    assert set(said(run(program))) <= {"ESRCH", "EPERM"}


def test_no_privilege_can_be_had(run: Run) -> None:
    program = """
import json, shutil
state = dict(line.split(":\\t") for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
shutil.copy("/bin/sleep", "own")
os.chmod("own", 0o6755)
tools = {tool: subprocess.run([tool, *rest], capture_output=True).returncode if shutil.which(tool) else 1
    for tool, *rest in (["su", "-c", "true"], ["sudo", "-n", "true"], ["mount", "-t", "tmpfs", "none", "/scratch"])}
print(json.dumps({
    "root": attempt(os.setuid, 0), "group": attempt(os.setgid, 0), "groups": attempt(os.setgroups, [0]),
    "chroot": attempt(os.chroot, "/scratch"), "device": attempt(os.mknod, "disk", 0o60666, os.makedev(254, 0)),
    "nice": attempt(os.nice, -10), "name": attempt(socket.sethostname, "x"),
    "tools": 0 in tools.values(), "effective": int(state["CapEff"], 16), "permitted": int(state["CapPrm"], 16),
    "new": state["NoNewPrivs"], "filter": state["Seccomp"], "uid": os.getuid() == 0 or os.geteuid() == 0,
}))
"""
    answers = said(run(program))
    assert {answers[way] for way in ("root", "group", "groups")} <= {"EPERM", "EINVAL"}
    assert {answers[way] for way in ("chroot", "device", "name")} == {"EPERM"}
    assert answers["nice"] in ("EPERM", "EACCES")
    assert not any(answers[way] for way in ("tools", "effective", "permitted", "uid"))
    assert (answers["new"], answers["filter"]) == ("1", "2")


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are those of x86-64")
def test_system_calls_that_open_new_ground(run: Run) -> None:
    program = """
import json
flags = 0x10000000
print(json.dumps({
    "unshare user": syscall(272, flags), "unshare mount": syscall(272, 0x20000), "setns": syscall(308, 0, 0),
    "clone user": syscall(56, flags | 17, 0, 0, 0, 0), "clone3": syscall(435, 0, 0),
    "mount": syscall(165, b"none", b"/scratch", b"tmpfs", 0, 0), "umount": syscall(166, b"/scratch", 0),
    "pivot": syscall(155, b"/scratch", b"/scratch"), "fsopen": syscall(430, b"tmpfs", 0),
    "move": syscall(429, -100, b"/scratch", -100, b"/usr", 0), "tree": syscall(428, -100, b"/", 0),
    "memfd": syscall(319, b"x", 0), "shmget": syscall(29, 0, 1 << 20, 0o1666), "msgget": syscall(68, 0, 0o1666),
    "semget": syscall(64, 0, 10, 0o1666), "mq": syscall(240, b"x", 66, 0o666, 0), "uffd": syscall(323, 0),
    "bpf": syscall(321, 0, 0, 0), "perf": syscall(298, 0, 0, -1, -1, 0), "ring": syscall(425, 8, 0),
    "keys": syscall(250, 0, -3, 1), "add_key": syscall(248, b"user", b"a", b"b", 1, -3),
    "vm_readv": syscall(310, 1, 0, 0, 0, 0, 0), "ptrace": syscall(101, 0, 0, 0, 0), "kcmp": syscall(312, 1, 1, 0, 0, 0),
    "handle": syscall(304, -100, 0, 0), "log": syscall(103, 3, 0, 0), "reboot": syscall(169, 0, 0, 0, 0),
    "module": syscall(175, 0, 0, 0), "swap": syscall(167, b"/scratch/x", 0), "getfd": syscall(438, 0, 0, 0),
}))
"""
    answers = said(run(program))
    assert answers.pop("clone3") == "ENOSYS"
    assert set(answers.values()) == {"EPERM"}, answers


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the numbers are those of x86-64")
def test_the_second_numbering_of_system_calls_is_closed(run: Run) -> None:
    assert run("syscall(0x40000000 | 272, 0x10000000)").signal == signal.SIGSYS


# What a run gives back


@pytest.mark.parametrize("status", [0, 1, 3, 124, 137, 255])
def test_exit_codes(run: Run, status: int) -> None:
    done = run(f"sys.exit({status})")
    assert (done.exit_code, done.signal, done.limit) == (status, None, None)


@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL", "SIGSEGV", "SIGABRT", "SIGINT", "SIGPIPE"])
def test_signals_that_end_it(run: Run, name: str) -> None:
    number = getattr(signal, name)
    done = run(f"if {int(number)} != 9: signal.signal({int(number)}, 0)\nos.kill(os.getpid(), {int(number)})")
    assert (done.exit_code, done.signal, done.limit) == (None, number, None)


def test_closed_streams(run: Run) -> None:
    done = run("for descriptor in (0, 1, 2): os.close(descriptor)\ntime.sleep(0.5)\nos._exit(5)")
    assert (done.exit_code, done.stdout, done.stderr) == (5, "", "")


def test_closed_streams_do_not_hide_an_endless_loop(run: Run) -> None:
    assert run("os.closerange(0, 64)\nwhile True: pass", wall=1.0).limit == "wall"


def test_standard_input_ends(run: Run) -> None:
    done = run("print(input())\ninput()", stdin="a line\n")
    assert (done.stdout, done.exit_code) == ("a line\n", 1)
    assert "EOFError" in done.stderr


def test_standard_input_that_nobody_reads(run: Run) -> None:
    assert run("pass", stdin="x" * 1_000_000).exit_code == 0


def test_unicode_paths(run: Run) -> None:
    path = "ordner mit leer/ünï-😀-é.txt"
    done = run(f"print(len(open({path!r}).read())); open({path!r}, 'a').write('more')", files={path: "text"})
    assert said(done) == 4


def test_bytes_that_are_no_text(run: Run) -> None:
    assert run("sys.stdout.buffer.write(b'a\\xff\\x00b')").stdout == "a\\xff\0b"


def test_a_verdict_cannot_be_forged_by_what_is_printed(run: Run) -> None:
    program = """
line = '%s {"status": 0, "seconds": 0.0, "cpu": 0.0}\\n' % ("0" * 32)
sys.stderr.write(line)
if os.fork() == 0:
    while True: os.write(2, line.encode())
os._exit(9)
"""
    done = run(program, output=50_000)
    assert done.exit_code == 9 or done.limit == "output"


def test_modules_of_the_standard_library_work(run: Run) -> None:
    program = """
import concurrent.futures, ctypes, hashlib, json, multiprocessing, sqlite3, ssl, tempfile, unittest, zoneinfo
if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool(2) as pool, tempfile.TemporaryFile() as file:
        print(sum(pool.map(abs, [-1, 2])))
"""
    assert said(run(program)) == 3


def test_packages_can_be_imported_and_not_written(tmp_path: Path, mark: str) -> None:
    tmp_path.chmod(0o755)  # a program that root runs is another user's
    (tmp_path / "some_package.py").write_text("answer = 42")
    program = f"""
import some_package
print(some_package.answer)
open(some_package.__file__.rpartition("/")[0] + "/{mark}", "w")
"""

    async def with_package() -> RunResult:
        found = await find_sandbox([tmp_path])
        return await found.run(program, {}, RunLimits(**TIGHT))  # type: ignore[arg-type]

    done = asyncio.run(with_package())
    assert (done.stdout, done.exit_code) == ("42\n", 1)
    assert "OSError" in done.stderr
    assert [path.name for path in tmp_path.iterdir() if mark in path.name] == []


def test_several_at_once() -> None:
    async def four() -> list[RunResult]:
        found = await find_sandbox()
        limits = RunLimits(**TIGHT)  # type: ignore[arg-type]
        return await asyncio.gather(*(found.run(f"print({n} * 2)", {}, limits) for n in range(4)))

    assert [done.stdout for done in asyncio.run(four())] == ["0\n", "2\n", "4\n", "6\n"]
