"""The offline bundle's installer refuses what cannot work, before it installs anything.

`make e2e-offline` installs a whole bundle without a network.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from planfirst.models import manifest, models_folder
from planfirst.models.entries import path_of
from tests.small_gguf import small_gguf

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


def program(name: str) -> ModuleType:
    """One of the bundle's two programs, as a module."""
    spec = importlib.util.spec_from_file_location(f"offline_{name}", INSTALLER.with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def small_model(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small file in the place of a model of the manifest, which has its checksum."""
    entry = next(entry for entry in manifest() if entry.name == "qwen2.5-coder-0.5b")
    path = path_of(entry)
    path.parent.mkdir(parents=True)
    path.write_bytes(small_gguf())
    known = replace(entry, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    monkeypatch.setattr("planfirst.models.entries.manifest", lambda: [known])
    return path


def test_a_bundle_carries_the_file_that_the_manifest_means(small_model: Path) -> None:
    assert program("bundle").model_file("qwen2.5-coder-0.5b") == small_model
    small_model.write_bytes(small_gguf() + b"more")
    with pytest.raises(SystemExit, match=r"is not the file that the manifest means by qwen2.5-coder-0.5b"):
        program("bundle").model_file("qwen2.5-coder-0.5b")


def test_a_model_that_a_bundle_cannot_carry_is_refused(small_model: Path) -> None:
    small_model.unlink()
    with pytest.raises(SystemExit, match=r"Run `planfirst models pull qwen2.5-coder-0.5b` first"):
        program("bundle").model_file("qwen2.5-coder-0.5b")
    for name in ("starter", "none-of-these"):
        with pytest.raises(SystemExit, match=f"{name} is no model that a bundle can carry"):
            program("bundle").model_file(name)


def test_the_installer_imports_the_model(bundle: Path) -> None:
    installer = program("install")
    installer.HERE = bundle
    installer.import_models(Path(sys.executable))  # without one, nothing
    assert not models_folder().exists()
    (bundle / "models").mkdir()
    (bundle / "models" / "tiny.gguf").write_bytes(small_gguf())
    installer.import_models(Path(sys.executable))
    assert (models_folder() / "tiny.gguf").read_bytes() == small_gguf()


def test_a_model_that_cannot_be_imported_is_told(bundle: Path) -> None:
    installer = program("install")
    installer.HERE = bundle
    (bundle / "models").mkdir()
    (bundle / "models" / "tiny.gguf").write_bytes(small_gguf()[:40])
    with pytest.raises(installer.Fault, match="the model tiny could not be imported: "):
        installer.import_models(Path(sys.executable))
    assert not (models_folder() / "tiny.gguf").exists()
