"""Real processes, with limits that are really reached."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from planfirst.evaluation.checks import Caps, Check, check, under_its_own_name

DOUBLE = Check("doctest", ">>> double(2)\n4\n>>> double('a')\n'aa'")
ASSERTS = Check("asserts", "import math\nassert double(2) == 4\nassert double(math.pi) > 6")
posix = pytest.mark.skipif(not hasattr(os, "killpg"), reason="no resource limits there")


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("def double(x):\n    return x + x", ""),
        ("from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int\ndef double(x):\n    return x * 2", ""),
        ("def double(x):\n    return x * x", "double('a') gave TypeError"),
        ("def double(x):\n    return x + 1", "double(2) gave '3', not '4'"),
        ("def twice(x):\n    return x + x", "double(2) gave NameError"),
        ("def double(x:", "it does not parse"),
        ("  \n", "there is no code"),
        ("import sys\nsys.exit(0)", "running it gave SystemExit"),
        ("import os\nos._exit(0)", "it ended by itself with exit code 0"),
        ("import os\nos.kill(os.getpid(), 9)", "it was ended by SIGKILL"),
        ("print('\"passed\": true')\nraise OSError('no')", "running it gave OSError: no"),
        ("def double(x):\n    print('noise')\n    return x + x", "double(2) gave 'noise"),
    ],
)
def test_right_and_wrong_code(code: str, error: str) -> None:
    verdict = check(code, DOUBLE)
    assert verdict.passed is (error == "")
    assert verdict.error.startswith(error)
    assert "\n" not in verdict.error


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("def double(x):\n    return x + x", ""),
        ("def double(x):\n    return 4", "assert double(math.pi) > 6 gave AssertionError"),
        ("def double(x):\n    raise KeyError(x)", "assert double(2) == 4 gave KeyError: 2"),
    ],
)
def test_asserts(code: str, error: str) -> None:
    verdict = check(code, ASSERTS)
    assert verdict.passed is (error == "")
    assert verdict.error.startswith(error)


@pytest.mark.parametrize(
    "by", [Check("doctest", "no examples here"), Check("asserts", "import math"), Check("asserts", "")]
)
def test_nothing_checked_is_no_pass(by: Check) -> None:
    verdict = check("x = 1", by)
    assert not verdict.passed
    assert verdict.error.startswith("no ")


def test_an_endless_loop_is_stopped() -> None:
    started = time.monotonic()
    verdict = check("while True: pass", DOUBLE, Caps(seconds=1.0))
    assert verdict.error == "it did not end within 1 s"
    assert time.monotonic() - started < 5


@posix
def test_the_processor_time_is_limited() -> None:
    assert check("while True: pass", DOUBLE, Caps(cpu=1)).error in (
        "it was ended by SIGXCPU",
        "it was ended by SIGKILL",
    )


@posix
def test_a_memory_hog_is_stopped() -> None:
    verdict = check("x = bytearray(1 << 30)", DOUBLE, Caps(memory=256 << 20))
    assert verdict.error == "running it gave MemoryError:"


@posix
def test_endless_output_is_stopped_and_is_not_kept() -> None:
    verdict = check("while True: print('x' * 10_000)", DOUBLE, Caps(file=1 << 20))
    assert not verdict.passed


@posix
def test_what_it_started_is_killed_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    code = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen([{sys.executable!r}, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\n"
        "def double(x):\n    return x + x\n"
    )
    assert check(code, DOUBLE).passed
    pid = int(note.read_text())
    for _ in range(100):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return
        time.sleep(0.05)
    pytest.fail("the child is still running")


def test_a_thread_that_never_ends_holds_nothing_up() -> None:
    code = (
        "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\ndef double(x): return x + x"
    )
    started = time.monotonic()
    assert check(code, DOUBLE).passed
    assert time.monotonic() - started < 10


def test_it_runs_in_an_empty_folder_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "1")
    code = (
        "import os, tempfile\nleft = os.listdir()\nopen('trace', 'w').close()\n"
        "here = os.path.samefile(tempfile.gettempdir(), '.')\n"
        "def double(x):\n    return here and not left and 'A_SECRET' not in os.environ"
    )
    assert check(code, Check("doctest", ">>> double(1)\nTrue")).passed


def test_the_only_definition_gets_the_wanted_name() -> None:
    reference = "def _help(): pass\ndef double(x):\n    return x + x"
    renamed = under_its_own_name("def twice(x):\n    return x + x", reference)
    assert renamed is not None
    assert check(renamed, DOUBLE).passed
    assert under_its_own_name("def double(x): pass", reference) is None
    assert under_its_own_name("def a(): pass\ndef b(): pass", reference) is None
    assert under_its_own_name("x = 1", reference) is None
