"""What is written down is true."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]


def script() -> ModuleType:
    path = ROOT / "docs" / "make_settings_reference.py"
    spec = importlib.util.spec_from_file_location("make_settings_reference", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("page", "made"),
    [
        ("docs/settings.md", "reference"),
        ("client-vscode/package.json", "manifest"),
        ("client-vscode/package.nls.json", "descriptions"),
    ],
)
def test_what_is_made_of_the_settings_is_up_to_date(page: str, made: str) -> None:
    written = (ROOT / page).read_text(encoding="utf-8")
    make = getattr(script(), made)
    assert written == (make() if made == "reference" else make(written)), "run `make docs`"


def test_no_repository_can_choose_a_file_a_host_or_a_model() -> None:
    manifest = json.loads((ROOT / "client-vscode" / "package.json").read_text(encoding="utf-8"))
    properties = {k: v for part in manifest["contributes"]["configuration"] for k, v in part["properties"].items()}
    restricted = manifest["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    for name in ("server.interpreter", "planner.model", "generator.endpoint", "generator.allowedHosts"):
        assert properties[f"planfirst.{name}"]["scope"] == "machine"
        assert f"planfirst.{name}" in restricted
    free = {key for key, value in properties.items() if value["scope"] != "machine"}
    assert all(properties[key]["type"] in ("integer", "number", "boolean") for key in free)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_architecture_names_every_package() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    for folder in (ROOT / "server" / "planfirst").iterdir():
        if folder.is_dir() and folder.name != "__pycache__":
            assert f"{folder.name}/" in text, folder.name
