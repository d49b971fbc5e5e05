"""Programs that try to use up the machine."""

from __future__ import annotations

import signal

import pytest

from tests.adapters.hostile import HERE, Run, said

pytestmark = HERE


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
