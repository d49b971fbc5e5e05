"""``planfirst sandbox``: what it prints, and with which status it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adapters.sandbox_outside import why_not_here
from tests.cli.command_line import COMMAND, complaint, environment, in_process, last_line, planfirst

REASON = why_not_here()
real = pytest.mark.skipif(bool(REASON), reason=REASON)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    return tmp_path / "some program.py"


@pytest.mark.real
@real
def test_it_prints_what_the_program_prints_and_ends_as_it_does(program: Path) -> None:
    program.write_text("import sys\nprint('out ü')\nprint('err', file=sys.stderr)\nsys.exit(130)")
    done = planfirst("sandbox", program)
    assert (done.returncode, done.stdout) == (130, "out ü\n")
    assert done.stderr.startswith("err\n")
    assert last_line(done, 2).startswith("exit code 130, after ")


@pytest.mark.real
@real
def test_json(program: Path) -> None:
    program.write_text("import os\nprint(os.getcwd())\nos.kill(os.getpid(), 9)")
    done = planfirst("sandbox", program, "--json")
    assert done.returncode == 128 + 9
    assert done.stderr == ""
    result = json.loads(done.stdout)
    assert result.pop("seconds") > 0
    assert result == {
        "sandbox": "bubblewrap", "exit_code": None, "signal": 9, "stdout": "/scratch\n", "stderr": "", "limit": None,
        "cut": False,
    }  # fmt: skip


@pytest.mark.real
@real
@pytest.mark.parametrize(
    ("text", "options", "status", "said"),
    [
        (
            "import time; time.sleep(60)",
            ["--seconds", "1"],
            124,
            "ended by signal 9, at the limit of time (1 s), after",
        ),
        ("x = bytearray(10**9)", ["--memory", "64"], 1, "exit code 1, at the limit of memory (64 MB), after"),
        ("while True: print('x' * 10**5)", [], 124, "ended by signal 9, at the limit of output (1 MB), after"),
    ],
)
def test_limits(program: Path, text: str, options: list[str], status: int, said: str) -> None:
    program.write_text(text)
    done = planfirst("sandbox", program, *options)
    assert done.returncode == status
    assert f"planfirst: {said}" in done.stderr


@pytest.mark.real
@real
@pytest.mark.parametrize(("options", "said"), [([], "''\n"), (["--stdin"], "'given'\n")])
def test_standard_input_is_given_only_when_asked(program: Path, options: list[str], said: str) -> None:
    program.write_text("import sys; print(repr(sys.stdin.read()))")
    command = [*COMMAND, "sandbox", str(program), *options]
    done = subprocess.run(command, input="given", capture_output=True, text=True, env=environment(None, {}), timeout=60)
    assert (done.returncode, done.stdout) == (0, said)


@pytest.mark.real
@real
@pytest.mark.skipif(sys.platform == "win32", reason="a terminal of Unix")
def test_a_terminal_is_not_commanded(program: Path) -> None:
    program.write_text("print('\\x1b]0;title\\x07 \\x9b2J ü\\tend')")
    ours, theirs = os.openpty()
    try:
        subprocess.run([*COMMAND, "sandbox", str(program)], stdout=theirs, stderr=subprocess.DEVNULL, timeout=60)
        shown = os.read(ours, 1000).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert shown == "\\x1b]0;title\\x07 \\x9b2J ü\tend\r\n"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert complaint(in_process("sandbox", tmp_path / "none.py"), 2).endswith(
        "Check that it exists and that you may read it."
    )


def test_a_file_that_is_no_text(program: Path) -> None:
    program.write_bytes(b"\xff\xfe")
    assert "is not UTF-8" in complaint(in_process("sandbox", program), 2)


@pytest.mark.skipif(sys.platform != "linux", reason="what is said on Linux")
def test_without_a_sandbox_nothing_is_run(program: Path, tmp_path: Path) -> None:
    program.write_text(f"open({str(tmp_path / 'was-run')!r}, 'w')")
    said = complaint(planfirst("sandbox", program, PATH=str(tmp_path)), 125)
    assert said.startswith("No sandbox works on this machine. bubblewrap is not installed. ")
    assert "apt install bubblewrap" in said
    assert not (tmp_path / "was-run").exists()
