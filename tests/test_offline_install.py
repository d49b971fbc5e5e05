"""The offline bundle's installer refuses what cannot work, before it installs anything.

`make e2e-offline` installs a whole bundle without a network.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

INSTALLER = Path(__file__).parents[1] / "client-vscode" / "offline" / "install.py"
HERE = {
    "python": ".".join(map(str, sys.version_info[:2])),
    "platform": f"{sys.platform}-{platform.machine().lower()}",
    "version": "0.1.0",
}
NAMES = ("README.txt", "bundle.json")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle that is whole, but has no wheels."""
    folder = tmp_path / "bundle"
    (folder / "wheels").mkdir(parents=True)
    shutil.copy(INSTALLER, folder)
    (folder / "README.txt").write_text("read me", encoding="utf-8")
    describe(folder, HERE)
    return folder


def describe(folder: Path, about: dict[str, str]) -> None:
    (folder / "bundle.json").write_text(json.dumps(about), encoding="utf-8")
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in NAMES]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def install(folder: Path) -> tuple[int, str]:
    """Runs the installer with a home of its own."""
    home = folder.parent / "home"
    home.mkdir(exist_ok=True)
    environment = {**os.environ, "HOME": str(home), "USERPROFILE": str(home)}
    done = subprocess.run(
        [sys.executable, folder / "install.py"], env=environment, capture_output=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(("key", "value"), [("python", "3.99"), ("platform", "plan9-mips")])
def test_another_python_or_platform_is_refused(bundle: Path, key: str, value: str) -> None:
    describe(bundle, {**HERE, key: value})
    status, said = install(bundle)
    assert status == 1
    assert value in said
    assert HERE[key] in said
    assert not (bundle.parent / "home" / ".planfirst").exists()


def test_a_damaged_file_is_refused(bundle: Path) -> None:
    (bundle / "README.txt").write_text("read me too", encoding="utf-8")
    status, said = install(bundle)
    assert status == 1
    assert "README.txt is damaged. Copy the archive again" in said
    assert not (bundle.parent / "home" / ".planfirst").exists()


def test_a_missing_file_is_refused(bundle: Path) -> None:
    (bundle / "README.txt").unlink()
    status, said = install(bundle)
    assert status == 1
    assert "README.txt is missing. Unpack the archive again." in said


def test_without_the_wheels_pip_says_what_is_missing_and_the_network_is_not_asked(bundle: Path) -> None:
    status, said = install(bundle)
    assert status == 1
    assert "pip could not install the server" in said
    assert "No matching distribution found for planfirst==0.1.0" in said


def test_the_extension_looks_where_the_installer_puts_the_server() -> None:
    source = (INSTALLER.parents[1] / "src" / "server" / "interpreter.ts").read_text(encoding="utf-8")
    assert "path.join(homedir(), '.planfirst', 'environment')" in source
    assert 'Path.home() / ".planfirst" / "environment"' in INSTALLER.read_text(encoding="utf-8")
