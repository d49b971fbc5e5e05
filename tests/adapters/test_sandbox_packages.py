"""Packages for one run: the real pip, from a folder of wheels that are made here, so without a network."""

from __future__ import annotations

import asyncio
import zipfile
from pathlib import Path

import pytest

from planfirst.adapters.sandbox.packages import ALLOWED, installed
from planfirst.adapters.sandbox.probe import find_sandbox
from planfirst.core.errors import BadRequest, SandboxRefused
from planfirst.core.runs import RunLimits, RunResult
from tests.adapters.sandbox_outside import why_not_here


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a wheel named tabulate, and the only place where pip looks."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    with zipfile.ZipFile(folder / "tabulate-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tabulate.py", "answer = 42\n")
        wheel.writestr("tabulate-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tabulate\nVersion: 1.0\n")
        wheel.writestr("tabulate-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("tabulate-1.0.dist-info/RECORD", "tabulate.py,,\n")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


async def run(names: list[str], program: str) -> tuple[RunResult, list[Path]]:
    async with installed(names) as folders:
        found = await find_sandbox(folders)
        return await found.run(program, {}, RunLimits()), folders


@pytest.mark.real
@pytest.mark.skipif(bool(REASON := why_not_here()), reason=REASON)
def test_a_package_is_there_for_one_run_only(wheels: Path) -> None:
    program = "import tabulate; print(tabulate.answer, tabulate.__file__)"
    done, [folder] = asyncio.run(run(["Tabulate"], program))
    assert (done.stdout, done.exit_code) == ("42 /packages/0/tabulate.py\n", 0)
    assert not folder.exists()
    again, folders = asyncio.run(run([], program))
    assert folders == []
    assert "ModuleNotFoundError" in again.stderr


@pytest.mark.parametrize(
    "name",
    ["no-such-package", "numpy==1.0", "numpy @ https://a.b/x.whl", "--index-url=https://a.b", ".", "", "./tabulate"],
)  # fmt: skip
def test_what_is_not_on_the_list_is_not_asked_for(name: str, wheels: Path) -> None:
    with pytest.raises(BadRequest, match="may not be installed"):
        asyncio.run(run([name], ""))


def test_source_is_not_built(wheels: Path) -> None:
    (wheels / "tabulate-1.0-py3-none-any.whl").unlink()
    (wheels / "tabulate-1.0.tar.gz").write_bytes(b"")
    with pytest.raises(SandboxRefused, match=r"pip could not install tabulate: .*No matching distribution"):
        asyncio.run(run(["tabulate"], ""))


def test_names_on_the_list_are_normal() -> None:
    assert all(name == name.lower().replace("_", "-").replace(".", "-") for name in ALLOWED)
