"""Real sandboxes, with limits that are really reached."""

from __future__ import annotations

import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from planfirst.adapters.sandbox import probe
from planfirst.core.errors import SandboxRefused
from planfirst.words import Message
from planfirst_lab.evaluation.checks import LIMITS, Check, check, checker, under_its_own_name
from tests.adapters import sandbox_outside as outside

REASON = outside.why_not_here()
sandboxed = pytest.mark.skipif(bool(REASON), reason=REASON)
DOUBLE = Check("doctest", ">>> double(2)\n4\n>>> double('a')\n'aa'")
ASSERTS = Check("asserts", "import math\nassert double(2) == 4\nassert double(math.pi) > 6")
SCRIPT = Check(
    "script", "def check(candidate):\n    assert candidate(2) == 4\n    assert candidate(3) == 6\n\ncheck(double)"
)
RUN = Check(
    "run",
    'done = run({"in/a.txt": "one two"}, typed="3\\n", args=["x"])\n'
    'assert in_order(done.printed, "TWO", "3", "x") and not in_order(done.printed, "3", "two")\n'
    'assert numbers("a -1.5, b 2") == [-1.5, 2]\n'
    'assert done.names["words"] == ["one", "two"] and done.files["out.txt"] == "2"\n'
    'assert "out.txt" not in run({"in/a.txt": ""}, typed="-\\n", args=["x"]).files',
)
SCRIPT_CODE = """import sys
words = open("in/a.txt").read().split()
print(*words, input(), sys.argv[1])
if words:
    open("out.txt", "w").write(str(len(words)))
else:
    sys.exit(1)
"""
RIGHT = "def double(x):\n    return x + x"


@sandboxed
@pytest.mark.parametrize(
    ("code", "error"),
    [
        (RIGHT, ""),
        ("from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int\ndef double(x):\n    return x * 2", ""),
        ("import os\nos.close(1)\ndef double(x):\n    return x * 2", ""),
        ("def double(x):\n    return x * x", "double('a') gave TypeError"),
        ("def double(x):\n    return x + 1", "double(2) gave 3, not 4"),
        ("def twice(x):\n    return x + x", "double(2) gave NameError"),
        ("def double(x:", "it does not parse"),
        ("  \n", "there is no code"),
        ("import sys\nsys.exit(0)", "Loading it gave SystemExit"),
        ("import os\nos._exit(0)", str(Message("program-exit-code", status=0))),
        ("import os\nos.kill(os.getpid(), 9)", str(Message("program-signal", signal="SIGKILL"))),
        ("print('\"passed\": true')\nraise OSError('no')", "Loading it gave OSError: no"),
        ("def double(x):\n    print('noise')\n    return x + x", "double(2) gave noise"),
    ],
)
def test_right_and_wrong_code(code: str, error: str) -> None:
    verdict = check(code, DOUBLE)
    assert verdict.passed is (error == "")
    assert verdict.error.startswith(error)
    assert "\n" not in verdict.error


@sandboxed
@pytest.mark.parametrize(
    ("code", "error"),
    [
        (RIGHT, ""),
        ("def double(x):\n    return 4", "assert double(math.pi) > 6 does not hold"),
        ("def double(x):\n    raise KeyError(x)", "assert double(2) == 4 gave KeyError: 2"),
    ],
)
def test_asserts(code: str, error: str) -> None:
    verdict = check(code, ASSERTS)
    assert verdict.passed is (error == "")
    assert verdict.error.startswith(error)


@sandboxed
@pytest.mark.parametrize(
    ("code", "error"),
    [
        (RIGHT, ""),
        ("def double(x):\n    return 4", "assert candidate(3) == 6 does not hold"),
        ("def double(x):\n    raise SystemExit(0)", "assert candidate(2) == 4 gave SystemExit: 0"),
        ("def double(x):\n    import os\n    os._exit(0)", str(Message("program-exit-code", status=0))),
        ("def twice(x):\n    return x + x", "check(double) gave NameError"),
    ],
)
def test_a_script(code: str, error: str) -> None:
    verdict = check(code, SCRIPT)
    assert verdict.passed is (error == "")
    assert verdict.error.startswith(error)


@sandboxed
@pytest.mark.parametrize(
    ("code", "error"),
    [
        (SCRIPT_CODE, ""),
        (f"def main():\n{textwrap.indent(SCRIPT_CODE, '    ')}", "assert in_order("),
        (f"raise SystemExit\n{SCRIPT_CODE}", "assert in_order("),
        (SCRIPT_CODE.replace("in/", "out/"), 'done = run({"in/a.txt": "one two"}'),
    ],
)
def test_a_script_that_is_run_as_one(code: str, error: str) -> None:
    verdict = check(code, RUN)
    assert verdict.passed is (error == "")
    assert verdict.error.startswith(error)


@sandboxed
@pytest.mark.parametrize(
    "by", [Check("doctest", "no examples here"), Check("asserts", "import math"), Check("asserts", "")]
)
def test_nothing_checked_is_no_pass(by: Check) -> None:
    verdict = check("x = 1", by)
    assert not verdict.passed
    assert verdict.error.startswith("no ")


@sandboxed
def test_an_endless_loop_is_stopped() -> None:
    verdict = check("while True: pass", DOUBLE, limits=replace(LIMITS, wall=1.0))
    assert verdict.error == str(Message("program-too-long", seconds=1))


@sandboxed
def test_the_processor_time_is_limited() -> None:
    assert (
        check("while True: pass", DOUBLE, limits=replace(LIMITS, cpu=1.0)).error
        == "It took more than 1 s of processor time."
    )


@sandboxed
def test_a_memory_hog_is_stopped() -> None:
    verdict = check("x = bytearray(1 << 30)", DOUBLE, limits=replace(LIMITS, memory=256 << 20))
    assert verdict.error == "Loading it gave MemoryError (at `x = bytearray(1 << 30)`)."


@sandboxed
def test_endless_output_is_stopped() -> None:
    verdict = check("while True: print('x' * 10_000)", DOUBLE, limits=replace(LIMITS, output=1 << 20))
    assert verdict.error == str(Message("program-limit", limit="output"))


@sandboxed
def test_a_thread_that_never_ends_holds_nothing_up() -> None:
    code = f"import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()\n{RIGHT}"
    started = time.monotonic()
    assert check(code, DOUBLE).passed
    assert time.monotonic() - started < LIMITS.wall


@sandboxed
def test_it_runs_in_an_empty_folder_without_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_SECRET", "1")
    code = (
        "import os, tempfile\nleft = os.listdir()\nopen('trace', 'w').close()\n"
        "here = os.path.samefile(tempfile.gettempdir(), '.')\n"
        "def double(x):\n    return here and left == [] and 'A_SECRET' not in os.environ"
    )
    assert check(code, Check("doctest", ">>> double(1)\nTrue")).passed


LEAVES = """
import builtins, json, os, pathlib, sys, tempfile
builtins.double = lambda x: x + x
sys.modules["answers"] = json
for folder in (".", "..", "/tmp", "/scratch", "/dev/shm", tempfile.gettempdir()):
    try:
        pathlib.Path(folder, "double.py").write_text("def double(x): return x + x")
    except OSError:
        pass
os.environ["DOUBLE"] = "x + x"
double = builtins.double
"""
TAKES = """
import builtins, os, sys
for folder in (".", "..", "/tmp", "/scratch", "/dev/shm"):
    sys.path.append(folder)
try:
    from double import double
except ImportError:
    pass
if "DOUBLE" in os.environ or "answers" in sys.modules:
    double = lambda x: x + x
"""


@sandboxed
def test_nothing_leaks_from_one_answer_into_another() -> None:
    """One leaves its answer everywhere that it can; the other would pass with any of what that left."""
    assert check(f"{LEAVES}\n{TAKES}", DOUBLE).passed  # in one process it does
    assert not check(TAKES, DOUBLE).passed
    assert check(LEAVES, DOUBLE).passed
    assert not check(TAKES, DOUBLE).passed
    with ThreadPoolExecutor(4) as pool:  # nor beside each other
        verdicts = list(pool.map(lambda code: check(code, DOUBLE).passed, [LEAVES, TAKES] * 4))
    assert verdicts == [True, False] * 4


def test_without_a_sandbox_nothing_is_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(probe, "_known", None)
    monkeypatch.setenv("PATH", str(tmp_path))  # neither bubblewrap nor an engine is there
    monkeypatch.setattr(probe, "SANDBOX_EXEC", str(tmp_path / "none"))
    trace = tmp_path / "trace"
    with pytest.raises(SandboxRefused, match="No sandbox works on this machine"):
        check(f"open({str(trace)!r}, 'w')\n{RIGHT}", DOUBLE)
    assert not trace.exists()


def test_a_sandbox_that_is_given_is_used() -> None:
    class Refusing:
        async def run(self, *arguments: object) -> None:
            raise SandboxRefused("plain", what="It is closed.", next="Open it.")

    with pytest.raises(SandboxRefused, match="It is closed"):
        checker(Refusing())(RIGHT, DOUBLE)  # type: ignore[arg-type]


def test_the_only_definition_gets_the_wanted_name() -> None:
    reference = "def _help(): pass\ndef double(x):\n    return x + x"
    renamed = under_its_own_name("def twice(x):\n    return x + x", reference)
    assert renamed == "def twice(x):\n    return x + x\n\ndouble = twice\n"
    assert under_its_own_name("def double(x): pass", reference) is None
    assert under_its_own_name("def a(): pass\ndef b(): pass", reference) is None
    assert under_its_own_name("x = 1", reference) is None
