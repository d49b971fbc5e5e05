"""What is kept of a folder's files follows the folder, and only what has changed is read."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from planfirst.corpora.code import refresh as refreshing
from planfirst.corpora.code.file_cache import FileCache
from planfirst.corpora.code.refresh import pairs_of, refresh
from planfirst.corpora.report import Report

LONG_AGO = 1_700_000_000


class Folder:
    """A folder of small Python files and what is kept of it."""

    def __init__(self, root: Path, file: Path) -> None:
        self.root = root
        self.path = file
        self.cache = FileCache(file, "workspace")
        self.report = Report()

    def write(self, name: str, word: str, old: bool = True) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"def open_{word}(key):\n    return {word}.open(key)\n", encoding="utf-8")
        if old:  # a file that has only just changed is read once more, since it could change again unnoticed
            os.utime(path, (LONG_AGO, LONG_AGO))

    def refresh(self, changed: Collection[str] | None = None) -> int:
        self.report = Report()
        try:
            return refresh(self.root, self.cache, changed, self.report)
        finally:
            self.cache.close()

    def again(self) -> Folder:
        """As another process would find it."""
        return Folder(self.root, self.path)

    @property
    def questions(self) -> list[str]:
        return [pair.question for pair in pairs_of(self.cache, Report())]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    # The time of a change of status cannot be set, so in these tests what was written now counts as old.
    monkeypatch.setattr(refreshing, "_FRESH", 0)
    made = Folder(tmp_path / "project", tmp_path / "place" / "files.jsonl")
    for name, word in (("a.py", "door"), ("pkg/b.py", "box"), ("pkg/deep/c.py", "safe")):
        made.write(name, word)
    return made


def test_the_first_look_reads_all_and_the_second_nothing(folder: Folder) -> None:
    assert folder.refresh() == 3
    assert folder.questions == ["open door", "open box", "open safe"]
    assert folder.refresh() == 0
    assert folder.again().refresh() == 0
    assert folder.again().questions == folder.questions


def test_only_what_changed_is_read(folder: Folder) -> None:
    folder.refresh()
    folder.write("a.py", "gate", old=False)
    assert folder.refresh() == 1
    assert folder.questions == ["open gate", "open box", "open safe"]
    folder.write("pkg/b.py", "tin", old=False)
    assert folder.refresh(["pkg/b.py"]) == 1
    assert folder.questions == ["open gate", "open tin", "open safe"]
    assert folder.again().questions == folder.questions


def test_of_named_files_no_other_is_looked_at(folder: Folder) -> None:
    folder.refresh()
    folder.write("a.py", "gate", old=False)
    (folder.root / "pkg" / "b.py").unlink()
    assert folder.refresh(["pkg/b.py", "not/there.py"]) == 0
    assert folder.questions == ["open door", "open safe"]


def test_a_file_that_was_only_touched_is_not_cut_again(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.refresh()
    os.utime(folder.root / "a.py", (1, 1))
    monkeypatch.setattr(refreshing, "cut", None)  # cutting it would fail
    assert folder.refresh() == 1
    assert folder.refresh() == 0
    assert len(folder.questions) == 3


def test_a_file_that_has_just_changed_is_read_again(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshing, "_FRESH", 10**18)
    assert folder.refresh() == 3
    assert folder.refresh() == 3  # within the same moment it could have changed and look the same


def test_a_folder_that_is_removed_or_moved(folder: Folder) -> None:
    folder.refresh()
    (folder.root / "pkg").rename(folder.root / "lib")
    assert folder.refresh(["pkg"]) == 0  # some editors tell of a removed folder and not of the files in it
    assert folder.questions == ["open door"]
    assert folder.refresh(["lib"]) == 2  # a folder that is there is looked at with everything else
    assert sorted(folder.cache) == ["a.py", "lib/b.py", "lib/deep/c.py"]
    shutil.rmtree(folder.root / "lib")
    assert folder.refresh() == 0
    assert folder.questions == ["open door"]


def test_an_ignore_file_takes_effect_at_once(folder: Folder) -> None:
    folder.refresh()
    (folder.root / ".planfirstignore").write_text("pkg/\n", encoding="utf-8")
    folder.refresh([".planfirstignore"])
    assert folder.questions == ["open door"]
    (folder.root / ".planfirstignore").unlink()
    folder.refresh([".planfirstignore"])
    assert len(folder.questions) == 3
    (folder.root / "pkg" / ".gitignore").write_text("b.py\n", encoding="utf-8")
    folder.write("pkg/b.py", "tin")
    folder.refresh(["pkg/b.py", "pkg/.gitignore"])
    assert folder.questions == ["open door", "open safe"]


def test_a_name_cannot_lead_out_of_the_folder(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text("def open_other(x):\n    return x\n", encoding="utf-8")
    folder.refresh()
    folder.refresh(["../outside.py", str(tmp_path / "outside.py"), "pkg/../../outside.py", "", "\0.py"])
    assert len(folder.questions) == 3


def test_what_is_left_out_is_remembered_and_told(folder: Folder) -> None:
    (folder.root / "bad.py").write_bytes("# für\n".encode("latin-1"))
    folder.refresh()
    report = Report()
    assert folder.again().refresh() == 0
    assert len(pairs_of(folder.again().cache, report)) == 3
    assert report.lines() == [
        "3 examples read, 1 left out: file is not UTF-8 1.",
        "  bad.py: file is not UTF-8",
    ]


def test_a_stop_keeps_what_was_read(folder: Folder) -> None:
    looks = iter([False, False, True])
    count = refresh(folder.root, folder.cache, None, Report(), lambda: next(looks))
    folder.cache.close()
    assert count == 2
    assert folder.again().questions == ["open door", "open box"]
    assert folder.again().refresh() == 1


@pytest.mark.parametrize("cut", [1, 5, 40, 200])
def test_what_is_kept_may_be_cut_short_or_damaged(folder: Folder, cut: int) -> None:
    folder.refresh()
    folder.path.write_bytes(folder.path.read_bytes()[:-cut])
    other = folder.again()
    assert other.refresh() == (0 if cut == 1 else 1)  # without its newline, the last record is still whole
    assert other.questions == folder.questions
    assert folder.again().refresh() == 0


@pytest.mark.parametrize(
    "data",
    [b"", b"nonsense", b'{"planfirst": "0.0"}\n{"file": "a.py"}\n', b"\xff" * 100],
    ids=["empty", "foreign", "another version", "binary"],
)
def test_what_is_none_of_ours_is_written_anew(folder: Folder, data: bytes) -> None:
    folder.path.parent.mkdir(parents=True)
    folder.path.write_bytes(data)
    other = folder.again()
    assert other.refresh() == 3
    assert folder.again().refresh() == 0


def test_records_that_cannot_be(folder: Folder) -> None:
    folder.refresh()
    head, *_ = folder.path.read_bytes().splitlines(keepends=True)
    lines = [
        b"[]",
        b'{"file": 3}',
        b'{"file": "x.py", "sha256": "", "signature": [1], "fault": "", "pairs": []}',
        b'{"file": "x.py", "sha256": "", "signature": null, "fault": "", "pairs": [[1, 2, 3, 4, 5]]}',
        b'{"file": "x.py", "sha256": "", "signature": null, "fault": "", "pairs": [["a"]]}',
        b"[" * 5000,
    ]
    folder.path.write_bytes(head + b"\n".join(lines))
    assert dict(folder.again().cache) == {}


def test_old_records_do_not_pile_up(folder: Folder) -> None:
    folder.refresh()
    for n in range(1300):
        folder.cache.put("a.py", folder.cache["a.py"])
        if n % 100 == 0:
            folder.cache.close()
    folder.cache.close()
    lines = folder.path.read_bytes().count(b"\n")
    assert lines < 500
    assert folder.again().refresh() == 0


def test_a_branch_switch_of_hundreds_of_files(folder: Folder) -> None:
    names = [f"src/m{n}.py" for n in range(300)]
    for n, name in enumerate(names):
        folder.write(name, f"lid{n}")
    assert folder.refresh() == 303
    for n, name in enumerate(names[:250]):  # another branch: some other content, some the same written again
        folder.write(name, f"lid{n}" if n % 5 else f"cap{n}", old=False)
    for name in names[280:]:
        (folder.root / name).unlink()
    cuts: list[str] = []
    real = refreshing.cut

    def counted(file: Any, name: str, report: Report) -> Any:
        cuts.append(file.name)
        return real(file, name, report)

    refreshing.cut = counted
    try:
        folder.refresh(names)
    finally:
        refreshing.cut = real
    assert sorted(cuts) == sorted(names[:250:5])
    assert len(folder.questions) == 3 + 280
