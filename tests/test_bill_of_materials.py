"""What ships is listed with its licence, and every licence is one under which it may ship."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import re
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement

OFFLINE = Path(__file__).parents[1] / "client-vscode" / "offline"
LOCK = OFFLINE.parent / "package-lock.json"
# Permissive ones, and MPL-2.0, which asks for nothing where files are unchanged.
PERMITTED = {
    *("MIT", "MIT License", "Apache-2.0", "Apache 2.0", "Apache Software License", "BSD License", "BSD-2-Clause"),
    *("BSD-3-Clause", "0BSD", "ISC", "ISC License (ISCL)", "PSF-2.0", "Zlib", "CC0-1.0", "BlueOak-1.0.0"),
    *("MPL-2.0", "Mozilla Public License 2.0 (MPL 2.0)"),
}


@pytest.fixture(scope="module")
def bill() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bill", OFFLINE / "bill.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def is_permitted(licence: str) -> bool:
    """Whether all parts of an expression are, or one of those that can be chosen from."""
    return any(all(part in PERMITTED for part in choice.split(" AND ")) for choice in licence.split(" OR "))


def shipped() -> dict[str, importlib.metadata.Distribution]:
    """What an install of Planfirst brings along, by name."""
    found: dict[str, importlib.metadata.Distribution] = {}
    names = ["planfirst"]
    while names:
        name = re.sub(r"[-_.]+", "-", names.pop()).lower()
        if name not in found:
            found[name] = importlib.metadata.distribution(name)
            needs = map(Requirement, found[name].requires or [])
            names += [one.name for one in needs if one.marker is None or one.marker.evaluate({"extra": ""})]
    return found


def test_everything_that_an_install_brings_may_be_shipped(bill: ModuleType) -> None:
    licences = {name: bill.licence_of(one.metadata) for name, one in shipped().items()}
    assert len(licences) > 40
    assert {name: said for name, said in licences.items() if not is_permitted(said)} == {}


def test_everything_in_the_extension_may_be_shipped(bill: ModuleType) -> None:
    made = bill.bill_of([], LOCK, "0.1.0")
    licences = {one["name"]: one["licenses"][0]["license"]["name"] for one in made["components"]}
    assert {"vscode-languageclient", "vscode-jsonrpc"} <= set(licences)
    assert {name: said for name, said in licences.items() if not is_permitted(said)} == {}


def test_all_that_the_extension_imports_is_in_the_bill(bill: ModuleType) -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (OFFLINE.parent / "src").rglob("*.ts"))
    imported = {name.partition("/")[0] for name in re.findall(r"from '([^.'][^']*)'", source)}
    assert {name for name in imported if not name.startswith("node:")} == {"vscode", *bill.BUILT_IN}


@pytest.mark.parametrize("licence", ["", "GPL-3.0-only", "MIT AND GPL-2.0", "LicenseRef-Llama-3.2-Community"])
def test_another_licence_is_noticed(licence: str) -> None:
    assert not is_permitted(licence)


def test_a_wheel_stands_there_with_its_checksum_and_the_same_files_make_the_same_bill(
    bill: ModuleType, tmp_path: Path
) -> None:
    wheel = tmp_path / "A_b-1.2-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("A_b-1.2.dist-info/METADATA", "Name: A_b\nVersion: 1.2\nLicense-Expression: MIT\n\nText")
    model = tmp_path / "m.gguf"
    model.write_bytes(b"GGUF")
    made = bill.bill_of([wheel], LOCK, "0.1.0", model)
    first = made["components"][0]
    assert (first["purl"], first["version"]) == ("pkg:pypi/a-b@1.2", "1.2")
    assert first["licenses"] == [{"license": {"name": "MIT"}}]
    assert re.fullmatch(r"[0-9a-f]{64}", first["hashes"][0]["content"])
    assert made["components"][-1]["type"] == "machine-learning-model"
    assert len({one["bom-ref"] for one in made["components"]}) == len(made["components"])
    assert json.dumps(bill.bill_of([wheel], LOCK, "0.1.0", model)) == json.dumps(made)
