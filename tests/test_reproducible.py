"""The same commit makes the same wheel and the same extension, byte for byte, wherever it is checked out."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CLIENT = ROOT / "client-vscode"
DATED = "1767225600"  # the commit's date, in `make vsix`
MODULES = CLIENT / "node_modules"
_WHEEL = "import hatchling.build, sys; print(hatchling.build.build_wheel(sys.argv[1]))"


def checked_out(folder: Path, number: int) -> Path:
    """Another copy of what git tracks, in a folder of another name, with other dates and permissions."""
    found = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if found.returncode:
        pytest.skip("this is no git checkout")
    copy = folder / ("copy" * number)
    for name in sorted(found.stdout.decode().split("\0"), reverse=bool(number % 2)):
        source = ROOT / name
        if name and source.is_file() and not name.startswith(("docs/", "tests/")):
            target = copy / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            os.utime(target, (10**9 + 10**6 * number, 10**9 + 10**6 * number))
            target.chmod((0o664 if number % 2 else 0o600) | (0o100 & source.stat().st_mode))
    return copy


def built(command: list[str], folder: Path, result: Path) -> bytes:
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "SOURCE_DATE_EPOCH": DATED}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    (made,) = result.parent.glob(result.name)
    return made.read_bytes()


def differing(one: bytes, other: bytes, folder: Path) -> list[str]:
    """Which members differ, by content or by what the archive says of them."""
    found = []
    for number, data in enumerate((one, other)):
        path = folder / f"{number}.zip"
        path.write_bytes(data)
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            found.append({(i.filename, i.date_time, i.external_attr, i.CRC) for i in infos})
    return sorted(str(member) for member in found[0] ^ found[1])


def test_the_wheel_is_the_same_from_another_checkout(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="`make setup` installs hatchling, which builds the wheel")
    wheels = []
    for number in (1, 2):
        copy, out = checked_out(tmp_path, number), tmp_path / f"out{number}"
        wheels.append(built([sys.executable, "-c", _WHEEL, str(out)], copy, out / "*.whl"))
    assert differing(*wheels, tmp_path) == []
    assert hashlib.sha256(wheels[0]).digest() == hashlib.sha256(wheels[1]).digest()


@pytest.mark.skipif(not MODULES.is_dir(), reason="client-vscode/node_modules is missing; `make client` makes it")
def test_the_extension_is_the_same_from_another_checkout(tmp_path: Path) -> None:
    extensions = []
    for number in (1, 2):
        copy = checked_out(tmp_path, number) / "client-vscode"
        (copy / "node_modules").symlink_to(MODULES.resolve())
        (copy / "dist").mkdir()
        (copy / "dist" / "planfirst-0-py3-none-any.whl").write_bytes(b"a wheel, which has a test of its own")
        for name in ("LICENSE", "CHANGELOG.md"):
            shutil.copyfile(ROOT / name, copy / name)
        npm = [str(CLIENT / "with-node.sh"), "npm", "run", "--silent"]
        built([*npm, "build"], copy, copy / "dist" / "extension.js")
        extensions.append(built([*npm, "package"], copy, copy / "dist" / "*.vsix"))
    assert differing(*extensions, tmp_path) == []
    assert hashlib.sha256(extensions[0]).digest() == hashlib.sha256(extensions[1]).digest()
