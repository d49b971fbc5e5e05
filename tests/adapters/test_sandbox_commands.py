"""What is built for the sandboxes that need another system, and what watches them; what is said when there is none.

Docker, Podman and ``sandbox-exec`` themselves are not run here: their command lines are read. The macOS sandbox is run
without ``sandbox-exec`` around it, with harmless programs, since its watcher works on any Unix.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import struct
import sys
from pathlib import Path

import pytest

from planfirst.adapters.sandbox import container, macos, probe, seccomp, watch, wire
from planfirst.adapters.sandbox.bubblewrap import Bubblewrap
from planfirst.adapters.sandbox.python import Python, this_python
from planfirst.core.errors import SandboxRefused
from planfirst.core.runs import RunLimits, RunResult
from tests.adapters.sandbox_outside import marked

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a sandbox of Unix")
LIMITS = RunLimits(wall=20.0, cpu=5.0, memory=256 << 20, scratch=4 << 20)


def value(command: list[str], option: str) -> str:
    assert command.count(option) == 1, option
    return command[command.index(option) + 1]


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


# Containers


def test_a_container_has_no_network_no_rights_and_all_limits(tmp_path: Path) -> None:
    command = container.Container("/usr/bin/podman", packages=[tmp_path]).command(LIMITS, "planfirst-1")
    assert command[:2] == ["/usr/bin/podman", "run"]
    assert value(command, "--network") == "none"
    assert value(command, "--pull") == "never"
    assert value(command, "--cap-drop") == "ALL"
    assert value(command, "--security-opt") == "no-new-privileges"
    assert value(command, "--user") == "65534:65534"
    assert value(command, "--memory") == value(command, "--memory-swap") == str(256 << 20)
    assert value(command, "--pids-limit") == "33"
    assert value(command, "--tmpfs").startswith("/scratch:rw,nosuid,nodev,mode=1777,size=4194304,nr_inodes=")
    assert value(command, "--volume") == f"{tmp_path}:/packages/0:ro"
    assert value(command, "--name") == "planfirst-1"
    assert {"--read-only", "--rm", "--interactive"} <= set(command)
    assert "--privileged" not in command
    assert command[-5:-1] == [container.IMAGE, "-I", "-S", "-c"]


def test_no_variable_of_ours_reaches_a_container(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANFIRST_SECRET", "a secret")
    command = container.Container("/usr/bin/docker").command(LIMITS, "x")
    assert "a secret" not in " ".join(command)
    assert "--env" not in command
    assert "PLANFIRST_SECRET" not in container.client_environment()


def test_an_engine_that_fails_is_a_refusal_and_the_container_is_removed(tmp_path: Path) -> None:
    engine = script(
        tmp_path / "docker", f'echo "$*" | head -c 80 >> {tmp_path}/asked; echo "no such image" >&2; exit 125'
    )
    with pytest.raises(SandboxRefused, match="no such image"):
        asyncio.run(container.Container(str(engine)).run("print()", {}, LIMITS))
    assert (tmp_path / "asked").read_text().startswith("run --rm")


# macOS


@pytest.fixture
def macos_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> macos.SandboxExec:
    monkeypatch.setattr(macos, "SANDBOX_EXEC", str(script(tmp_path / "sandbox-exec", 'shift 2; exec "$@"')))
    return macos.SandboxExec(this_python())


def test_the_profile_allows_by_name_only() -> None:
    sandbox = macos.SandboxExec(Python("/opt/py thon/bin/python3", "/opt/py thon"), [Path("/")])
    command = sandbox.command('/private/tmp/scr"atch')
    assert command[:2] == ["/usr/bin/sandbox-exec", "-p"]
    lines = command[2].splitlines()
    assert lines[:2] == ["(version 1)", "(deny default)"]
    assert command[3] == "/opt/py thon/bin/python3"
    assert not any("network" in line or "mach" in line or "default" in line for line in lines[2:])
    written = [line for line in lines if "file-write" in line]
    assert written == [
        '(allow file-write-data (literal "/dev/null") (literal "/dev/zero"))',
        '(allow file-read* file-write* (subpath "/private/tmp/scr\\"atch"))',
    ]
    assert any('(subpath "/opt/py thon")' in line for line in lines if line.startswith("(allow file-read* "))


def run(sandbox: macos.SandboxExec, program: str, limits: RunLimits = LIMITS, stdin: bytes = b"") -> RunResult:
    return asyncio.run(sandbox.run(program, {"a/b.txt": b"text"}, limits, stdin))


def test_the_macos_way_runs_a_program(macos_run: macos.SandboxExec) -> None:
    program = "import os, sys\nprint(input(), open('a/b.txt').read(), os.getcwd())\nsys.exit(3)"
    done = run(macos_run, program, stdin=b"hello\n")
    said, text, folder = done.stdout.split()
    assert (done.exit_code, said, text, done.limit) == (3, "hello", "text", None)
    assert not Path(folder).exists()


@pytest.mark.parametrize(
    ("program", "limit"),
    [
        ("import time; time.sleep(60)", "wall"),
        ("import os\nos.fork()\nwhile True: pass", "cpu"),
        ("import os, time\nfor n in range(7): os.fork() or time.sleep(60)\ntime.sleep(60)", "processes"),
        ("for n in range(8): open(str(n), 'wb').write(bytes(1 << 20))\nimport time; time.sleep(60)", "scratch"),
        ("import os, time\nfor n in range(4):\n    if os.fork() == 0: held = bytearray(b'x' * (80 << 20)); break\n"
         "time.sleep(60)", "memory"),
        ("while True: print('x' * 1000)", "output"),
    ],
)  # fmt: skip
def test_the_macos_watcher(macos_run: macos.SandboxExec, program: str, limit: str) -> None:
    limits = RunLimits(
        wall=1.0 if limit == "wall" else 30.0, cpu=1.0, memory=256 << 20, processes=5, scratch=4 << 20, output=10_000
    )
    assert run(macos_run, program, limits).limit == limit


def test_the_macos_way_ends_a_child_that_is_still_there(macos_run: macos.SandboxExec) -> None:
    mark = f"left{os.getpid()}"
    program = f"import subprocess; subprocess.Popen(['/bin/sh', '-c', 'sleep 60; : {mark}'])"
    assert run(macos_run, program).exit_code == 0
    assert marked(mark) == []


# What they share


def test_a_line_that_looks_like_an_ending_is_the_programs() -> None:
    token = wire.new_token()
    forged = b'%s {"status": 0}\n' % (b"0" * 32)
    ending = f'{token} {{"status": 256, "seconds": 1.5, "cpu": 0.5}}\n'.encode()
    heard = wire.told(token, f"{token} started\n".encode() + b"one\n" + forged + ending)
    assert (heard.status, heard.seconds, heard.stderr) == (256, 1.5, b"one\n" + forged)
    assert wire.told(token, f"{token} started\n".encode() + forged).status is None
    assert not wire.told(token, forged).started


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_has_no_jump_that_leaves_it(machine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: machine)
    code = list(struct.iter_unpack("=HBBI", seccomp.program()))
    for at, (operation, if_true, if_false, _) in enumerate(code):
        if operation in (0x15, 0x35, 0x45):
            assert at + 1 + max(if_true, if_false) < len(code)
    assert code[-1] == (0x06, 0, 0, 0x7FFF0000)
    assert len(code) < 4096


def test_another_machine_has_no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    assert not seccomp.known()


@pytest.mark.skipif(sys.platform != "linux", reason="bubblewrap is for Linux")
def test_bubblewraps_command_shows_packages_read_only(tmp_path: Path) -> None:
    command = Bubblewrap("/usr/bin/bwrap", this_python(), [tmp_path]).command(LIMITS, hosts=3, filter_=4)
    at = command.index("/packages/0", command.index(str(tmp_path)))
    assert command[at - 2 : at] == ["--ro-bind", str(tmp_path)]
    assert not {"--bind", "--share-net", "--unshare-all"} & set(command)
    assert {"--unshare-net", "--unshare-pid", "--unshare-ipc", "--die-with-parent", "--new-session"} <= set(command)
    shown = {command[at + 1] for at, part in enumerate(command) if part.startswith("--ro-bind")}
    assert not {"/", "/home", "/etc", "/usr", "/var", str(Path.home()), str(Path.cwd())} & shown


# When there is none


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty PATH, and a probe that remembers nothing."""
    monkeypatch.setattr(probe, "_known", None)
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def refusal() -> SandboxRefused:
    with pytest.raises(SandboxRefused) as caught:
        asyncio.run(probe.find_sandbox())
    return caught.value


linux = pytest.mark.skipif(sys.platform != "linux", reason="what is said on Linux")


@linux
def test_without_anything_it_says_how_to_get_one(fresh: Path) -> None:
    error = refusal()
    assert "bubblewrap is not installed. Neither Docker nor Podman is installed" in error.what
    assert "apt install bubblewrap" in error.next_step


@linux
def test_a_program_in_the_current_folder_is_not_taken(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(fresh / "bwrap", "exit 0")
    monkeypatch.chdir(fresh)
    monkeypatch.setenv("PATH", ".")
    assert "bubblewrap is not installed" in refusal().what


@linux
def test_a_kernel_that_does_not_let_it_be_watched(fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script(fresh / "bwrap", "exit 0")
    monkeypatch.setattr(watch, "_PROC", tmp_path)
    assert "bubblewrap cannot be watched" in refusal().what


@linux
def test_the_answer_is_remembered(fresh: Path) -> None:
    first = refusal()
    script(fresh / "docker", "exit 0")
    assert refusal().what == first.what


@linux
def test_a_client_without_an_engine_is_not_enough(fresh: Path) -> None:
    script(fresh / "docker", "exit 1")
    assert "docker is installed, but its engine does not answer" in refusal().what


@linux
def test_an_engine_without_the_image_is_not_enough(fresh: Path) -> None:
    script(fresh / "podman", 'test "$1" = version')
    assert f"podman has no image {container.IMAGE} (`podman pull {container.IMAGE}`)" in refusal().what


@linux
def test_an_engine_that_runs_nothing_is_not_enough(fresh: Path) -> None:
    script(fresh / "docker", 'test "$1" != run || { echo "cannot run" >&2; exit 125; }')
    assert "docker does not work: cannot run" in refusal().what


@linux
def test_a_system_that_forbids_namespaces_says_how_to_allow_them(
    fresh: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script(fresh / "bwrap", 'echo "bwrap: setting up uid map: Permission denied" >&2; exit 1')
    (tmp_path / "kernel").mkdir()
    (tmp_path / "kernel" / "apparmor_restrict_unprivileged_userns").write_text("1\n")
    monkeypatch.setattr(probe, "_KERNEL", tmp_path)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    error = refusal()
    assert "bubblewrap does not work: bwrap: setting up uid map: Permission denied" in error.what
    assert "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0" in error.next_step


@linux
def test_one_that_runs_the_program_wrongly_is_not_taken(fresh: Path) -> None:
    # It starts the first process and lets nothing hold it, as a broken one could; the scratch folder is not there.
    python = shutil.which("python3", path="/usr/bin:/bin") or sys.executable
    script(fresh / "bwrap", f'while [ "$1" != -- ]; do shift; done; shift 2; exec {python} "$@"')
    assert "bubblewrap does not work: " in refusal().what
