"""What a run gives back, whatever the program does to its streams and its end."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest

from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.core.runs import RunLimits, RunResult
from tests.adapters.hostile import HERE, TIGHT, Run, said

pytestmark = HERE


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
