"""Documented functions of the packages of an interpreter, which is asked where they are and nothing else."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

import pytest

from planfirst.core.errors import CorpusError
from planfirst.core.types import Pair
from planfirst.corpora import installed
from planfirst.corpora.report import Report

MODULE = '''"""Doors."""
raise RuntimeError("this package was imported")


def open_door(key):
    """Open the door with a key. It must fit."""
    return turn(key)


def _hidden(key):
    """Open the back door with a key."""
    return turn(key)


def undocumented(key):
    return turn(key)
'''


def install(site: Path, name: str, files: dict[str, str], metadata: str = "License: MIT\n") -> None:
    info = site / f"{name}-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n{metadata}", encoding="utf-8")
    for file, text in files.items():
        (site / file).parent.mkdir(parents=True, exist_ok=True)
        (site / file).write_text(text, encoding="utf-8")
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in files), encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where an interpreter has its packages, without one that would have to be made for it."""
    monkeypatch.setattr(installed, "site_folders", lambda python: [str(tmp_path)])
    return tmp_path


def read(*only: str) -> tuple[list[Pair], Report]:
    report = Report()
    return list(installed.pairs_in(Path("python"), only, report)), report


def test_a_package_is_parsed_and_not_imported(site: Path) -> None:
    install(site, "My.Doors", {"doors/__init__.py": "", "doors/front.py": MODULE})
    pairs, report = read()
    assert pairs == [
        Pair(
            "doors/front.py:open_door:5",
            "Open the door with a key",
            "def open_door(key):\n    return turn(key)",
            "My.Doors-1.2",
            "MIT",
            "doors/front.py:5",
        )
    ]
    assert report.taken == 1
    assert "doors" not in sys.modules


def test_what_is_not_for_users_is_left_out(site: Path) -> None:
    files = [
        "a/tests/x.py",
        "a/test_x.py",
        "a/_private.py",
        "a/_vendor/x.py",
        "a/conftest.py",
        "a/x.txt",
        "a/docs/x.py",
    ]
    install(site, "a", {**dict.fromkeys(files, MODULE), "a/__init__.py": MODULE})
    assert [pair.place for pair in read()[0]] == ["a/__init__.py:5"]


def test_a_record_cannot_lead_elsewhere(site: Path, tmp_path: Path) -> None:
    outside = tmp_path.parent / "outside_installed.py"
    outside.write_text(MODULE, encoding="utf-8")
    install(site, "a", {"a.py": MODULE})
    record = site / "a-1.2.dist-info" / "RECORD"
    record.write_text(f"../{outside.name},,\n{outside},,\nmissing.py,,\na.py,,\n", encoding="utf-8")
    assert [pair.place for pair in read()[0]] == ["a.py:5"]


def test_only_the_packages_that_were_named(site: Path) -> None:
    for name in ("one", "two_two", "pip"):
        install(site, name, {f"{name}.py": MODULE})
    assert {pair.source for pair in read()[0]} == {"one-1.2", "two_two-1.2"}
    assert {pair.source for pair in read("Two.Two")[0]} == {"two_two-1.2"}
    with pytest.raises(CorpusError, match="has no package three"):
        read("three")


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        ("License-Expression: Apache-2.0\n", "Apache-2.0"),
        ("Classifier: License :: OSI Approved :: BSD License\n", "BSD License"),
        ("License: UNKNOWN\n", "unknown"),
        ("License: " + "x" * 500 + "\n", "unknown"),
        ("", "unknown"),
    ],
)
def test_licences(site: Path, metadata: str, licence: str) -> None:
    install(site, "a", {"a.py": MODULE}, metadata)
    assert read()[0][0].licence == licence


def test_the_real_interpreter_is_asked() -> None:
    assert sysconfig.get_paths()["purelib"] in installed.site_folders(Path(sys.executable))
    report = Report()
    pairs = list(installed.pairs_in(Path(sys.executable), ["jinja2"], report))
    assert len(pairs) > 20
    assert all(pair.source.lower().startswith("jinja2-3") and pair.place.startswith("jinja2/") for pair in pairs)


@pytest.mark.parametrize("site", ["lib/python3.11/site-packages", "Lib/site-packages"])
def test_nothing_of_a_virtual_environment_is_started(tmp_path: Path, site: str) -> None:
    (tmp_path / "pyvenv.cfg").touch()
    (tmp_path / site).mkdir(parents=True)
    python = tmp_path / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n", encoding="utf-8")
    python.chmod(0o755)
    assert installed.site_folders(python) == [str(tmp_path / site)]
    (tmp_path / site).rename(tmp_path / "away")
    assert installed.site_folders(python) == []
    assert not (tmp_path / "started").exists()


def test_versions_change_with_what_is_installed(site: Path) -> None:
    install(site, "one", {"one.py": MODULE})
    first = installed.versions(Path("python"))
    assert installed.versions(Path("python")) == first
    install(site, "two", {"two.py": MODULE})
    assert installed.versions(Path("python")) != first


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script is no programme there")
def test_the_answer_comes_from_isolated_mode_in_an_empty_folder(tmp_path: Path) -> None:
    script = tmp_path / "python"
    script.write_text(
        '#!/bin/sh\necho "$1"\nls -A | wc -l | tr -d " " >&2\necho "[\\"/a\\", \\"$1\\"]"\n', encoding="utf-8"
    )
    script.chmod(0o755)
    assert installed.site_folders(script) == ["/a", "-I"]


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script is no programme there")
@pytest.mark.parametrize("body", ["exit 3", "echo nonsense", "echo 3", "true"])
def test_what_is_no_interpreter(tmp_path: Path, body: str) -> None:
    script = tmp_path / "python"
    script.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    script.chmod(0o755)
    with pytest.raises(CorpusError, match="does not say where its packages are"):
        installed.site_folders(script)


def test_an_interpreter_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"\(FileNotFoundError\).*venv/bin/python"):
        installed.site_folders(tmp_path / "python")
