"""Writing into a workspace and undoing it: never outside, never over what somebody changed."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from planfirst.core.errors import BadRequest
from planfirst.plans import files
from planfirst.plans.checkpoints import Checkpoints


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = (tmp_path / "work").resolve()
    (folder / "src").mkdir(parents=True)
    return folder


def step(root: Path, plan: Checkpoints, number: int, name: str, after: bytes) -> None:
    path = files.inside(root, name)
    before = files.read(path)
    plan.add(number, name, before, after)
    files.write(path, after, before)


@pytest.mark.parametrize(
    "name", ["../out.py", "/etc/passwd", "src", ".", "", ".git/config", ".planfirst/plans/a.md", "a\0b", "link/a.py"]
)
def test_nothing_outside_can_be_named(root: Path, tmp_path: Path, name: str) -> None:
    if sys.platform != "win32":
        (root / "link").symlink_to(tmp_path)
    with pytest.raises(BadRequest) as caught:
        files.inside(root, name)
    assert caught.value.code == "plan-outside"


def test_a_file_that_changed_meanwhile_is_not_written(root: Path) -> None:
    path = root / "src" / "a.py"
    path.write_bytes(b"mine\n")
    for expected in (b"", None, b"other\n"):
        with pytest.raises(BadRequest) as caught:
            files.write(path, b"generated\n", expected)
        assert caught.value.code == "plan-target-changed"
    assert path.read_bytes() == b"mine\n"
    files.write(path, b"generated\n", b"mine\n")
    assert [path.name for path in path.parent.iterdir()] == ["a.py"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_permissions_stay_and_a_place_that_cannot_be_written_says_so(root: Path) -> None:
    path = root / "run.py"
    path.write_bytes(b"a")
    path.chmod(0o750)
    files.write(path, b"b", b"a")
    assert path.stat().st_mode & 0o777 == 0o750
    (root / "file").write_bytes(b"")
    with pytest.raises(BadRequest) as caught:
        files.write(root / "file" / "below.py", b"b", None)
    assert caught.value.code in ("file-unwritten", "file-unreadable")


def test_all_steps_are_undone_at_once(root: Path) -> None:
    (root / "src" / "a.py").write_bytes(b"one\r\n\xff")
    plan = Checkpoints(root, root / "plan.md")
    step(root, plan, 1, "src/a.py", b"two")
    step(root, plan, 2, "src/new.py", b"new")
    step(root, plan, 3, "src/a.py", b"three")
    assert [one.step for one in plan.undo()] == [3, 2, 1]
    assert (root / "src" / "a.py").read_bytes() == b"one\r\n\xff"
    assert not (root / "src" / "new.py").exists()
    with pytest.raises(BadRequest) as caught:
        plan.undo()
    assert caught.value.code == "plan-nothing-to-undo"


def test_the_last_steps_are_undone_alone(root: Path) -> None:
    plan = Checkpoints(root, root / "plan.md")
    step(root, plan, 1, "a.py", b"one")
    step(root, plan, 2, "a.py", b"two")
    step(root, plan, 3, "b.py", b"three")
    assert [one.step for one in plan.undo(2)] == [3, 2]
    assert (root / "a.py").read_bytes() == b"one"
    assert not (root / "b.py").exists()
    assert [one.step for one in plan.all()] == [1]


def test_a_step_below_another_one_is_not_undone(root: Path) -> None:
    plan = Checkpoints(root, root / "plan.md")
    step(root, plan, 2, "a.py", b"two")
    step(root, plan, 1, "a.py", b"two, then one")
    with pytest.raises(BadRequest) as caught:
        plan.undo(2)
    assert caught.value.code == "plan-undo-changed"
    assert (root / "a.py").read_bytes() == b"two, then one"


def test_what_you_changed_since_is_not_undone_and_nothing_else_is(root: Path) -> None:
    plan = Checkpoints(root, root / "plan.md")
    step(root, plan, 1, "a.py", b"a")
    step(root, plan, 2, "b.py", b"b")
    (root / "b.py").write_bytes(b"b, and mine")
    with pytest.raises(BadRequest) as caught:
        plan.undo()
    assert caught.value.code == "plan-undo-changed"
    assert (root / "a.py").read_bytes() == b"a"
    assert len(plan.all()) == 2


def test_plans_do_not_undo_each_other(root: Path) -> None:
    one, other = Checkpoints(root, root / "plan.md"), Checkpoints(root, root / "sub" / "plan.md")
    step(root, one, 1, "a.py", b"a")
    assert other.all() == []


@pytest.fixture
def written(root: Path) -> Path:
    """A workspace in which a plan has changed one file and made another."""
    (root / "src" / "a.py").write_bytes(b"before")
    plan = Checkpoints(root, root / ".planfirst" / "plans" / "plan.md")
    step(root, plan, 1, "src/a.py", b"after")
    step(root, plan, 2, "src/new.py", b"new")
    return root


def of_plan(root: Path) -> Checkpoints:
    return Checkpoints(root, root / ".planfirst" / "plans" / "plan.md")


def test_a_workspace_that_was_moved_is_undone_where_it_is_now(written: Path, tmp_path: Path) -> None:
    moved = written.rename(tmp_path / "elsewhere")
    (written / "src").mkdir(parents=True)  # something else lies where it was
    (written / "src" / "a.py").write_bytes(b"after")
    assert [one.step for one in of_plan(moved).undo()] == [2, 1]
    assert (moved / "src" / "a.py").read_bytes() == b"before"
    assert not (moved / "src" / "new.py").exists()
    assert (written / "src" / "a.py").read_bytes() == b"after"
    assert of_plan(written).all() == []


def test_each_copy_of_a_workspace_undoes_only_itself(written: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(written, tmp_path / "copy"))
    (copy / "src" / "new.py").write_bytes(b"new, and mine")
    with pytest.raises(BadRequest) as caught:
        of_plan(copy).undo()
    assert caught.value.code == "plan-undo-changed"
    assert len(of_plan(written).undo()) == 2
    assert not (written / "src" / "new.py").exists()
    assert (copy / "src" / "a.py").read_bytes() == b"after"
    (copy / "src" / "new.py").write_bytes(b"new")
    assert len(of_plan(copy).undo()) == 2
    assert (copy / "src" / "a.py").read_bytes() == b"before"


@pytest.mark.skipif(sys.platform == "win32", reason="links need a permission on Windows")
def test_a_copy_whose_folder_leads_to_the_first_workspace_writes_nothing_there(written: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(written, tmp_path / "copy"))
    shutil.rmtree(copy / "src")
    (copy / "src").symlink_to(written / "src")
    with pytest.raises(BadRequest) as caught:
        of_plan(copy).undo()
    assert caught.value.code == "plan-outside"
    assert (written / "src" / "a.py").read_bytes() == b"after"
    assert (written / "src" / "new.py").read_bytes() == b"new"


def test_a_plan_outside_is_known_by_its_path(root: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.md"
    step(root, Checkpoints(root, plan), 1, "a.py", b"a")
    assert Checkpoints(root, root / "plan.md").all() == []
    assert [one.step for one in Checkpoints(root, plan).undo()] == [1]


@pytest.mark.parametrize(
    "change",
    [{"format": 2}, {"before": "not base64!"}, {"file": 3}, {"step": "1"}, {"file": "../../x"}, None],
)
def test_a_checkpoint_that_was_edited_is_refused(root: Path, change: dict[str, object] | None) -> None:
    plan = Checkpoints(root, root / "plan.md")
    (root / "a.py").write_bytes(b"before")
    step(root, plan, 1, "a.py", b"a")
    (path,) = (root / ".planfirst" / "checkpoints").glob("*/*.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text("{" if change is None else json.dumps(data | change), encoding="utf-8")
    with pytest.raises(BadRequest):
        plan.undo()
    assert (root / "a.py").read_bytes() == b"a"


def test_checkpoints_are_no_part_of_the_repository(root: Path) -> None:
    step(root, Checkpoints(root, root / "plan.md"), 1, "a.py", b"a")
    assert (root / ".planfirst" / "checkpoints" / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert [path.name for path in (root / ".planfirst").iterdir()] == ["checkpoints"]
