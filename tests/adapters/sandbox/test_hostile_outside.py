"""Programs that try to read or to write outside of the sandbox."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.adapters.hostile import FOLDERS, HERE, Run, said

pytestmark = HERE


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
