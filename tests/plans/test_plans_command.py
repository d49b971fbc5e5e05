"""``planfirst plans`` with a store and the starter: run, refused, and undone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from planfirst.plans.document import parse, written
from tests.cli.command_line import COMMAND, Done, complaint, environment, in_process

pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]
MODEL = ("--set", "planner.model=starter")
STEPS = ["read a csv file into a list of dicts in src/stock.py", "overlapping groups of consecutive elements"]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    text = written("read the stock", STEPS, "groups.py", "starter", "", "2026-01-01")
    (folder / "plan.md").write_text(text, encoding="utf-8")
    (folder / "groups.py").write_text('"""Groups."""\n', encoding="utf-8")
    return folder


def plans(project: Path, home: Path | None, *arguments: str) -> Done:
    return subprocess.run(
        [*COMMAND, "plans", *arguments],
        env=environment(home, {}),
        cwd=project,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def test_a_plan_over_two_files_is_run_and_undone(project: Path, stocked_home: Path) -> None:
    done = plans(project, stocked_home, "run", "plan.md", "--yes", *MODEL)
    assert done.returncode == 0, done.stderr
    assert "--- a/src/stock.py" in done.stdout
    assert "--- a/groups.py" in done.stdout
    stock, groups = project / "src" / "stock.py", project / "groups.py"
    for file in (stock, groups):
        compile(file.read_text(encoding="utf-8"), file.name, "exec")
    assert "import csv" in stock.read_text(encoding="utf-8")
    assert groups.read_text(encoding="utf-8").startswith('"""Groups."""\n')
    document = parse((project / "plan.md").read_text(encoding="utf-8"), "plan.md")
    assert [step.done for step in document.steps] == [True, True]
    assert document.text.count("Verdict: ") == 2
    assert document.text.count("Example: ") == 2
    assert "no step left" in plans(project, stocked_home, "run", "plan.md", "--yes", *MODEL).stderr

    plan = project / "plan.md"
    plan.write_text(document.text.replace(STEPS[1], "split a list into chunks of equal size"), encoding="utf-8")
    again = plans(project, stocked_home, "run", "plan.md", "--from", "2", "--yes", *MODEL)
    assert again.returncode == 0, again.stderr
    assert "Step 2 is written already." in again.stderr
    assert "Step 1" not in again.stderr
    kept = groups.read_text(encoding="utf-8")
    assert "# split a list into chunks of equal size" in kept
    assert f"# {STEPS[1]}" not in kept
    assert parse(plan.read_text(encoding="utf-8"), "plan.md").text.count("## Result of step") == 2

    mine = groups.read_bytes()
    groups.write_bytes(mine + b"# mine\n")
    assert "nothing was undone" in complaint(plans(project, stocked_home, "undo", "plan.md"), 2)
    assert stock.exists()
    groups.write_bytes(mine)
    undone = plans(project, stocked_home, "undo", "plan.md")
    assert undone.returncode == 0, undone.stderr
    assert not stock.exists()
    assert groups.read_text(encoding="utf-8") == '"""Groups."""\n'
    document = parse((project / "plan.md").read_text(encoding="utf-8"), "plan.md")
    assert not any(step.done for step in document.steps)
    assert "Result of" not in document.text


@pytest.mark.parametrize(
    ("change", "arguments", "what"),
    [
        (("planfirst-plan: 1", "planfirst-plan: 7"), ("--yes",), "newer version"),
        (("## Steps", "## Stages"), ("--yes",), "cannot be used as a plan"),
        (("src/stock.py", "../stock.py"), ("--yes",), "is not a file of your workspace"),
        (("file: groups.py", "file: .git/hooks/pre-commit"), ("--yes",), "is not a file of your workspace"),
        (("file: groups.py", ""), ("--yes",), "No file is named"),
        (("a", "a"), ("--yes", "--from", "3"), "has no step 3"),
        (("a", "a"), (), "add --yes"),
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_is_written(
    project: Path, change: tuple[str, str], arguments: tuple[str, ...], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project)
    plan = project / "plan.md"
    plan.write_text(plan.read_text(encoding="utf-8").replace(*change), encoding="utf-8")
    before = plan.read_bytes()
    assert what in complaint(in_process("plans", "run", "plan.md", *arguments), 2)
    assert plan.read_bytes() == before
    assert sorted(path.name for path in project.iterdir()) == ["groups.py", "plan.md"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize(("key", "code"), [("n", 0), ("q", 0)])
def test_without_a_yes_nothing_is_written(project: Path, stocked_home: Path, key: str, code: int) -> None:
    import pty

    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(project)
        command = [*COMMAND, "plans", "run", "plan.md", "--from", "2", *MODEL]
        os.execve(sys.executable, command, environment(stocked_home, {"TERM": "xterm"}))
    seen = b""
    while b"[q]uit" not in seen:
        seen += os.read(terminal, 65536)
    os.write(terminal, f"{key}\n".encode())
    try:
        while piece := os.read(terminal, 65536):
            seen += piece
    except OSError:
        pass
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == code
    assert b"It is not written." in seen
    assert (project / "groups.py").read_text(encoding="utf-8") == '"""Groups."""\n'
